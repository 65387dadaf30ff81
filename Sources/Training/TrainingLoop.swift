import JSON
import ModelRuntime
import SystemPackage

/// The steps of a run, its validations and checkpoints.
///
/// Between two steps everything that the further course depends on is in `checkpoint`, so a run that
/// goes on from one does what it would have done.
final class TrainingLoop {
  /// How a run ended.
  struct Ending {
    /// What was trained.
    let parameters: [Float]
    /// The step that they are of.
    let step: Int
    let stoppedEarly: Bool
    let seconds: Double
    /// Tokens since the run began or went on.
    let tokens: Int
  }

  let checkpoints: CheckpointFolder?
  private(set) var history = TrainingHistory()
  private let engine: TrainingEngine
  private let plan: TrainingPlan
  private let data: TrainingData
  private let session: TrainingSession
  private let identity: [String: JSONValue]
  private let optimiser: AdamW
  private let rate: LearningRate
  private var watch = DivergenceWatch()
  /// Of the last epoch's steps since the run began or went on.
  private var lastMetrics = MetricMeans()
  /// The parameters of the best validation, where they are kept.
  private var best: [Float] = []
  /// Steps done.
  private var step = 0
  private var written: (step: Int, at: ContinuousClock.Instant)
  private let start = ContinuousClock.now
  private var stepsHere = 0
  private var tokens = 0

  init(
    _ engine: TrainingEngine, plan: TrainingPlan, data: TrainingData, session: TrainingSession,
    identity: [String: JSONValue], on backend: ComputeBackend
  ) throws {
    self.engine = engine
    self.plan = plan
    self.data = data
    self.session = session
    self.identity = identity
    checkpoints = session.checkpoints.map { CheckpointFolder(path: $0) }
    optimiser = try AdamW(
      parameters: engine.computer.parameters, gradient: engine.computer.gradient,
      decayed: engine.subject.layout.decayed, configuration: data.configuration, on: backend)
    rate = LearningRate(data.configuration, steps: engine.plan.steps.count)
    written = (0, start)
  }

  /// Computes what all steps need, and lays down the parameters' start.
  ///
  /// - Throws: `CancellationError`, `GraphError`.
  func begin(isCancelled: () -> Bool) throws {
    try engine.computer.begin(isCancelled: isCancelled)
    try engine.computer.parameters.write(
      engine.subject.layout.initialValues(seed: data.configuration.seed))
  }

  /// Takes over what an earlier run left; its identity is this run's.
  func goOn(from checkpoint: Checkpoint) throws {
    guard checkpoint.parameters.count == engine.subject.layout.shape.count,
      checkpoint.step <= engine.plan.steps.count,
      checkpoint.history.losses.count == checkpoint.step
    else {
      throw TrainingError.damagedCheckpoint(
        path: session.resume?.string ?? "", reason: "its sizes are not this run's", before: nil)
    }
    try engine.computer.parameters.write(checkpoint.parameters)
    try optimiser.restore(
      steps: checkpoint.step, mean: checkpoint.mean, variance: checkpoint.variance)
    history = checkpoint.history
    watch = checkpoint.watch
    best = checkpoint.best
    step = checkpoint.step
    written = (step, start)
  }

