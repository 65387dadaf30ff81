import ModelRuntime

/// Computes the steps of a plan: the loss of a batch and its gradient in every adapter parameter.
protocol StepComputer {
  /// All A and B, flat; see `AdapterLayout`.
  var parameters: GraphTensor { get }
  var gradient: GraphTensor { get }

  /// What the step that was computed last says beside its loss, by name.
  var metrics: [String: Double] { get }

  /// Computes what all steps need; called once, before the parameters are written.
  ///
  /// - Throws: `CancellationError`.
  func begin(isCancelled: () -> Bool) throws

  /// - Parameters:
  ///   - index: the step's, from 0; decides what dropout leaves out.
  /// - Returns: the mean loss (nats) over the answer's tokens, the norm of the whole gradient, and
  ///   how many positions held a token.
  func compute(_ batch: BatchPlan.Batch, index: Int) throws
    -> (loss: Float, gradientNorm: Float, tokens: Int)
}

extension StepComputer {
  var metrics: [String: Double] { [:] }

  func begin(isCancelled: () -> Bool) throws {}
}

/// Steps as kernels compute them: the CPU's way.
struct DenseStepComputer: StepComputer {
  let examples: [TokenisedExample]
  let inputs: DenseBatchInputs
  let step: DenseStep

  var parameters: GraphTensor { step.parameters }
  var gradient: GraphTensor { step.gradient }

  func compute(_ batch: BatchPlan.Batch, index: Int) throws
    -> (loss: Float, gradientNorm: Float, tokens: Int)
  {
    let samples = batch.blocks.joined().map { examples[$0] }
    try inputs.fill(samples)
    inputs.batch.step = index
    let (loss, norm) = try step.run()
    return (loss, norm, inputs.batch.tokens)
  }
}

/// Steps as ggml's own operations compute them: any backend's way, in F32.
struct GraphStepComputer: StepComputer {
  let examples: [TokenisedExample]
  let inputs: BatchInputs
  let dropout: DropoutMasks?
  let computation: TrainingStepComputation

  var parameters: GraphTensor { computation.parameters }
  var gradient: GraphTensor { computation.gradient }

  func compute(_ batch: BatchPlan.Batch, index: Int) throws
    -> (loss: Float, gradientNorm: Float, tokens: Int)
  {
    let filled = try inputs.fill(batch, from: examples)
    try dropout?.draw(step: index)
    let (loss, norm) = try computation.run()
    return (loss, norm, filled.tokens)
  }
}
