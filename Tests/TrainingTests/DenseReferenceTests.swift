import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// The kernels' numbers against PyTorch's autograd in F64.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct DenseReferenceTests {
  @Test(arguments: Reference.kernelNames, [false, true])
  func `loss and every gradient equal PyTorch's`(name: String, reordered: Bool) throws {
    let reference = try Reference(name)
    let subject = try DenseSubject(reference)
    #expect(subject.layout.count == reference.parameters.count)
    let samples = reordered ? Array(reference.examples.reversed()) : reference.examples
    let (loss, norm) = try subject.run(samples)
    #expect(abs(Double(loss) - reference.loss) < 1e-5 * reference.loss)

    reference.expect(try subject.step.gradient.floats(), norm: norm, of: subject.layout)
  }

  @Test(arguments: Reference.kernelNames)
  func `BF16 comes near`(name: String) throws {
    let reference = try Reference(name)
    let subject = try DenseSubject(reference, element: .bf16)
    let (loss, _) = try subject.run(reference.examples)
    #expect(abs(Double(loss) - reference.loss) < 1e-2 * reference.loss)
    let gradient = try subject.step.gradient.floats()
    #expect(
      Reference.relativeError(Array(gradient.prefix(reference.gradient.count)), reference.gradient)
        < 1e-1)
  }

  @Test(arguments: Reference.kernelNames)
  func `libllama with the adapter says the same of every token`(name: String) throws {
    let folder = try TemporaryFolder()
    let reference = try Reference(name)
    let subject = try DenseSubject(reference)
    _ = try subject.run(reference.examples)
    let path = folder.file("adapter.gguf")
    try AdapterFile.write(
      reference.parameters, layout: subject.layout,
      architecture: subject.architecture, alpha: reference.alpha, to: path)
    let model = try LlamaModel(reference.modelPath)
    let expected = try Libllama.losses(
      of: reference.examples, model, adapter: LoRAAdapterHandle(path, for: model))
    let found = try subject.step.losses.floats().prefix(expected.count)
    let error = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    // ggml looks GELU up in a table of F16 numbers; ours is computed.
    #expect(error < (["gemma3", "gpt2"].contains(name) ? 3e-3 : 1e-4))
  }

  @Test(arguments: Reference.kernelNames)
  func `50 AdamW steps follow PyTorch's`(name: String) throws {
    let reference = try Reference(name)
    let subject = try DenseSubject(reference)
    var configuration = TrainingConfiguration()
    configuration.weightDecay = reference.weightDecay
    configuration.clip = reference.clip
    let optimiser = try AdamW(
      parameters: subject.step.parameters, gradient: subject.step.gradient,
      configuration: configuration, on: subject.backend)
    for (step, expected) in reference.losses.enumerated() {
      let (loss, norm) = try subject.run(reference.examples)
      #expect(abs(Double(loss) - expected) < 1e-2 * max(expected, 0.1), "step \(step)")
      try optimiser.step(learningRate: reference.learningRate, gradientNorm: norm)
    }
    #expect(reference.losses.count == 50)
  }

  @Test(arguments: [1, 3])
  func `any number of threads gives the same gradient`(threads: Int) throws {
    let reference = try Reference("qwen2")
    let subject = try DenseSubject(reference, threads: threads)
    _ = try subject.run(reference.examples)
    let gradient = try subject.step.gradient.floats()
    #expect(
      Reference.relativeError(Array(gradient.prefix(reference.gradient.count)), reference.gradient)
        < 1e-3)
  }
}

/// A step of kernels over a reference's model.
struct DenseSubject {
  let backend: ComputeBackend
  let step: DenseStep
  let inputs: DenseBatchInputs
  let layout: AdapterLayout
  let architecture: String

  /// - Parameters:
  ///   - modelPath: another model of the same words; nil for the reference's own.
  ///   - targets: what gets an adapter.
  init(
    _ reference: Reference, modelPath: FilePath? = nil, element: GraphElement = .f32,
    threads: Int = 2, targets: Set<TargetModule> = Set(TargetModule.allCases), dropout: Float = 0,
    recomputes: Bool = false
  ) throws {
    backend = try ComputeBackend(threads: threads)
    let model = try DenseModel(
      GGUFFile(modelPath ?? reference.modelPath), element: element, keepsQuantised: false,
      on: backend)
    architecture = model.dimensions.architecture.name
    layout = AdapterLayout(model.dimensions, targets: targets, rank: reference.rank)
    inputs = try DenseBatchInputs(
      tokens: reference.examples.reduce(7) { $0 + $1.length },
      selected: reference.examples.reduce(3) { $0 + $1.targets },
      for: model.dimensions, on: backend)
    step = try DenseStep(
      model, layout: layout, scale: reference.alpha / Float(reference.rank), dropout: dropout,
      seed: 11, recomputes: recomputes, inputs: inputs, on: backend)
    // As many numbers as there are parameters; another layout takes them in another order.
    try step.parameters.write(
      (0..<layout.shape.count).map {
        $0 < layout.count ? reference.parameters[$0 % reference.parameters.count] : 0
      })
  }

  func run(_ samples: [TokenisedExample]) throws -> (loss: Float, gradientNorm: Float) {
    try inputs.fill(samples)
    return try step.run()
  }
}