  /// Trains to the end.
  ///
  /// - Throws: `TrainingError`, `GraphError`, `CancellationError`.
  func run(isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> Ending {
    var stoppedEarly = false
    while true {
      if isValidationDue {
        guard try validate(isCancelled: isCancelled, progress: progress) else {
          throw try interrupted(progress)
        }
      }
      if let patience = data.configuration.earlyStop, history.validationsWithoutGain >= patience {
        stoppedEarly = step < plan.steps
        break
      }
      if step == plan.steps { break }
      if isCheckpointDue { try writeCheckpoint(progress) }
      guard !isCancelled(), let done = try train(isCancelled: isCancelled) else {
        throw try interrupted(progress)
      }
      progress(.step(done))
    }
    let keepsBest = data.configuration.earlyStop != nil && !best.isEmpty
    if let notice = TrainingNotice.noGain(history) { progress(.noticed(notice)) }
    // Writing what was learned may fail, for want of room say: a long way is not gone twice. Where not
    // even this can be written, what was learned may still fit.
    if step > written.step,
      (ContinuousClock.now - written.at).seconds >= session.worthKeepingSeconds
    {
      try? writeCheckpoint(progress)
    }
    engine.mapped?.release()
    return Ending(
      parameters: try keepsBest ? best : engine.computer.parameters.floats(),
      step: keepsBest ? history.bestTrained?.step ?? step : step, stoppedEarly: stoppedEarly,
      seconds: (ContinuousClock.now - start).seconds, tokens: tokens)
  }

  /// What the method says beside the loss, in the mean over the last epoch's steps.
  var metrics: [String: Double] { lastMetrics.values }

  /// The mean loss over the steps of the last epoch that was worked on.
  var finalLoss: Double {
    guard let epoch = history.losses.indices.last.map(epoch(of:)) else { return 0 }
    let last = history.losses.enumerated().filter { self.epoch(of: $0.offset) == epoch }
    return last.reduce(0) { $0 + $1.element } / Double(last.count)
  }

  private func epoch(of step: Int) -> Int {
    engine.plan.batches[engine.plan.steps[step].lowerBound].epoch
  }

  // MARK: One step

  /// - Returns: nil where cancelled; then nothing has changed.
  private func train(isCancelled: () -> Bool) throws -> TrainingStep? {
    let range = engine.plan.steps[step]
    let batches = engine.plan.batches[range]
    guard
      let computed = try engine.computer.compute(
        batches, index: range.lowerBound, isCancelled: isCancelled)
    else { return nil }
    try watch.check(
      loss: computed.loss, gradientNorm: computed.gradientNorm, step: step + 1,
      epoch: epoch(of: step), tolerance: data.configuration.method.tolerance,
      rows: { rows(of: batches, firstBad: computed.firstBad) })
    let learningRate = rate.rate(at: step)
    try optimiser.step(learningRate: learningRate, gradientNorm: computed.gradientNorm)
    step += 1
    stepsHere += 1
    tokens += computed.tokens
    history.losses.append(Double(computed.loss))
    if engine.plan.batches[range.lowerBound].epoch == plan.epochs {
      lastMetrics.add(engine.computer.metrics)
    }
    let seconds = max((ContinuousClock.now - start).seconds, 1e-9)
    return TrainingStep(
      step: step, steps: plan.steps, epoch: epoch(of: step - 1), loss: Double(computed.loss),
      learningRate: Double(learningRate), gradientNorm: Double(computed.gradientNorm),
      tokens: computed.tokens, tokensPerSecond: Double(tokens) / seconds,
      secondsLeft: seconds / Double(stepsHere) * Double(plan.steps - step),
      memory: MachineMemory.resident, metrics: engine.computer.metrics)
  }

  /// The rows of the batch that spoilt a step, or of all its batches where none did alone.
  private func rows(of batches: ArraySlice<BatchPlan.Batch>, firstBad: Int?) -> [Int] {
    let blamed = firstBad.map { batches[batches.startIndex + $0...batches.startIndex + $0] }
    return (blamed ?? batches).flatMap { $0.blocks.joined().map { data.examples[$0].row } }
  }

  // MARK: Validation

  private var isValidationDue: Bool {
    guard let every = plan.evalEvery, history.validations.last?.step != step else { return false }
    return step % every == 0 || step == plan.steps
  }

  /// - Returns: false where cancelled.
  private func validate(isCancelled: () -> Bool, progress: (TrainingEvent) -> Void) throws -> Bool {
    guard
      let loss = try engine.computer.validate(engine.plan.validation, isCancelled: isCancelled)
    else { return false }
    let validation = TrainingHistory.Validation(step: step, loss: loss)
    history.validations.append(validation)
    if data.configuration.earlyStop != nil, history.bestTrained == validation {
      best = try engine.computer.parameters.floats()
    }
    progress(.validated(validation))
    return true
  }

  // MARK: Checkpoints

  private var isCheckpointDue: Bool {
    guard checkpoints != nil, step > written.step else { return false }
    if let every = data.configuration.checkpointEvery { return step % every == 0 }
    return (ContinuousClock.now - written.at).seconds >= session.checkpointSeconds
  }

  private func writeCheckpoint(_ progress: (TrainingEvent) -> Void) throws {
    guard let checkpoints else { return }
    // Room for the copies: the base is read from the file again as the next step needs it.
    engine.mapped?.release()
    let moments = try optimiser.moments()
    let checkpoint = Checkpoint(
      identity: identity, request: session.request, step: step, history: history, watch: watch,
      parameters: try engine.computer.parameters.floats(), mean: moments.mean,
      variance: moments.variance, best: best)
    let path: FilePath
    do {
      path = try checkpoints.write(checkpoint)
    } catch TrainingError.checkpointUnwritable(let path, let reason, _) {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: reason, resume: checkpoints.all().isEmpty ? nil : resumeName)
    }
    written = (step, ContinuousClock.now)
    progress(.checkpoint(step: step, path: path.string))
  }

  /// Writes a checkpoint of the last whole step, if there was one.
  private func interrupted(_ progress: (TrainingEvent) -> Void) throws -> any Error {
    guard let checkpoints, step > 0 else { return CancellationError() }
    if written.step != step || stepsHere > 0 { try writeCheckpoint(progress) }
    return TrainingError.interrupted(
      step: step, steps: plan.steps, resume: resumeName ?? checkpoints.path.string)
  }

  /// What `--resume` takes to go on; nil without a folder of checkpoints.
  private var resumeName: String? {
    checkpoints.map { session.name.isEmpty ? $0.path.string : session.name }
  }
}
