import Foundation
import ModelRuntime
import SystemPackage

/// One training from tokenised rows to an adapter file; synchronous, on the thread that calls it.
struct TrainingRun {
  let basePath: FilePath
  let examples: [TokenisedExample]
  let configuration: TrainingConfiguration
  let output: FilePath
  /// Rows that were left out before, for the result.
  var tooLongRows: [Int] = []
  var answerlessRows: [Int] = []

  /// - Parameters:
  ///   - isCancelled: asked between steps.
  ///   - progress: called after each step.
  /// - Throws: `TrainingError`, `GraphError`, `RuntimeError`, `CancellationError`.
  func run(isCancelled: () -> Bool, progress: (TrainingStep) -> Void) throws -> TrainingResult {
    let threads = try configuration.threads ?? ThreadCount.suited(toBytes: GGUFFile(basePath).size)
    let backend = try ComputeBackend(threads: threads)
    let prepared = try prepare(on: backend)
    let (plan, layout, computer) = (prepared.plan, prepared.layout, prepared.computer)
    try computer.begin(isCancelled: isCancelled)
    try computer.parameters.write(layout.initialValues(seed: configuration.seed))
    let optimiser = try AdamW(
      parameters: computer.parameters, gradient: computer.gradient,
      configuration: configuration, on: backend)
    let rate = LearningRate(configuration, steps: plan.batches.count)

    let clock = ContinuousClock()
    let start = clock.now
    var watch = DivergenceWatch(tolerance: configuration.method.tolerance)
    var lastMetrics = MetricMeans()
    var tokens = 0
    var firstLoss = 0.0
    var lastEpoch: [Double] = []
    for (index, batch) in plan.batches.enumerated() {
      if isCancelled() { throw CancellationError() }
      let (loss, norm, filled) = try computer.compute(batch, index: index)
      let rows = { batch.blocks.joined().map { examples[$0].row } }
      try watch.check(
        loss: loss, gradientNorm: norm, step: index + 1, epoch: batch.epoch, rows: rows)
      let learningRate = rate.rate(at: index)
      try optimiser.step(learningRate: learningRate, gradientNorm: norm)

      tokens += filled
      if index == 0 { firstLoss = Double(loss) }
      if batch.epoch == configuration.epochs { lastEpoch.append(Double(loss)) }
      if batch.epoch == configuration.epochs { lastMetrics.add(computer.metrics) }
      progress(
        TrainingStep(
          step: index + 1, steps: plan.batches.count, epoch: batch.epoch, loss: Double(loss),
          learningRate: Double(learningRate), gradientNorm: Double(norm), tokens: filled,
          tokensPerSecond: Double(tokens) / max((clock.now - start).seconds, 1e-9),
          metrics: computer.metrics))
    }
    let seconds = (clock.now - start).seconds
    try AdapterFile.write(
      computer.parameters.floats(), layout: layout, architecture: prepared.architecture,
      alpha: configuration.alpha, to: output)
    return TrainingResult(
      adapterPath: output.string, steps: plan.batches.count, firstLoss: firstLoss,
      finalLoss: lastEpoch.reduce(0, +) / Double(max(lastEpoch.count, 1)), seconds: seconds,
      tokensPerSecond: Double(tokens) / max(seconds, 1e-9), parameters: layout.count,
      rows: Set(examples.map(\.row)).count, tooLongRows: tooLongRows,
      answerlessRows: answerlessRows, metrics: lastMetrics.values)
  }
}

extension TrainingRun {
  /// What a run computes with.
  private struct Prepared {
    let plan: BatchPlan
    let layout: AdapterLayout
    let architecture: String
    let computer: any StepComputer
  }

  private var scale: Float { configuration.alpha / Float(configuration.rank) }

  private func prepare(on backend: ComputeBackend) throws -> Prepared {
    if DenseProducts.isAvailable { return try prepareDense(on: backend) }
    guard configuration.method == .sft else {
      throw TrainingError.needsKernels(configuration.method.name)
    }
    let weights = try BaseWeights(GGUFWeights(basePath), on: backend)
    let layout = AdapterLayout(
      weights.dimensions, targets: configuration.targets, rank: configuration.rank)
    let plan = BatchPlan(examples, configuration: configuration)
    let inputs = try BatchInputs(
      blockLength: plan.blockLength, blockCount: plan.blockCount, selected: plan.selectedCapacity,
      vocabulary: weights.dimensions.vocabulary, on: backend)
    let dropout =
      try configuration.dropout == 0
      ? nil
      : DropoutMasks(
        layout, blocks: weights.dimensions.blocks, tokens: plan.blockLength * plan.blockCount,
        selected: plan.selectedCapacity, probability: configuration.dropout,
        seed: configuration.seed, on: backend)
    let computation = try TrainingStepComputation(
      weights, layout: layout, scale: scale, inputs: inputs, dropout: dropout, on: backend)
    return Prepared(
      plan: plan, layout: layout, architecture: weights.dimensions.architecture.name,
      computer: GraphStepComputer(
        examples: examples, inputs: inputs, dropout: dropout, computation: computation))
  }

  private func prepareDense(on backend: ComputeBackend) throws -> Prepared {
    let file = try GGUFFile(basePath)
    let element = try configuration.precision.element(for: file)
    let model = try DenseModel(file, element: element, keepsQuantised: false, on: backend)
    let layout = AdapterLayout(
      model.dimensions, targets: configuration.targets, rank: configuration.rank)
    let plan = BatchPlan(packed: examples, configuration: configuration)
    let inputs = try DenseBatchInputs(
      tokens: plan.blockLength, selected: plan.selectedCapacity, for: model.dimensions,
      on: backend)
    let step = try DenseStep(
      model, layout: layout, scale: scale, dropout: configuration.dropout,
      seed: configuration.seed, inputs: inputs, on: backend)
    let computer: any StepComputer =
      configuration.method == .sft
      ? DenseStepComputer(examples: examples, inputs: inputs, step: step)
      : try PreferenceStepComputer(
        examples, batches: plan.batches, configuration: configuration, model: model, scale: scale,
        inputs: inputs, step: step, on: backend)
    return Prepared(
      plan: plan, layout: layout, architecture: model.dimensions.architecture.name,
      computer: computer)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
