import Foundation
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

@testable import Training

/// Bases in every type that serves, against libllama.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"), .timeLimit(.minutes(20)))
struct QuantisedBaseTests {
  /// How a base's matrices are stored.
  enum Storage: CustomTestStringConvertible {
    case every(TensorType)
    /// As llama-quantize mixes types.
    case mixture(ModelQuantisation.Mixture)

    var testDescription: String {
      switch self {
      case .every(let type): type.label
      case .mixture(let mixture): mixture.rawValue
      }
    }

    /// Whether libllama rounds activations to 8 bits before it multiplies.
    var roundsActivations: Bool {
      if case .every(let type) = self { !type.isFloat } else { true }
    }
  }

  static let storages: [Storage] =
    [.f32, .f16, .bf16, .q8_0, .q4_0, .q4_K, .q5_K, .q6_K].map { .every($0) }
    + [.mixture(.q4_k_m)]

  /// Writes a wide model.
  static func write(_ name: String, _ storage: Storage, in folder: TemporaryFolder) async throws
    -> FilePath
  {
    let path = folder.file("base.gguf")
    switch storage {
    case .every(let type): try WideModel(name).write(to: path) { _ in type }
    case .mixture(let mixture):
      let plain = folder.file("plain.gguf")
      try WideModel(name).write(to: plain) { _ in .f16 }
      let summary = try await ModelQuantisation(source: plain, mixture: mixture, threads: 1)
        .run(to: path)
      #expect(summary.types.count > 1)
    }
    return path
  }

  private func logits(_ path: FilePath, _ samples: [[Int32]]) throws -> [[Float]] {
    let probe = try LogitProbe(LlamaModel(path), limit: 128)
    return try samples.flatMap { try probe.logits(Array($0.dropLast())) }
  }

  private func greatest(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The length of the difference, as a part of the length of the logits.
  private func distance(_ a: [[Float]], _ b: [[Float]]) -> Float {
    Reference.relativeError(Array(a.joined()), Array(b.joined()))
  }

  @Test(arguments: Reference.kernelNames, storages)
  func `our logits are libllama's`(name: String, storage: Storage) async throws {
    let folder = try TemporaryFolder()
    let path = try await Self.write(name, storage, in: folder)
    let samples = try Reference(name).examples.prefix(3).map(\.tokens)
    let ours = try DenseLogits.compute(path, samples, element: .f32, packed: true)

    // The same numbers as F32: nothing but our own rounding is left. ggml looks GELU up.
    let twin = folder.file("twin.gguf")
    try Encoding.expand(path, to: twin)
    let exact = try logits(twin, samples)
    #expect(greatest(ours, exact) < (["gemma3", "gpt2"].contains(name) ? 3e-3 : 1e-4))

    // The base that serves: libllama rounds what its quantised weights multiply to 8 bits, which by
    // itself moves its logits as far from the numbers' own.
    let served = try logits(path, samples)
    let trained = try DenseLogits.compute(path, samples, element: .bf16, packed: true)
    let own = distance(served, exact)
    #expect(distance(trained, exact) < 1.5e-2)
    #expect(distance(trained, served) < max(1.2 * own, 1.5e-2))
    #expect(own < (storage.roundsActivations ? 4e-2 : 1e-2))
    for (ours, theirs) in zip(trained, served) {
      // Random words lie close: the greatest is the same where it stands out.
      let ranked = theirs.sorted(by: >)
      guard ranked[0] - ranked[1] > 0.3 else { continue }
      #expect(ours.firstIndex(of: ours.max() ?? 0) == theirs.firstIndex(of: ranked[0]))
    }
  }
}
