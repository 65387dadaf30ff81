import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import SystemPackage

/// One training from tokenised rows to a file that serves; synchronous, on the thread that calls it.
struct TrainingRun {
  let basePath: FilePath
  let data: TrainingData
  let output: FilePath
  let session: TrainingSession

  private var configuration: TrainingConfiguration { data.configuration }

  /// - Parameters:
  ///   - isCancelled: asked between batches.
  ///   - progress: called with what happens.
  /// - Throws: `TrainingError`, `GraphError`, `RuntimeError`, `CancellationError`.
  func run(isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> TrainingResult {
    // Weights and intermediate results are gone before the file is written.
    let done = try train(isCancelled: isCancelled, progress: progress)
    let ending = done.ending
    do {
      try done.subject.write(
        ending.parameters, base: GGUFFile(basePath), alpha: configuration.alpha,
        title: session.title, to: output)
    } catch {
      throw TrainingError.unwritable(path: output.string, reason: FailureReport(error).message)
    }
    return TrainingResult(
      path: output.string, plan: done.plan, history: done.history,
      finalLoss: done.finalLoss, stoppedEarly: ending.stoppedEarly, keptStep: ending.step,
      seconds: ending.seconds,
      tokensPerSecond: Double(ending.tokens) / max(ending.seconds, 1e-9),
      peakMemory: MachineMemory.peak, tooLongRows: data.intake.tooLongRows,
      truncatedRows: data.intake.truncatedRows, answerlessRows: data.intake.answerlessRows,
      metrics: done.metrics, operations: done.operations)
  }

  /// What is left of a training when its memory is freed.
  private struct Done {
    let plan: TrainingPlan
    let subject: TrainingSubject
    let ending: TrainingLoop.Ending
    let history: TrainingHistory
    let finalLoss: Double
    let metrics: [String: Double]
    let operations: [OperationTime]
  }

  private func train(isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> Done {
    let checkpoint = try session.resume.map { try CheckpointFolder.read($0) }
    let backend = try ComputeBackend(threads: configuration.threads ?? 1)
    let engine = try TrainingEngine(
      basePath, data: data, availableMemory: session.availableMemory ?? MachineMemory.available,
      usesKernels: session.usesKernels, on: backend)
    // The words of the tokeniser, and what was expanded from.
    MachineMemory.giveBack()
    let identity = identity(of: engine)
    if let differences = checkpoint?.differences(from: identity), !differences.isEmpty {
      throw TrainingError.otherRun(differences)
    }
    let plan = TrainingPlan(
      configuration: configuration, steps: engine.plan.steps.count,
      epochs: engine.plan.batches.last?.epoch ?? 0, rows: Set(data.examples.map(\.row)).count,
      validationRows: Set(data.validation.map(\.row)).count,
      dividedTexts: data.intake.dividedTexts,
      evalEvery: data.validation.isEmpty
        ? nil : configuration.validationInterval(steps: engine.plan.steps.count),
      tokens: engine.plan.tokens(of: data.examples), parameters: engine.subject.layout.count,
      baseParameters: engine.baseParameters, memory: engine.memory,
      weights: engine.weights, stepsDone: checkpoint?.step ?? 0)
    progress(.planned(plan))
    if data.repeatedValidationRows > 0 {
      progress(
        .noticed(.overlap(data.repeatedValidationRows, of: plan.validationRows)))
    }
    let loop = try TrainingLoop(
      engine, plan: plan, data: data, session: session, identity: identity, on: backend)
    try loop.begin(isCancelled: isCancelled)
    if let checkpoint {
      try loop.goOn(from: checkpoint)
      if let folder = loop.checkpoints, let file = session.resume {
        try folder.adopt(file, step: checkpoint.step)
      }
    }
    let ending = try loop.run(isCancelled: isCancelled, progress: progress)
    return Done(
      plan: plan, subject: engine.subject, ending: ending, history: loop.history,
      finalLoss: loop.finalLoss, metrics: loop.metrics, operations: engine.computer.operations)
  }

  /// All that decides about the bytes of the result.
  private func identity(of engine: TrainingEngine) -> [String: JSONValue] {
    var identity = configuration.deciding.object ?? [:]
    for (name, digest) in session.identity { identity[name] = .string(digest) }
    identity["rows"] = .string(digest(of: data.examples))
    identity["validation_rows"] = .string(digest(of: data.validation))
    identity["products"] = .string(engine.products)
    identity["parameters"] = .integer(engine.subject.layout.count)
    return identity
  }

  private func digest(of examples: [TokenisedExample]) -> String {
    var hasher = Digest.Hasher()
    for example in examples {
      withUnsafeBytes(of: Int64(example.tokens.count)) { hasher.update($0) }
      example.tokens.withUnsafeBytes { hasher.update($0) }
      hasher.update((example.isAnswer + [example.isGood]).map { $0 ? 1 : 0 })
    }
    return hasher.finish().description
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
