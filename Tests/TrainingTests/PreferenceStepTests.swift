import Foundation
import MLOpsCore
import ModelRuntime
import Testing

@testable import Training

/// Whole steps of DPO and KTO: likelihoods, references, loss and gradient.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct PreferenceStepTests {
  private static let reference = try? PreferenceReference()
  private static let places = Array((reference?.naturalCases ?? []).indices)

  @Test(arguments: places)
  func `loss, metrics and every gradient equal PyTorch's`(place: Int) throws {
    let reference = try #require(Self.reference)
    let found = reference.naturalCases[place]
    let subject = try PreferenceSubject(found.method, reference.examples)
    try subject.adapt()
    let (loss, gradient) = try subject.compute()
    #expect(abs(loss - found.loss) < 1e-4 * max(1, found.loss))
    for entry in subject.layout.entries {
      let (a, b) = subject.layout.slices(of: entry, in: gradient)
      let (expectedA, expectedB) = subject.layout.slices(of: entry, in: found.gradient)
      #expect(relativeError(a, expectedA) < 2e-3, "A of \(entry.weightName)")
      #expect(relativeError(b, expectedB) < 2e-3, "B of \(entry.weightName)")
    }
    for (name, value) in found.metrics {
      #expect(abs((subject.computer.metrics[name] ?? .nan) - value) < 1e-3, "\(name)")
    }
  }

  @Test func `six cases are compared: every loss of DPO, KTO with its own z₀`() {
    #expect(Self.places.count == 6)
  }

  @Test func `in another order of pairs the step is the same`() throws {
    let reference = try #require(Self.reference)
    let found = reference.cases[0]
    let subject = try PreferenceSubject(
      found.method, reference.examples, order: [4, 5, 0, 1, 2, 3])
    try subject.adapt()
    let (loss, gradient) = try subject.compute()
    #expect(abs(loss - found.loss) < 1e-4)
    #expect(relativeError(gradient, found.gradient) < 2e-3)
  }

  @Test(
    arguments: [TrainingMethod.dpo(DPOSettings()), .kto(KTOSettings())], [GraphElement.f32, .bf16])
  func `before the first update nothing differs from the base`(
    method: TrainingMethod, element: GraphElement
  ) throws {
    let reference = try #require(Self.reference)
    let subject = try PreferenceSubject(method, reference.examples, element: element)
    try subject.write(
      Array(subject.layout.initialValues(seed: 5).prefix(subject.layout.count)))
    let (loss, gradient) = try subject.compute()
    // ln 2, and 1 − σ(0).
    #expect(abs(loss - (method.name == .dpo ? log(2) : 0.5)) < 1e-6)
    #expect(abs(subject.computer.metrics["rewards/margins"] ?? .nan) < 1e-5)
    #expect(gradient.contains { $0 != 0 })
  }

  @Test(arguments: [false, true])
  func `the base's likelihoods equal PyTorch's, at once and one by one`(oneByOne: Bool) throws {
    let reference = try #require(Self.reference)
    let tiny = try Reference("qwen2")
    let backend = try ComputeBackend(threads: 2)
    let model = try DenseModel(
      GGUFFile(tiny.modelPath), element: .f32, keepsQuantised: false, on: backend)
    let layout = AdapterLayout(
      model.dimensions, targets: Set(TargetModule.allCases), rank: tiny.rank)
    let parameters = try DenseParameters(layout, element: .f32, on: backend)
    let examples = reference.examples
    let (lengths, targets) = (examples.map(\.length), examples.map(\.targets))
    let subject = try DenseLikelihoods(
      model, layout: layout, scale: tiny.alpha / Float(tiny.rank), parameters: parameters,
      tokens: (oneByOne ? lengths.max() : lengths.reduce(0, +)) ?? 0,
      selected: (oneByOne ? targets.max() : targets.reduce(0, +)) ?? 0, on: backend)
    let padding = [Float](repeating: 0, count: layout.shape.count - tiny.parameters.count)
    for (numbers, expected) in [
      (layout.initialValues(seed: 1), reference.base), (tiny.parameters + padding, reference.now),
    ] {
      try parameters.vector.write(numbers)
      let found = try subject.logarithms(of: examples)
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 * abs($1) })
    }
    #expect(throws: CancellationError.self) {
      try subject.logarithms(of: examples, isCancelled: { true })
    }
  }

  @Test(arguments: [TrainingMethod.dpo(DPOSettings()), .kto(KTOSettings())])
  func `the gradient is the slope that finite differences find, in many directions`(
    method: TrainingMethod
  ) throws {
    let reference = try #require(Self.reference)
    let found = try #require(reference.naturalCases.first { $0.method == method })
    let objective = found.objective(over: reference)
    let subject = try PreferenceSubject(method, reference.examples)
    try subject.adapt()
    let gradient = try subject.compute().gradient
    let parameters = try Reference("qwen2").parameters
    let steepness = length(gradient)
    var generator = SplitMix64(seed: 3)
    for index in 0..<12 {
      // The first direction is the gradient's own; the others move every parameter.
      let direction = gradient.map {
        index == 0 ? $0 / steepness : generator.next() & 1 == 0 ? 1 : -1
      }
      let size: Float = index == 0 ? 2e-2 : 5e-4
      func loss(_ sign: Float) throws -> Double {
        try subject.write(zip(parameters, direction).map { $0 + sign * size * $1 })
        // z₀ carries no gradient, so that it stays where it was.
        return objective.loss(of: objective.batch.ratios(try subject.losses())).loss
      }
      let measured = (try loss(1) - loss(-1)) / Double(2 * size)
      let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(measured - expected) < 1e-2 * Double(steepness), "direction \(index)")
    }
  }

  private func length(_ values: [Float]) -> Float {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    length(zip(found, expected).map { $0 - $1 }) / max(length(expected), 1e-6)
  }
}
