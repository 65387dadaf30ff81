import ModelRuntime

/// Computes the steps of a plan: the loss of its batches and its gradient in all that is trained.
protocol StepComputer {
  /// All that is trained, flat; see `ParameterLayout`.
  var parameters: GraphTensor { get }
  var gradient: GraphTensor { get }
  /// The bytes of intermediate results.
  var byteCount: Int { get }
  /// What the operations of all steps so far took; empty where nobody measures.
  var operations: [OperationTime] { get }

  /// What the step that was computed last says beside its loss, by name.
  var metrics: [String: Double] { get }

  /// Computes what all steps need; called once, before the parameters are written.
  ///
  /// - Throws: `CancellationError`.
  func begin(isCancelled: () -> Bool) throws

  /// - Parameters:
  ///   - batches: what the step trains on; the loss is the mean over all their answers' tokens.
  ///   - index: the first batch's, from 0; decides with its place what dropout leaves out.
  ///   - isCancelled: asked between batches.
  /// - Returns: nil where cancelled.
  func compute(
    _ batches: ArraySlice<BatchPlan.Batch>, index: Int, isCancelled: () -> Bool
  ) throws -> ComputedStep?

  /// - Parameters:
  ///   - batches: of the rows that are validated on.
  ///   - isCancelled: asked between batches.
  /// - Returns: the mean loss (nats) over the answers' tokens, nothing left out; nil where cancelled.
  func validate(_ batches: [BatchPlan.Batch], isCancelled: () -> Bool) throws -> Double?
}

/// What a step's computation says, before anything is updated.
struct ComputedStep {
  /// The mean loss (nats) over the answers' tokens.
  var loss: Float = 0
  /// Of the whole gradient.
  var gradientNorm: Float = 0
  /// Positions that held a token.
  var tokens = 0
  /// The first batch, by its place in the step, whose loss is no number.
  var firstBad: Int?
}

extension StepComputer {
  var operations: [OperationTime] { [] }

  var metrics: [String: Double] { [:] }

  func begin(isCancelled: () -> Bool) throws {}
}

/// Steps as kernels compute them: the CPU's way.
struct DenseStepComputer: StepComputer {
  let examples: [TokenisedExample]
  let heldOut: [TokenisedExample]
  let inputs: DenseBatchInputs
  let step: DenseStep
  /// Nil where nothing is validated on.
  let validation: DenseValidation?

  var parameters: GraphTensor { step.parameters }
  var gradient: GraphTensor { step.gradient }
  var byteCount: Int { step.byteCount + (validation?.byteCount ?? 0) }
  var operations: [OperationTime] { step.operations }

  func compute(
    _ batches: ArraySlice<BatchPlan.Batch>, index: Int, isCancelled: () -> Bool
  ) throws -> ComputedStep? {
    let samples = batches.map { $0.blocks.joined().map { examples[$0] } }
    let targets = samples.joined().reduce(0) { $0 + $1.targets }
    inputs.batch.objective = LikelihoodObjective(total: targets)
    var done = ComputedStep()
    for (place, rows) in samples.enumerated() {
      if place > 0, isCancelled() { return nil }
      try inputs.fill(rows)
      inputs.batch.step = index + place
      let (loss, norm) = try step.run(adding: place > 0)
      done.loss += loss
      done.gradientNorm = norm
      done.tokens += inputs.batch.tokens
      if !loss.isFinite, done.firstBad == nil { done.firstBad = place }
    }
    return done
  }

  func validate(_ batches: [BatchPlan.Batch], isCancelled: () -> Bool) throws -> Double? {
    guard let validation else { return nil }
    var (sum, count) = (0.0, 0)
    inputs.batch.objective = LikelihoodObjective()
    for batch in batches {
      if isCancelled() { return nil }
      try inputs.fill(batch.blocks.joined().map { heldOut[$0] })
      sum += try validation.run() * Double(inputs.batch.selected)
      count += inputs.batch.selected
    }
    return sum / Double(max(count, 1))
  }
}

/// Steps as ggml's own operations compute them: any backend's way, in F32.
struct GraphStepComputer: StepComputer {
  let examples: [TokenisedExample]
  let heldOut: [TokenisedExample]
  let inputs: BatchInputs
  let dropout: DropoutMasks?
  let computation: TrainingStepComputation

  var parameters: GraphTensor { computation.parameters }
  var gradient: GraphTensor { computation.gradient }
  var byteCount: Int { computation.byteCount }

  func compute(
    _ batches: ArraySlice<BatchPlan.Batch>, index: Int, isCancelled: () -> Bool
  ) throws -> ComputedStep? {
    let targets = batches.reduce(0) { sum, batch in
      batch.blocks.joined().reduce(sum) { $0 + examples[$1].targets }
    }
    var done = ComputedStep()
    var sum: [Float] = []
    for (place, batch) in batches.enumerated() {
      if place > 0, isCancelled() { return nil }
      let filled = try inputs.fill(batch, from: examples, total: targets)
      try dropout?.draw(step: index + place)
      let (loss, norm) = try computation.run()
      done.loss += loss
      done.gradientNorm = norm
      done.tokens += filled.tokens
      if !loss.isFinite, done.firstBad == nil { done.firstBad = place }
      guard batches.count > 1 else { return done }
      let part = try gradient.floats()
      sum = sum.isEmpty ? part : zip(sum, part).map(+)
    }
    try gradient.write(sum)
    done.gradientNorm = Float(sum.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
    return done
  }

  func validate(_ batches: [BatchPlan.Batch], isCancelled: () -> Bool) throws -> Double? {
    try dropout?.keepAll()
    var (sum, count) = (0.0, 0)
    for batch in batches {
      if isCancelled() { return nil }
      let filled = try inputs.fill(batch, from: heldOut)
      sum += Double(try computation.run().loss) * Double(filled.targets)
      count += filled.targets
    }
    return sum / Double(max(count, 1))
  }
}
