import ModelRuntime
import Testing

@testable import Training

/// Our numbers against PyTorch's autograd in F64; ours are F32, so tolerances are its rounding.
@Suite struct ReferenceTests {
  @Test(arguments: Reference.names)
  func `logits, loss and every gradient equal PyTorch's`(name: String) throws {
    let reference = try Reference(name)
    let subject = try ReferenceComputation(reference)
    #expect(subject.layout.count == reference.parameters.count)

    let (loss, norm) = try subject.computation.run()
    #expect(abs(Double(loss) - reference.loss) < 1e-5 * reference.loss)

    let logits = try subject.computation.logits.floats()
    let logitError = zip(logits, reference.logits).map { abs($0 - $1) }.max() ?? .infinity
    #expect(logitError < 1e-4)

    reference.expect(try subject.computation.gradient.floats(), norm: norm, of: subject.layout)
  }

  @Test(arguments: Reference.names)
  func `50 AdamW steps follow PyTorch's`(name: String) throws {
    let reference = try Reference(name)
    let subject = try ReferenceComputation(reference)
    var configuration = TrainingConfiguration()
    configuration.weightDecay = reference.weightDecay
    configuration.clip = reference.clip
    let optimiser = try AdamW(
      parameters: subject.computation.parameters, gradient: subject.computation.gradient,
      configuration: configuration, on: subject.backend)
    for (step, expected) in reference.losses.enumerated() {
      let (loss, norm) = try subject.computation.run()
      #expect(abs(Double(loss) - expected) < 1e-2 * max(expected, 0.1), "step \(step)")
      try optimiser.step(learningRate: reference.learningRate, gradientNorm: norm)
    }
  }

  @Test func `how rows are packed changes no loss`() throws {
    let reference = try Reference("llama")
    for (blocks, length) in [
      ([[0], [1], [2], [3]], 15), ([[3, 2, 1, 0]], 48), ([[1, 3], [0, 2]], 40),
    ] {
      let subject = try ReferenceComputation(reference, blocks: blocks, blockLength: length)
      let loss = try subject.computation.run().loss
      #expect(abs(Double(loss) - reference.loss) < 1e-5 * reference.loss, "\(blocks)")
    }
  }

  @Test(arguments: [Float(0), 0.3])
  func `the gradient is the slope of the loss`(dropout: Float) throws {
    let reference = try Reference("qwen2")
    let subject = try ReferenceComputation(reference, dropout: dropout)
    try subject.dropout?.draw(step: 1)
    _ = try subject.computation.run()
    let gradient = try subject.computation.gradient.floats()
    // One parameter of every A and B; F32 allows no smaller step, so the tolerance is wide.
    let step: Float = 1e-2
    for entry in subject.layout.entries {
      for index in [entry.offset + 5, subject.layout.bOffset(entry) + 3] {
        var moved = reference.parameters
        moved[index] += step
        try subject.set(parameters: moved)
        let above = try subject.computation.run().loss
        moved[index] -= 2 * step
        try subject.set(parameters: moved)
        let below = try subject.computation.run().loss
        let slope = (above - below) / (2 * step)
        #expect(abs(slope - gradient[index]) < 5e-3 + 2e-2 * abs(slope), "\(entry.weightName)")
      }
    }
  }

  @Test func `dropout changes the loss with the step and not otherwise`() throws {
    let subject = try ReferenceComputation(try Reference("llama"), dropout: 0.3)
    let losses = try [1, 2, 1].map { step in
      try subject.dropout?.draw(step: step)
      return try subject.computation.run().loss
    }
    #expect(losses[0] == losses[2])
    #expect(losses[0] != losses[1])
  }

  @Test func `a mask leaves out as many as it says and keeps the mean`() throws {
    let subject = try ReferenceComputation(try Reference("llama"), dropout: 0.25)
    let masks = try #require(subject.dropout)
    try masks.draw(step: 3)
    let entry = subject.layout.entries[0]
    let values = try #require(
      masks[Decoder.AdapterKey(block: entry.block, module: entry.module)]
    ).floats()
    let dropped = Double(values.filter { $0 == 0 }.count) / Double(values.count)
    #expect(abs(dropped - 0.25) < 4 * (0.25 * 0.75 / Double(values.count)).squareRoot())
    #expect(Set(values) == [0, 1 / 0.75])
  }
}
