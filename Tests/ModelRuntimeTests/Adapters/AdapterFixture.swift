import Foundation
import JSON
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

/// Adapters and bases for the tests of what goes in and out.
enum AdapterFixture {
  static let folder = Fixture.folder.appending("peft")
  /// The tiny models that the tests of training have.
  static func base(_ architecture: String) -> FilePath {
    Fixture.folder.removingLastComponent().removingLastComponent()
      .appending("TrainingTests").appending("Fixtures").appending("tiny-\(architecture).gguf")
  }

  /// A random adapter of every block's weights that PEFT's side knows.
  static func random(
    for base: GGUFFile, rank: Int = 4, alpha: Float = 6, only: (String) -> Bool = { _ in true }
  ) -> LoRAWeights {
    let architecture = base["general.architecture"]?.string ?? ""
    let known = Set(ModuleLayout.of(architecture)?.weights.map(\.tensor) ?? [])
    var generator = SplitMix64(seed: 11)
    let pairs = base.tensors.filter {
      let parts = $0.name.split(separator: ".").map(String.init)
      return parts.count == 4 && known.contains(parts[2]) && parts[3] == "weight" && only($0.name)
    }.map { tensor in
      let (inputs, outputs) = (tensor.dimensions[0], tensor.dimensions[1])
      func values(_ count: Int, _ size: Float) -> [Float] {
        (0..<count).map { _ in size * (2 * generator.unitFloat() - 1) }
      }
      return LoRAWeights.Pair(
        weight: tensor.name, rank: rank, inputs: inputs, outputs: outputs,
        a: values(rank * inputs, 0.3), b: values(outputs * rank, 0.3))
    }
    return LoRAWeights(architecture: architecture, alpha: alpha, pairs: pairs)
  }

  /// libllama's logits after each token.
  static func logits(_ base: FilePath, _ adapter: FilePath? = nil, tokens: [Int32]) throws
    -> [[Float]]
  {
    let model = try LlamaModel(base)
    let handle = try adapter.map { try LoRAAdapterHandle($0, for: model) }
    return try LogitProbe(model, adapter: handle).logits(tokens)
  }

  /// The greatest difference, as a part of the greatest number.
  static func error(_ found: some Sequence<Float>, _ expected: some Sequence<Float>) -> Float {
    let size = expected.reduce(0) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / size
  }
}

/// A folder that is removed at the end, for tests that wait.
struct Scratch: ~Copyable {
  let path = FilePath(NSTemporaryDirectory()).appending("runtime-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
