import ModelRuntime

/// Steps that compare answers with what the base thinks of them, as kernels compute them.
final class PreferenceStepComputer: StepComputer {
  private let examples: [TokenisedExample]
  private let method: TrainingMethod
  private let seed: UInt64
  private let inputs: DenseBatchInputs
  private let step: DenseStep
  private let likelihoods: DenseLikelihoods
  /// For KTO only.
  private let mismatched: MismatchedAnswers?
  /// ln p of every example's answer under the base.
  private var references: [Double] = []
  /// Likewise of every mismatched answer.
  private var mismatchedReferences: [Double] = []
  /// What the step that was computed last says beside its loss.
  private(set) var metrics: [String: Double] = [:]

  var parameters: GraphTensor { step.parameters }
  var gradient: GraphTensor { step.gradient }

  /// - Parameters:
  ///   - batches: all that will be computed, or those of the first epoch.
  ///   - inputs: the step's own.
  init(
    _ examples: [TokenisedExample], batches: [BatchPlan.Batch],
    configuration: TrainingConfiguration, model: DenseModel, scale: Float,
    inputs: DenseBatchInputs, step: DenseStep, on backend: ComputeBackend
  ) throws {
    self.examples = examples
    (method, seed) = (configuration.method, configuration.seed)
    (self.inputs, self.step) = (inputs, step)
    let mismatched =
      method.name == .kto
      ? MismatchedAnswers(examples, batches: batches.filter { $0.epoch == 1 }) : nil
    self.mismatched = mismatched
    let others = mismatched.map { other in examples.indices.map { other[$0] } } ?? []
    likelihoods = try DenseLikelihoods(
      model, layout: step.layout, scale: scale, parameters: step.parameters,
      tokens: max(inputs.decoder.tokens.shape.count, others.lazy.map(\.length).max() ?? 0),
      selected: max(inputs.targets.shape.count, others.lazy.map(\.targets).max() ?? 0), on: backend)
  }

  /// Computes what the base thinks of every answer, under parameters that change nothing of it.
  func begin(isCancelled: () -> Bool) throws {
    try parameters.write(step.layout.initialValues(seed: seed))
    references = try likelihoods.logarithms(of: examples, isCancelled: isCancelled)
    guard let mismatched else { return }
    mismatchedReferences = try likelihoods.logarithms(
      of: examples.indices.map { mismatched[$0] }, isCancelled: isCancelled)
  }

  func compute(_ batch: BatchPlan.Batch, index: Int) throws
    -> (loss: Float, gradientNorm: Float, tokens: Int)
  {
    let rows = Array(batch.blocks.joined())
    let objective = try objective(for: rows)
    try inputs.fill(rows.map { examples[$0] })
    inputs.batch.step = index
    inputs.batch.objective = objective
    let (loss, norm) = try step.run()
    let losses = try step.losses.floats().prefix(inputs.batch.selected)
    metrics = objective.metrics(of: objective.batch.ratios(losses))
    return (loss, norm, inputs.batch.tokens)
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
