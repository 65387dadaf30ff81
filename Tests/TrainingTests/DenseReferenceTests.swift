import ModelRuntime
import Testing

@testable import Training

/// The kernels' numbers against PyTorch's autograd in F64.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct DenseReferenceTests {
  @Test(arguments: Reference.names, [false, true])
  func `loss and every gradient equal PyTorch's`(name: String, reordered: Bool) throws {
    let reference = try Reference(name)
    let subject = try DenseSubject(reference)
    let samples = reordered ? Array(reference.examples.reversed()) : reference.examples
    let (loss, norm) = try subject.run(samples)
    #expect(abs(Double(loss) - reference.loss) < 1e-5 * reference.loss)

    let gradient = try subject.step.gradient.floats()
    for entry in subject.layout.entries {
      let (a, b) = subject.layout.slices(of: entry, in: gradient)
      let (expectedA, expectedB) = subject.layout.slices(of: entry, in: reference.gradient)
      #expect(relativeError(a, expectedA) < 1e-3, "A of \(entry.weightName)")
      #expect(relativeError(b, expectedB) < 1e-3, "B of \(entry.weightName)")
    }
    #expect(abs(norm - length(reference.gradient)) < 1e-3 * norm)
  }

  @Test(arguments: Reference.names)
  func `BF16 comes near`(name: String) throws {
    let reference = try Reference(name)
    let subject = try DenseSubject(reference, element: .bf16)
    let (loss, _) = try subject.run(reference.examples)
    #expect(abs(Double(loss) - reference.loss) < 1e-2 * reference.loss)
    let gradient = try subject.step.gradient.floats()
    #expect(
      relativeError(Array(gradient.prefix(reference.gradient.count)), reference.gradient) < 5e-2)
  }

  @Test(arguments: [1, 3])
  func `any number of threads gives the same gradient`(threads: Int) throws {
    let reference = try Reference("qwen2")
    let subject = try DenseSubject(reference, threads: threads)
    _ = try subject.run(reference.examples)
    let gradient = try subject.step.gradient.floats()
    #expect(
      relativeError(Array(gradient.prefix(reference.gradient.count)), reference.gradient) < 1e-3)
  }

  private func length(_ values: [Float]) -> Float {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    length(zip(found, expected).map { $0 - $1 }) / max(length(expected), 1e-6)
  }
}

/// A step of kernels over a reference's model.
struct DenseSubject {
  let backend: ComputeBackend
  let step: DenseStep
  let inputs: DenseBatchInputs
  let layout: AdapterLayout

  init(_ reference: Reference, element: GraphElement = .f32, threads: Int = 2) throws {
    backend = try ComputeBackend(threads: threads)
    let model = try DenseModel(
      GGUFFile(reference.modelPath), element: element, keepsQuantised: false, on: backend)
    layout = AdapterLayout(
      model.dimensions, targets: Set(TargetModule.allCases), rank: reference.rank)
    inputs = try DenseBatchInputs(
      tokens: reference.examples.reduce(7) { $0 + $1.length },
      selected: reference.examples.reduce(3) { $0 + $1.targets }, on: backend)
    step = try DenseStep(
      model, layout: layout, scale: reference.alpha / Float(reference.rank), inputs: inputs,
      on: backend)
    let padding = [Float](repeating: 0, count: layout.shape.count - reference.parameters.count)
    try step.parameters.write(reference.parameters + padding)
  }

  func run(_ samples: [TokenisedExample]) throws -> (loss: Float, gradientNorm: Float) {
    try inputs.fill(samples)
    return try step.run()
  }
}
