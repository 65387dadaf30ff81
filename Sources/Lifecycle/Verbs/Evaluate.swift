import Deployment
public import Evaluation
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime
import SystemPackage

/// Compares two releases on a suite and stores the verdict as evidence.
public struct Evaluate: Sendable {
  /// What to compare on what.
  public struct Request: Sendable {
    /// A release, or a model or adapter that implies one in the baseline's environment.
    public var candidate: String
    /// A release or an environment.
    public var baseline: String
    public var suite: String
    /// For the history.
    public var reason: String
    /// What becomes of answers that earlier evaluations were given.
    public var answers = Answers.found
    /// The path of a YAML file with a gate in place of the suite's own.
    public var gate: String?
    /// How long both sides may take together, loading their models included; nil for as long as it takes.
    public var timeLimit: Duration?
    /// Whether the report holds what the models were asked (`EvaluationReport.sampleLog`).
    public var logsSamples = false

    /// Where answers come from.
    public enum Answers: Sendable {
      /// From earlier evaluations where they have them, and kept for later ones.
      case found
      /// From the model alone, kept for later evaluations.
      case asked
      /// From the model alone, kept for nobody.
      case unkept
    }

    public init(candidate: String, baseline: String, suite: String, reason: String = "") {
      self.candidate = candidate
      self.baseline = baseline
      self.suite = suite
      self.reason = reason
    }
  }

  /// The report and the stored evaluation.
  public struct Outcome: Sendable {
    public let report: EvaluationReport
    public let evaluation: AddOutcome

    /// Keys: those of the report, and `evaluation`, the reference of the stored version.
    public var document: JSONValue {
      var object = report.json.object ?? [:]
      object["evaluation"] = .string(evaluation.record.label)
      return .object(object)
    }
  }

  private let registry: Registry
  private let configuration: RuntimeConfiguration

  public init(registry: Registry, configuration: RuntimeConfiguration) {
    self.registry = registry
    self.configuration = configuration
  }

  /// Evaluates; both sides see the same cases in the same order with the same seeds.
  ///
  /// - Parameter warn: takes what is allowed, but hardly meant, before a model is asked.
  /// - Throws: `EvaluationError` (`evaluation.could_not_measure` among them), `RuntimeError`,
  ///   `DeploymentError`, `RegistryError`.
  public func run(
    _ request: Request, warn: @escaping @Sendable (SuiteWarning) -> Void = { _ in },
    progress: ProgressHandler? = nil
  ) async throws -> Outcome {
    let suiteVersion = try ReferenceResolver(registry: registry).resolve(
      request.suite, kinds: [.suite])
    var suite = try SuiteBundle.load(suiteVersion, from: registry)
    if let gate = request.gate { suite = try suite.judged(byGateAt: gate) }
    let composer = ReleaseComposer(registry: registry)
    var environment: EnvironmentName?
    if case .environment(let name, _)? = try? Reference(request.baseline) { environment = name }
    let baseline = try composer.release(request.baseline, for: environment)
    let candidate = try composer.release(request.candidate, for: environment)
    let judge = try JudgeRelease(of: suite, suiteVersion, in: registry)
    var ingredients = [
      Ingredient(role: "candidate", digest: candidate.digest),
      Ingredient(role: "baseline", digest: baseline.digest),
      Ingredient(role: "suite", digest: suiteVersion.digest),
    ]
    if let judge { ingredients.append(Ingredient(role: "judge", digest: judge.version.digest)) }
    let inputs = ingredients
    let run = RecordedRun(
      registry: registry, kind: "evaluate",
      parameters: ["suite": .string(suiteVersion.label)], inputs: inputs)
    return try await run.perform { [suite] _ in
      let cache =
        request.answers == .unkept ? nil : try registry.answers().map(RegistryAnswers.init)
      let deadline = request.timeLimit.map(Deadline.init)
      func answers(of release: VersionRecord) async throws -> SuiteRun {
        try await self.answers(of: release, suite, cache, request, deadline, progress)
      }
      let warnings = try warnings(of: suite, [baseline, candidate])
      warnings.forEach(warn)
      var before = try await answers(of: baseline)
      var after =
        candidate.digest == baseline.digest ? before : try await answers(of: candidate)
      // After both sides, so that no two models are held at once.
      let judged = try await judge?.judge(
        baseline: before, candidate: after, sides: [.baseline: baseline, .candidate: candidate],
        configuration, cache, asksAnew: request.answers != .found, deadline, progress)
      if let judged { (before, after) = (judged.baseline, judged.candidate) }
      let report = try EvaluationReport(
        suite: suite, suiteDigest: suiteVersion.digest, baseline: before, candidate: after,
        judge: judged?.record, warnings: warnings)
      let stored = try store(report, suiteVersion, inputs, request.reason)
      return RecordedRun.Ending(
        value: Outcome(report: report, evaluation: stored),
        metrics: ["verdict": .string(report.verdict.rawValue)], outputs: [stored.record.digest])
    }
  }

