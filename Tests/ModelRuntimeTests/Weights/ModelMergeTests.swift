import Foundation
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct ModelMergeTests {
  private static let tokens: [Int32] = [7, 104, 33, 250, 91, 3, 66, 180]

  /// Merges a random adapter into a base.
  private func merge(
    _ base: FilePath, only: @escaping (String) -> Bool = { _ in true }, type: TensorType? = nil,
    name: String? = nil, _ body: (FilePath, FilePath, ModelMerge.Summary) async throws -> Void
  ) async throws {
    let scratch = try Scratch()
    let folder = scratch.path
    let adapter = folder.appending("a.gguf")
    try AdapterFixture.random(for: GGUFFile(base), only: only).write(to: adapter)
    let merged = folder.appending("m.gguf")
    let summary = try await ModelMerge(base: base, adapter: adapter, type: type, name: name)
      .run(to: merged)
    try await body(merged, adapter, summary)
  }

  @Test(arguments: ["llama", "qwen2"])
  func `the merged model computes what base and adapter compute`(name: String) async throws {
    let base = AdapterFixture.base(name)
    try await merge(base) { merged, adapter, summary in
      #expect(summary.merged == 14)
      #expect(summary.retyped == 0)
      let expected = try AdapterFixture.logits(base, adapter, tokens: Self.tokens).joined()
      let found = try AdapterFixture.logits(merged, tokens: Self.tokens).joined()
      #expect(AdapterFixture.error(found, expected) < 1e-4)
      let plain = try AdapterFixture.logits(base, tokens: Self.tokens).joined()
      #expect(AdapterFixture.error(plain, expected) > 1e-2)
    }
  }

  @Test func `what the adapter leaves alone is copied byte for byte`() async throws {
    let base = AdapterFixture.base("llama")
    let adapted = "blk.1.ffn_up.weight"
    try await merge(base, only: { $0 == adapted }, name: "another name") { merged, _, summary in
      let (before, after) = (try GGUFFile(base), try GGUFFile(merged))
      #expect(summary.merged == 1)
      #expect(after.keys == before.keys)
      for key in before.keys where key != "general.name" { #expect(after[key] == before[key]) }
      #expect(after["general.name"]?.string == "another name")
      #expect(after.tensors.map(\.name) == before.tensors.map(\.name))
      for (old, new) in zip(before.tensors, after.tensors) {
        let same =
          try FileRange.bytes(base, at: old.offset, count: Int(old.size), "")
          == FileRange.bytes(merged, at: new.offset, count: Int(new.size), "")
        #expect(same == (old.name != adapted), "\(old.name)")
      }
    }
  }

  @Test(arguments: [(TensorType.f16, Float(2e-3)), (.bf16, 2e-2), (.q8_0, 5e-2)])
  func `another type holds the merged weights as well as it can`(
    type: TensorType, tolerance: Float
  ) async throws {
    let base = AdapterFixture.base("qwen2")
    try await merge(base, type: type) { merged, adapter, summary in
      let file = try GGUFFile(merged)
      #expect(summary.retyped == 14)
      #expect(file.tensor("blk.0.attn_q.weight")?.type == type)
      #expect(file.tensor("output.weight")?.type == .f32)
      #expect(file["general.file_type"] == nil)
      let expected = try AdapterFixture.logits(base, adapter, tokens: Self.tokens).joined()
      let found = try AdapterFixture.logits(merged, tokens: Self.tokens).joined()
      #expect(AdapterFixture.error(found, expected) < tolerance)
    }
  }

  @Test func `the file's type is forgotten with the types, its alignment is kept`() async throws {
    let scratch = try Scratch()
    let base = scratch.path.appending("base.gguf")
    let file = try GGUFFile(AdapterFixture.base("llama"))
    var writer = GGUFWriter()
    for key in file.keys { if let value = file[key] { writer.set(key, value) } }
    writer.set("general.file_type", .uint32(0))
    writer.set("general.alignment", .uint32(64))
    for tensor in file.tensors {
      try writer.add(
        tensor.name, dimensions: tensor.dimensions, type: tensor.type,
        data: FileRange.bytes(
          file.path, at: tensor.offset, count: Int(tensor.size), tensor.name))
    }
    // Of a size that needs padding.
    try writer.add("odd.weight", dimensions: [3], floats: [1, 2, 3])
    try writer.add("last.weight", dimensions: [3], floats: [4, 5, 6])
    try writer.write(to: base)
    #expect(try GGUFFile(base).alignment == 64)
    let only: (String) -> Bool = { $0.contains("ffn_up") }
    let adapter = scratch.path.appending("a.gguf")
    try AdapterFixture.random(for: GGUFFile(base), only: only).write(to: adapter)
    for (type, remains) in [(TensorType.f32, true), (.f16, false)] {
      let merged = scratch.path.appending("\(type).gguf")
      _ = try await ModelMerge(base: base, adapter: adapter, type: type).run(to: merged)
      let result = try GGUFFile(merged)
      #expect(result.alignment == 64)
      #expect((result["general.file_type"] != nil) == remains)
      let last = try #require(result.tensor("last.weight"))
      #expect(try result.floats(of: last) == [4, 5, 6])
    }
  }

  @Test func `a quantised weight is merged only into a type that was named`() async throws {
    let scratch = try Scratch()
    let folder = scratch.path
    let base = folder.appending("q.gguf")
    _ = try await ModelQuantisation(
      source: AdapterFixture.base("llama"), mixture: .q8_0, threads: 2
    )
    .run(to: base)
    let error = await #expect(throws: RuntimeError.self) {
      try await merge(base) { _, _, _ in }
    }
    #expect(error?.code == "runtime.weights_not_convertible")
    #expect(error?.message.contains("say in which type") == true)
    try await merge(base, type: .f32) { merged, adapter, _ in
      let expected = try AdapterFixture.logits(base, adapter, tokens: Self.tokens).joined()
      let found = try AdapterFixture.logits(merged, tokens: Self.tokens).joined()
      // ggml rounds the activations that a quantised weight is multiplied with, and F32's it does not.
      #expect(AdapterFixture.error(found, expected) < 5e-2)
    }
    let long = await #expect(throws: RuntimeError.self) {
      try await merge(base, type: .q4_K) { _, _, _ in }
    }
    #expect(long?.message.contains("no multiple of the 256") == true)
  }

  @Test func `values that a type cannot hold are refused`() async throws {
    let scratch = try Scratch()
    let folder = scratch.path
    let base = try GGUFFile(AdapterFixture.base("llama"))
    let adapter = folder.appending("a.gguf")
    var weights = AdapterFixture.random(for: base) { $0.contains("blk.0.ffn_up") }
    var pairs = weights.pairs
    pairs[0].b = pairs[0].b.map { $0 * 1e7 }
    weights = LoRAWeights(architecture: "llama", alpha: 6, pairs: pairs)
    try weights.write(to: adapter)
    let error = await #expect(throws: RuntimeError.self) {
      try await ModelMerge(base: base.path, adapter: adapter, type: .f16)
        .run(to: folder.appending("m.gguf"))
    }
    #expect(error?.message.contains("F16 cannot hold") == true)
  }

  @Test func `a stream of pieces is the file that a writer makes`() throws {
    let file = try GGUFFile(AdapterFixture.base("llama"))
    var writer = GGUFWriter()
    for key in file.keys { if let value = file[key] { writer.set(key, value) } }
    try Fixture.withFolder { folder in
      let stream = try GGUFStream(
        folder.appending("s.gguf"),
        header: GGUFHeader(
          keys: file.keys.compactMap { key in file[key].map { (key, $0) } },
          tensors: file.tensors.map {
            GGUFHeader.Tensor(name: $0.name, dimensions: $0.dimensions, type: $0.type)
          }))
      for tensor in file.tensors {
        let bytes = try FileRange.bytes(
          file.path, at: tensor.offset, count: Int(tensor.size), tensor.name)
        try writer.add(
          tensor.name, dimensions: tensor.dimensions, type: tensor.type, data: bytes)
        // Pieces of any length.
        try stream.append(Array(bytes.prefix(100)))
        try stream.append(Array(bytes.dropFirst(100)))
      }
      try stream.finish()
      let written = try Data(contentsOf: URL(filePath: folder.appending("s.gguf").string))
      #expect([UInt8](written) == writer.bytes)
      #expect(throws: RuntimeError.self) { try stream.append([0]) }
    }
  }
}
