import ModelRuntime
import SystemPackage

/// What a run computes with: the plan, the parameters' places and the computation of steps.
struct TrainingEngine {
  let plan: BatchPlan
  /// What is trained.
  let subject: TrainingSubject
  let computer: any StepComputer
  /// What multiplies: part of what makes a run repeatable.
  let products: String
  let memory: TrainingMemory
  /// How the base's weights lie; has no effect on the result.
  let weights: WeightForm
  /// The base, where kernels read it in the file.
  let mapped: MappedFile?
  /// Of the base.
  let baseParameters: Int64

  /// Plans, checks that the memory suffices, and only then loads the weights.
  ///
  /// - Parameters:
  ///   - availableMemory: bytes; nil where nobody knows.
  ///   - usesKernels: whether kernels compute, else ggml's own operations.
  /// - Throws: `TrainingError.notEnoughMemory`, `.needsKernels` among others.
  init(
    _ path: FilePath, data: TrainingData, availableMemory: Int64?,
    usesKernels isDense: Bool = DenseProducts.isAvailable, on backend: ComputeBackend
  ) throws {
    let configuration = data.configuration
    let file = try GGUFFile(path)
    let dimensions = try DecoderDimensions(GGUFWeights(file))
    let subject = try TrainingSubject(file, dimensions, configuration)
    guard isDense || configuration.method == .sft else {
      throw TrainingError.needsKernels("The method '\(configuration.method.name.rawValue)'")
    }
    guard isDense || configuration.recompute == .nothing else {
      throw TrainingError.needsKernels("To compute layers again")
    }
    guard isDense || !configuration.scope.isFull else { throw TrainingError.fullNeedsKernels }
    guard isDense || configuration.weights != .packed else {
      throw TrainingError.invalidConfiguration(
        setting: "weights", expected: "auto or expanded where oneDNN (libdnnl.so.2) is missing",
        found: configuration.weights.rawValue)
    }
    let plan =
      isDense
      ? BatchPlan(
        packed: data.examples, validation: data.validation, configuration: configuration)
      : BatchPlan(data.examples, validation: data.validation, configuration: configuration)
    let sizes = TrainingMemory.Sizes(
      file: file, dimensions: dimensions, layout: subject.adapterLayout,
      tokens: plan.blockLength * plan.blockCount, selected: plan.selectedCapacity,
      keepsBest: configuration.earlyStop != nil, threads: backend.threads,
      recomputes: configuration.recompute == .layers)
    let element = try configuration.precision.element(for: file)
    let weightPlan = WeightPlan(file, element: element)
    func memory(_ form: WeightForm) -> TrainingMemory {
      guard isDense else { return TrainingMemory(graph: sizes) }
      var memory =
        switch subject {
        case .model(let layout): TrainingMemory(full: layout, sizes, element: element)
        case .adapter: TrainingMemory(dense: sizes, weights: weightPlan, form)
        }
      memory.rest += DenseProducts.compiledBytes
      return memory
    }
    weights =
      isDense && !configuration.scope.isFull
      ? weightPlan.form(configuration.weights) { memory($0).total <= availableMemory ?? .max }
      : .expanded
    self.memory = memory(weights)
    try self.memory.check(available: availableMemory)
    self.plan = plan
    self.subject = subject
    products = isDense ? "onednn" : "ggml"
    baseParameters = file.tensors.reduce(0) { $0 + $1.elements }
    let builder = ComputerBuilder(data: data, plan: plan, subject: subject, backend: backend)
    if isDense {
      (computer, mapped) = try builder.dense(file, element: element, weights)
    } else {
      (computer, mapped) = (try builder.graph(file), nil)
    }
  }
}

/// Makes the computation of steps.
private struct ComputerBuilder {
  let data: TrainingData
  let plan: BatchPlan
  let subject: TrainingSubject
  let backend: ComputeBackend

  private var configuration: TrainingConfiguration { data.configuration }
  private var scale: Float { configuration.alpha / Float(configuration.rank) }

  func dense(_ file: GGUFFile, element: GraphElement, _ weights: WeightForm) throws
    -> (any StepComputer, MappedFile?)
  {
    let (model, step, inputs) = try denseStep(file, element: element, weights)
    return (try computer(model, step, inputs), model.mapped)
  }

  private func computer(_ model: DenseModel, _ step: DenseStep, _ inputs: DenseBatchInputs) throws
    -> any StepComputer
  {
    guard configuration.method == .sft else {
      return try PreferenceStepComputer(
        data.examples, heldOut: data.validation, batches: plan.batches,
        configuration: configuration, model: model, scale: scale, inputs: inputs, step: step,
        on: backend)
    }
    let validation =
      try data.validation.isEmpty
      ? nil : DenseValidation(model, of: step, scale: scale, inputs: inputs, on: backend)
    return DenseStepComputer(
      examples: data.examples, heldOut: data.validation, inputs: inputs, step: step,
      validation: validation)
  }

  private func denseStep(_ file: GGUFFile, element: GraphElement, _ weights: WeightForm) throws
    -> (DenseModel, DenseStep, DenseBatchInputs)
  {
    func inputs(for model: DenseModel) throws -> DenseBatchInputs {
      try DenseBatchInputs(
        tokens: plan.blockLength, selected: plan.selectedCapacity, for: model.dimensions,
        on: backend)
    }
    let recomputes = configuration.recompute == .layers
    switch subject {
    case .adapter(let layout):
      let model = try DenseModel(
        file, element: element, keepsQuantised: weights == .packed, on: backend)
      let inputs = try inputs(for: model)
      let step = try DenseStep(
        model, layout: layout, scale: scale, dropout: configuration.dropout,
        seed: configuration.seed, recomputes: recomputes, inputs: inputs, on: backend)
      return (model, step, inputs)
    case .model(let layout):
      let tensors = try TrainedTensors(layout, element: element, on: backend)
      let model = try DenseModel(file, element: element, tensors: tensors)
      let inputs = try inputs(for: model)
      let step = try DenseStep(
        model, tensors.parameters, recomputes: recomputes, inputs: inputs, on: backend)
      return (model, step, inputs)
    }
  }

  func graph(_ file: GGUFFile) throws -> any StepComputer {
    let layout = subject.adapterLayout
    let weights = try BaseWeights(GGUFWeights(file), on: backend)
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
    return GraphStepComputer(
      examples: data.examples, heldOut: data.validation, inputs: inputs, dropout: dropout,
      computation: computation)
  }
}