  private func answers(
    of release: VersionRecord, _ suite: Suite, _ cache: RegistryAnswers?, _ request: Request,
    _ deadline: Deadline?, _ progress: ProgressHandler?
  ) async throws -> SuiteRun {
    let (side, model) = try side(release, suite, try ReleaseFiles(release, in: registry))
    do {
      let run = try await SuiteRunner(suite: suite).run(
        side, answers: cache, asksAnew: request.answers != .found, deadline: deadline,
        keepsRequests: request.logsSamples, progress: progress)
      await model.shutdown()
      return run
    } catch {
      await model.shutdown()
      throw error
    }
  }

  private func side(_ release: VersionRecord, _ suite: Suite, _ files: ReleaseFiles) throws
    -> (EvaluationSide, DeferredModel)
  {
    let model = DeferredModel(files, configuration)
    let side = EvaluationSide(
      label: release.label, digest: release.digest, model: model,
      prompt: try prompt(of: suite) ?? files.prompt, bytes: files.bytes,
      engine: EngineBuild.text(configuration))
    return (side, model)
  }

  /// What is hardly meant of the suite, and of each release's prompt for it.
  private func warnings(of suite: Suite, _ releases: [VersionRecord]) throws -> [SuiteWarning] {
    var warnings = suite.warnings
    var seen: Set<Digest> = []
    for release in releases where seen.insert(release.digest).inserted {
      let files = try ReleaseFiles(release, in: registry)
      // An adapter may have been trained on labels that no prompt mentions.
      guard files.adapter == nil else { continue }
      warnings += try suite.warnings(for: try side(release, suite, files).0)
    }
    return warnings
  }

  /// The registered prompt that a suite names for both sides.
  private func prompt(of suite: Suite) throws -> PromptTemplate? {
    guard case .reference(let reference) = suite.prompt else { return nil }
    let version = try ReferenceResolver(registry: registry).resolve(reference, kinds: [.prompt])
    return try PromptLoader(registry: registry).load(version)
  }

  private func store(
    _ report: EvaluationReport, _ suite: VersionRecord, _ ingredients: [Ingredient],
    _ reason: String
  ) throws -> AddOutcome {
    var metadata: [String: JSONValue] = [
      "verdict": .string(report.verdict.rawValue),
      "metrics": .object(
        Dictionary(
          report.comparison.metrics.map { metric in
            (
              metric.metric.description,
              [
                "baseline": .double(metric.figures.baseline),
                "candidate": .double(metric.figures.candidate),
              ]
            )
          }, uniquingKeysWith: { first, _ in first })),
    ]
    if let gate = report.suite.foreignGate {
      metadata["foreign_gate"] = .string(gate.digest.description)
    }
    return try registry.add(
      VersionDraft(
        name: try ArtifactName("evaluation-\(suite.name)"), kind: .evaluation,
        files: [
          SourceFile(
            path: try ContentPath("report.json"), content: .bytes(report.canonicalBytes),
            mediaType: MediaType.json)
        ],
        ingredients: ingredients,
        metadata: metadata, reason: reason, code: Provenance.here),
      progress: nil)
  }
}
