import Deployment
import Evaluation
import Foundation
import MLOpsCore
import ModelRegistry
import ModelRuntime

/// The release that judges what the sides of an evaluation answered.
struct JudgeRelease {
  let version: VersionRecord
  private let runner: JudgeRunner
  private let files: ReleaseFiles

  /// Finds the judge that a suite names; nil where it names none.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite` where it is not there or cannot
  ///   be run; `RegistryError`.
  init?(of suite: Suite, _ suiteVersion: VersionRecord, in registry: Registry) throws {
    guard let judge = suite.judge, let runner = JudgeRunner(suite: suite) else { return nil }
    self.runner = runner
    do {
      version = try ReleaseComposer(registry: registry).release(judge.release, for: nil)
      files = try ReleaseFiles(version, in: registry)
    } catch let error as any Failure where ![.corrupted, .internal].contains(error.kind) {
      throw EvaluationError.invalidSuite(
        file: suiteVersion.label, line: nil, column: nil,
        reason:
          "its judge '\(judge.release)' cannot be used: \(error.message.trimmingCharacters(in: ["."]))"
          + (error.advice.map { " (\($0))" } ?? ""))
    }
  }

  /// Judges both runs; the model is loaded where something has to be asked, and freed.
  ///
  /// - Parameter sides: the releases of the runs.
  /// - Throws: as `JudgeRunner.run`, and as loading a model does.
  func judge(
    baseline: SuiteRun, candidate: SuiteRun, sides: [JudgeRecord.Side: VersionRecord],
    _ configuration: RuntimeConfiguration, _ cache: RegistryAnswers?, asksAnew: Bool,
    _ deadline: Deadline?, _ progress: ProgressHandler?
  ) async throws -> JudgeRunner.Judged {
    let kin = try sides.filter { try isSame($0.value) }
    let model = DeferredModel(files, configuration)
    do {
      let judged = try await runner.run(
        baseline: baseline, candidate: candidate,
        judge: EvaluationSide(
          label: version.label, digest: version.digest, model: model,
          engine: EngineBuild.text(configuration)),
        kin: Set(kin.keys), answers: cache, asksAnew: asksAnew, deadline: deadline,
        progress: progress)
      await model.shutdown()
      return judged
    } catch {
      await model.shutdown()
      throw error
    }
  }

  /// Whether a release has the judge's weights, whatever its prompt.
  private func isSame(_ release: VersionRecord) throws -> Bool {
    let other = try ReleaseSpecification(release)
    return other.model == files.specification.model
      && other.adapter == files.specification.adapter
  }
}
