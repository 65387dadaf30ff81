import ModelRuntime

/// Steps that compare answers with what the base thinks of them, as kernels compute them.
final class PreferenceStepComputer: StepComputer {
  private let examples: [TokenisedExample]
  /// What is validated on.
  private let heldOut: [TokenisedExample]
  private let method: TrainingMethod
  private let seed: UInt64
  private let inputs: DenseBatchInputs
  private let step: DenseStep
  private let likelihoods: DenseLikelihoods
  /// For KTO only.
  private let mismatched: MismatchedAnswers?
  /// ln p of every example's answer under the base.
  private var references: [Double] = []
  /// Likewise of every answer that is validated on.
  private var heldOutReferences: [Double] = []
  /// Likewise of every mismatched answer.
  private var mismatchedReferences: [Double] = []
  /// What the step that was computed last says beside its loss.
  private(set) var metrics: [String: Double] = [:]

  var parameters: GraphTensor { step.parameters }
  var gradient: GraphTensor { step.gradient }
  var byteCount: Int { step.byteCount + likelihoods.byteCount }
  var operations: [OperationTime] { step.operations }

  /// - Parameters:
  ///   - heldOut: what is validated on.
  ///   - batches: all that will be computed, or those of the first epoch.
  ///   - inputs: the step's own.
  init(
    _ examples: [TokenisedExample], heldOut: [TokenisedExample] = [],
    batches: [BatchPlan.Batch], configuration: TrainingConfiguration, model: DenseModel,
    scale: Float, inputs: DenseBatchInputs, step: DenseStep, on backend: ComputeBackend
  ) throws {
    (self.examples, self.heldOut) = (examples, heldOut)
    (method, seed) = (configuration.method, configuration.seed)
    (self.inputs, self.step) = (inputs, step)
    let mismatched =
      method.name == .kto
      ? MismatchedAnswers(examples, batches: batches.filter { $0.epoch == 1 }) : nil
    self.mismatched = mismatched
    let others =
      (mismatched.map { other in examples.indices.map { other[$0] } } ?? []) + heldOut
    likelihoods = try DenseLikelihoods(
      model, layout: step.adapterLayout, scale: scale, parameters: step.trained,
      tokens: max(inputs.decoder.tokens.shape.count, others.lazy.map(\.length).max() ?? 0),
      selected: max(inputs.targets.shape.count, others.lazy.map(\.targets).max() ?? 0),
      within: step, on: backend)
  }

  /// Computes what the base thinks of every answer, under parameters that change nothing of it.
  func begin(isCancelled: () -> Bool) throws {
    try parameters.write(step.layout.initialValues(seed: seed))
    references = try likelihoods.logarithms(of: examples, isCancelled: isCancelled)
    heldOutReferences = try likelihoods.logarithms(of: heldOut, isCancelled: isCancelled)
    guard let mismatched else { return }
    mismatchedReferences = try likelihoods.logarithms(
      of: examples.indices.map { mismatched[$0] }, isCancelled: isCancelled)
  }

  func compute(
    _ batches: ArraySlice<BatchPlan.Batch>, index: Int, isCancelled: () -> Bool
  ) throws -> ComputedStep? {
    let rows = batches.map { Array($0.blocks.joined()) }
    let total = rows.reduce(0) { $0 + $1.count }
    var done = ComputedStep()
    var means = MetricMeans()
    for (place, rows) in rows.enumerated() {
      if place > 0, isCancelled() { return nil }
      let objective = try objective(for: rows)
      try inputs.fill(rows.map { examples[$0] })
      inputs.batch.step = index + place
      inputs.batch.objective = SharedObjective(
        base: objective, share: Double(rows.count) / Double(max(total, 1)))
      let (loss, norm) = try step.run(adding: place > 0)
      let losses = try step.losses.floats().prefix(inputs.batch.selected)
      means.add(objective.metrics(of: objective.batch.ratios(losses)))
      done.loss += loss
      done.gradientNorm = norm
      done.tokens += inputs.batch.tokens
      if !loss.isFinite, done.firstBad == nil { done.firstBad = place }
    }
    metrics = means.values
    return done
  }

  func validate(_ batches: [BatchPlan.Batch], isCancelled: () -> Bool) throws -> Double? {
    guard case .dpo(let settings) = method, !heldOut.isEmpty else { return nil }
    let now = try likelihoods.logarithms(of: heldOut, isCancelled: isCancelled)
    let objective = PairObjective(
      batch: JudgedBatch(
        answers: zip(heldOut, heldOutReferences).map {
          JudgedBatch.Answer(tokens: $0.targets, reference: $1, isGood: $0.isGood)
        }), settings: settings)
    return objective.loss(of: zip(now, heldOutReferences).map { $0 - $1 }).loss
  }

  private func objective(for rows: [Int]) throws -> any JudgedObjective {
    let batch = JudgedBatch(
      answers: rows.map {
        JudgedBatch.Answer(
          tokens: examples[$0].targets, reference: references[$0], isGood: examples[$0].isGood)
      })
    switch method {
    case .kto(let settings):
      return JudgementObjective(batch: batch, settings: settings, divergence: try divergence(rows))
    case .dpo(let settings): return PairObjective(batch: batch, settings: settings)
    // Nobody asks: likelihoods alone are learned by steps of their own.
    case .sft: return PairObjective(batch: batch, settings: DPOSettings())
    }
  }

  /// z₀ of a batch: how much likelier answers to other questions have become in the mean.
  private func divergence(_ rows: [Int]) throws -> Double {
    guard let mismatched, !rows.isEmpty else { return 0 }
    let now = try likelihoods.logarithms(of: rows.map { mismatched[$0] })
    let gain = zip(rows, now).reduce(0) { $0 + $1.1 - mismatchedReferences[$1.0] }
    return max(0, gain / Double(rows.count))
  }
}

/// An objective of one of several batches whose losses add up to a step's.
private struct SharedObjective: Objective {
  let base: any Objective
  /// 0 to 1.
  let share: Double

  func weigh(_ losses: UnsafeBufferPointer<Float>, into slopes: UnsafeMutableBufferPointer<Float>)
    -> Double
  {
    let loss = base.weigh(losses, into: slopes)
    if share != 1 { for index in slopes.indices { slopes[index] *= Float(share) } }
    return loss * share
  }
}
