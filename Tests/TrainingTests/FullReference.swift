import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// What PyTorch says about training all weights of a tiny model; see `Fixtures/make_full.py`.
struct FullReference {
  let adapters: Reference
  /// The gradient of the loss in every weight.
  let gradient: GGUFFile
  let loss: Double
  let losses: [Double]
  let settings: TrainingConfiguration

  static let names = ["llama", "qwen2", "qwen3", "gemma3", "phi3", "gpt2"]

  init(_ name: String) throws {
    adapters = try Reference(name)
    gradient = try GGUFFile(Reference.path("tiny-\(name)-gradient.gguf"))
    loss = gradient["reference.loss"]?.double ?? .nan
    losses =
      if case .floats(let values) = gradient["reference.losses"]?.array?.elements { values } else {
        []
      }
    let settings = ["learning_rate", "weight_decay", "clip"].map { [gradient] name in
      Float(gradient["reference.\(name)"]?.double ?? .nan)
    }
    var configuration = TrainingConfiguration(scope: .full)
    configuration.learningRate = settings[0]
    configuration.weightDecay = settings[1]
    configuration.clip = settings[2]
    self.settings = configuration
  }

  var examples: [TokenisedExample] { adapters.examples }
}

/// A step of kernels that trains every weight of a model.
struct FullSubject {
  let backend: ComputeBackend
  let layout: FullLayout
  let step: DenseStep
  let inputs: DenseBatchInputs

  init(
    _ path: FilePath, for examples: [TokenisedExample], element: GraphElement = .f32,
    threads: Int = 2
  ) throws {
    backend = try ComputeBackend(threads: threads)
    let file = try GGUFFile(path)
    layout = try FullLayout(file, DecoderDimensions(GGUFWeights(file)), isFresh: false)
    let tensors = try TrainedTensors(layout, element: element, on: backend)
    let model = try DenseModel(file, element: element, tensors: tensors)
    inputs = try DenseBatchInputs(
      tokens: examples.reduce(7) { $0 + $1.length },
      selected: examples.reduce(3) { $0 + $1.targets }, for: model.dimensions, on: backend)
    step = try DenseStep(model, tensors.parameters, inputs: inputs, on: backend)
    try step.parameters.write(layout.initialValues(seed: 0))
  }

  func run(_ samples: [TokenisedExample], adding: Bool = false) throws -> (
    loss: Float, gradientNorm: Float
  ) {
    try inputs.fill(samples)
    return try step.run(adding: adding)
  }

  /// The mean of the tokens' losses, summed in double precision.
  func loss(_ samples: [TokenisedExample]) throws -> Double {
    _ = try run(samples)
    let losses = try step.losses.floats().prefix(inputs.batch.selected)
    return losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
  }
}
