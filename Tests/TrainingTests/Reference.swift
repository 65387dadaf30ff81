import Foundation
import JSON
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// What PyTorch says about a tiny model; see `Fixtures/make_reference.py`.
struct Reference {
  let name: String
  let rank: Int
  let alpha: Float
  let examples: [TokenisedExample]
  let parameters: [Float]
  let loss: Double
  let gradient: [Float]
  let logits: [Float]
  let learningRate: Float
  let weightDecay: Float
  let clip: Float
  let losses: [Double]

  var modelPath: FilePath { Self.path("tiny-\(name).gguf") }

  static func path(_ file: String) -> FilePath {
    var path = FilePath(#filePath)
    path.removeLastComponent()
    return path.appending("Fixtures").appending(file)
  }

  init(_ name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: Self.path("tiny-\(name).json").string)))
    let json = try JSONValue(parsing: bytes)
    func floats(_ key: String) -> [Float] {
      json[key]?.array?.compactMap { $0.double.map { Float($0) } } ?? []
    }
    self.name = name
    rank = json["rank"]?.int ?? 0
    alpha = Float(json["alpha"]?.double ?? 0)
    examples = (json["rows"]?.array ?? []).enumerated().map { index, row in
      TokenisedExample(
        row: index + 1, tokens: row["tokens"]?.array?.compactMap { $0.int.map(Int32.init) } ?? [],
        isAnswer: row["answer"]?.array?.compactMap(\.bool) ?? [])
    }
    parameters = floats("parameters")
    loss = json["loss"]?.double ?? .nan
    gradient = floats("gradient")
    logits = floats("logits")
    let optimiser = json["optimiser"]
    learningRate = Float(optimiser?["learning_rate"]?.double ?? .nan)
    weightDecay = Float(optimiser?["weight_decay"]?.double ?? .nan)
    clip = Float(optimiser?["clip"]?.double ?? .nan)
    losses = optimiser?["losses"]?.array?.compactMap(\.double) ?? []
  }

  static let names = ["llama", "qwen2"]
  /// What kernels can train besides.
  static let kernelNames = names + ["llama3", "qwen3", "gemma3", "phi3", "phi3-long", "gpt2"]
}

extension Reference {
  /// Expects the gradient of every A and B, and the norm of the whole.
  func expect(_ gradient: [Float], norm: Float, of layout: AdapterLayout) {
    for entry in layout.entries {
      let (a, b) = layout.slices(of: entry, in: gradient)
      let (expectedA, expectedB) = layout.slices(of: entry, in: self.gradient)
      #expect(Self.relativeError(a, expectedA) < 1e-3, "A of \(entry.weightName)")
      #expect(Self.relativeError(b, expectedB) < 1e-3, "B of \(entry.weightName)")
    }
    #expect(abs(norm - Self.length(self.gradient)) < 1e-3 * norm)
  }

  /// The length of the difference, as a part of the expected length.
  static func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    length(zip(found, expected).map { $0 - $1 }) / max(length(expected), 1e-6)
  }

  private static func length(_ values: [Float]) -> Float {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

/// The computation of the reference's rows as one batch, its inputs filled.
struct ReferenceComputation {
  let backend: ComputeBackend
  let computation: TrainingStepComputation
  let layout: AdapterLayout
  let dropout: DropoutMasks?

  /// - Parameters:
  ///   - blockLength: positions in a block; small ones spread the rows over several.
  init(
    _ reference: Reference, blocks: [[Int]] = [[0, 1], [2, 3]], blockLength: Int = 24,
    dropout probability: Float = 0, threads: Int = 2
  ) throws {
    backend = try ComputeBackend(threads: threads)
    let weights = try BaseWeights(GGUFWeights(reference.modelPath), on: backend)
    layout = AdapterLayout(
      weights.dimensions, targets: Set(TargetModule.allCases), rank: reference.rank)
    let targets = reference.examples.reduce(0) { $0 + $1.targets }
    let inputs = try BatchInputs(
      blockLength: blockLength, blockCount: blocks.count, selected: targets + 3,
      vocabulary: weights.dimensions.vocabulary, on: backend)
    dropout =
      probability == 0
      ? nil
      : try DropoutMasks(
        layout, blocks: weights.dimensions.blocks, tokens: blockLength * blocks.count,
        selected: targets + 3, probability: probability, seed: 7, on: backend)
    computation = try TrainingStepComputation(
      weights, layout: layout, scale: reference.alpha / Float(reference.rank), inputs: inputs,
      dropout: dropout, on: backend, keepsLogits: true)
    try set(parameters: reference.parameters)
    try inputs.fill(BatchPlan.Batch(epoch: 1, blocks: blocks), from: reference.examples)
  }

  func set(parameters: [Float]) throws {
    let padding = [Float](repeating: 0, count: layout.shape.count - parameters.count)
    try computation.parameters.write(parameters + padding)
  }
}
