import ModelRuntime
import Testing

@testable import Training

/// The gradient in every weight against PyTorch's autograd in F64, and against finite differences.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct FullReferenceTests {
  private func expect(
    _ gradient: [Float], of subject: FullSubject, _ reference: FullReference, within: Float
  ) throws {
    for entry in subject.layout.entries {
      let tensor = try #require(reference.gradient.tensor(entry.name))
      let expected = try reference.gradient.floats(of: tensor)
      let found = subject.layout.slice(of: entry, in: gradient)
      #expect(expected.contains { $0 != 0 }, "\(entry.name)")
      #expect(Reference.relativeError(found, expected) < within, "\(entry.name)")
    }
  }

  @Test(arguments: FullReference.names, [false, true])
  func `loss and the gradient of every tensor equal PyTorch's`(name: String, reordered: Bool)
    throws
  {
    let reference = try FullReference(name)
    let subject = try FullSubject(reference.adapters.modelPath, for: reference.examples)
    let samples = reordered ? Array(reference.examples.reversed()) : reference.examples
    let (loss, norm) = try subject.run(samples)
    #expect(abs(Double(loss) - reference.loss) < 1e-5 * reference.loss)
    let gradient = try subject.step.gradient.floats()
    try expect(gradient, of: subject, reference, within: 1e-3)
    let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(Double(norm) - length) < 1e-3 * length)
  }

  @Test(arguments: FullReference.names)
  func `every weight of the file is trained, and nothing else`(name: String) throws {
    let reference = try FullReference(name)
    let subject = try FullSubject(reference.adapters.modelPath, for: reference.examples)
    let file = try GGUFFile(reference.adapters.modelPath)
    let weights = file.tensors.map(\.name).filter { !$0.hasPrefix("rope_") }
    #expect(Set(subject.layout.entries.map(\.name)) == Set(weights))
    #expect(
      subject.layout.count
        == file.tensors.filter { weights.contains($0.name) }.reduce(0) { $0 + Int($1.elements) })
  }

  @Test(arguments: FullReference.names)
  func `BF16 comes near`(name: String) throws {
    let reference = try FullReference(name)
    let subject = try FullSubject(
      reference.adapters.modelPath, for: reference.examples, element: .bf16)
    let (loss, _) = try subject.run(reference.examples)
    #expect(abs(Double(loss) - reference.loss) < 1e-2 * reference.loss)
    try expect(subject.step.gradient.floats(), of: subject, reference, within: 2e-1)
  }

  @Test(arguments: FullReference.names)
  func `50 AdamW steps follow PyTorch's, of which only matrices decay`(name: String) throws {
    let reference = try FullReference(name)
    let subject = try FullSubject(reference.adapters.modelPath, for: reference.examples)
    let optimiser = try AdamW(
      parameters: subject.step.parameters, gradient: subject.step.gradient,
      decayed: subject.layout.decayed, configuration: reference.settings, on: subject.backend)
    for (step, expected) in reference.losses.enumerated() {
      let (loss, norm) = try subject.run(reference.examples)
      #expect(abs(Double(loss) - expected) < 1e-2 * max(expected, 0.1), "step \(step)")
      try optimiser.step(
        learningRate: reference.settings.learningRate, gradientNorm: norm)
    }
    #expect(reference.losses.count == 50)
  }

  @Test(arguments: FullReference.names)
  func `the gradient of every tensor is the slope that finite differences find`(name: String)
    throws
  {
    let reference = try FullReference(name)
    let subject = try FullSubject(reference.adapters.modelPath, for: reference.examples)
    _ = try subject.run(reference.examples)
    let gradient = try subject.step.gradient.floats()
    let start = try subject.step.parameters.floats()
    for entry in subject.layout.entries {
      let slope = subject.layout.slice(of: entry, in: gradient)
      let steepness = slope.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let size: Float = 3e-3
      func loss(_ sign: Float) throws -> Double {
        var moved = start
        for (index, value) in slope.enumerated() {
          moved[entry.offset + index] += sign * size * value / steepness
        }
        try subject.step.parameters.write(moved)
        return try subject.loss(reference.examples)
      }
      let measured = (try loss(1) - loss(-1)) / Double(2 * size)
      #expect(
        abs(measured - Double(steepness)) < 1e-2 * Double(steepness) + 1e-3, "\(entry.name)")
    }
  }

  @Test(arguments: ["gpt2", "gemma3"], [1, 3])
  func `any number of threads gives the same gradient`(name: String, threads: Int) throws {
    let reference = try FullReference(name)
    let subject = try FullSubject(
      reference.adapters.modelPath, for: reference.examples, threads: threads)
    _ = try subject.run(reference.examples)
    try expect(subject.step.gradient.floats(), of: subject, reference, within: 1e-3)
  }

  @Test func `a batch's gradient is added to the one before`() throws {
    let reference = try FullReference("qwen2")
    let subject = try FullSubject(reference.adapters.modelPath, for: reference.examples)
    let total = reference.examples.reduce(0) { $0 + $1.targets }
    for (index, example) in reference.examples.enumerated() {
      subject.inputs.batch.objective = LikelihoodObjective(total: total)
      _ = try subject.run([example], adding: index > 0)
    }
    try expect(subject.step.gradient.floats(), of: subject, reference, within: 1e-3)
  }
}
