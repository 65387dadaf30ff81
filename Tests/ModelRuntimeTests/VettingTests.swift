import Foundation
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct VettingTests {
  /// The tiny model with changed metadata or without some tensors.
  private func refusal(
    _ changes: [String: GGUFValue], without tensor: String = ""
  ) throws -> RuntimeError? {
    let file = try GGUFFile(Fixture.tiny)
    let data = Array(try Data(contentsOf: URL(filePath: file.path.string)))
    var writer = GGUFWriter()
    for key in file.keys { if let value = file[key] { writer.set(key, value) } }
    for (key, value) in changes { writer.set(key, value) }
    for own in file.tensors where own.name != tensor {
      try writer.add(
        own.name, dimensions: own.dimensions, type: own.type,
        data: Array(data[Int(own.offset)..<Int(own.offset + own.size)]))
    }
    return try Fixture.withFolder { folder -> RuntimeError? in
      try writer.write(to: folder.appending("a.gguf"))
      do {
        _ = try LlamaModel(folder.appending("a.gguf"))
        return nil
      } catch let error as RuntimeError {
        return error
      }
    }
  }

  @Test func a_sound_model_loads() throws { #expect(try refusal([:]) == nil) }

  @Test func a_model_without_its_embedding_is_refused() throws {
    let error = try #require(try refusal([:], without: "token_embd.weight"))
    #expect(error.code == "runtime.unsound_model")
    #expect(error.message.contains("'token_embd.weight' is missing"))
  }

  @Test func what_libllama_refuses_comes_with_its_reason() throws {
    let error = try #require(try refusal([:], without: "blk.1.ffn_up.weight"))
    #expect(error.code == "runtime.load_failed")
    #expect(error.message.contains("blk.1.ffn_up.weight"))
  }

  @Test(arguments: [
    ("llama.block_count", GGUFValue.uint32(0)), ("llama.attention.head_count", .uint32(3)),
    ("llama.attention.head_count_kv", .uint32(3)), ("llama.rope.dimension_count", .uint32(8)),
    ("llama.rope.freq_base", .float32(.nan)), ("llama.rope.scaling.type", .string("sideways")),
    ("llama.embedding_length", .uint32(44)), ("tokenizer.ggml.eos_token_id", .uint32(295)),
    ("tokenizer.ggml.tokens", .strings(["a", "a"])), ("tokenizer.ggml.model", .string("rwkv")),
    ("split.count", .uint32(2)),
  ])
  func what_would_abort_is_refused_in_a_sentence(key: String, value: GGUFValue) throws {
    let error = try #require(try refusal([key: value]))
    #expect(error.code == "runtime.unsound_model", "\(error.message)")
  }

  @Test func a_name_that_promises_tokens_is_held_to_them() throws {
    let file = try GGUFFile(Fixture.tiny)
    var tokens = try #require(file["tokenizer.ggml.tokens"]?.array?.strings).map { $0 }
    let needed = ["</s>", "<unk>", "<s>", "<|endoftext|>"]
    let there = needed.filter(tokens.contains)
    let missing = needed.filter { !there.contains($0) }
    for name in ["my-phi3-tune", "Phi-3 mini"] {
      let error = try #require(try refusal(["general.name": .string(name)]))
      #expect(error.code == "runtime.unsound_model", "\(error.message)")
      for token in missing { #expect(error.message.contains("'\(token)'"), "\(error.message)") }
      for token in there { #expect(!error.message.contains("'\(token)'"), "\(error.message)") }
      #expect(error.message.contains(name))
    }
    #expect(!missing.isEmpty)
    #expect(try refusal(["general.name": .string("phi-2")]) == nil)
    // With the tokens, the name does no harm: libllama loads it.
    let free = tokens.indices.reversed().filter { !needed.contains(tokens[$0]) }
    for (place, token) in zip(free, missing) { tokens[place] = token }
    #expect(
      try refusal([
        "general.name": .string("my-phi3-tune"), "tokenizer.ggml.tokens": .strings(tokens),
      ]) == nil)
  }

  @Test func canonically_equivalent_tokens_are_different_tokens() throws {
    let file = try GGUFFile(Fixture.tiny)
    var tokens = try #require(file["tokenizer.ggml.tokens"]?.array?.strings).map { $0 }
    tokens[100] = "\u{AC01}"
    tokens[101] = "\u{1100}\u{1161}\u{11A8}"
    #expect(tokens[100] == tokens[101])
    #expect(try refusal(["tokenizer.ggml.tokens": .strings(tokens)]) == nil)
  }

  @Test func an_adapter_for_another_model_is_refused() throws {
    let model = try LlamaModel(Fixture.tiny)
    func refusal(_ name: String, _ a: [Int], _ b: [Int], architecture: String = "llama") throws
      -> String
    {
      var writer = GGUFWriter()
      writer.set("general.architecture", .string(architecture))
      writer.set("general.type", .string("adapter"))
      writer.set("adapter.type", .string("lora"))
      writer.set("adapter.lora.alpha", .float32(8))
      func zeros(_ shape: [Int]) -> [Float] { Array(repeating: 0, count: shape.reduce(1, *)) }
      try writer.add("\(name).lora_a", dimensions: a, floats: zeros(a))
      try writer.add("\(name).lora_b", dimensions: b, floats: zeros(b))
      return try Fixture.withFolder { folder -> String in
        try writer.write(to: folder.appending("a.gguf"))
        do {
          _ = try LoRAAdapterHandle(folder.appending("a.gguf"), for: model)
          return ""
        } catch let error as RuntimeError {
          #expect(error.code == "runtime.adapter_mismatch")
          return error.message
        }
      }
    }
    #expect(try refusal("blk.0.attn_q.weight", [40, 2], [2, 40]) == "")
    #expect(try refusal("blk.9.attn_q.weight", [40, 2], [2, 40]).contains("no tensor"))
    #expect(try refusal("blk.0.attn_q.weight", [48, 2], [2, 40]).contains("shapes"))
    #expect(try refusal("blk.0.attn_q.weight", [40, 2], [3, 40]).contains("shapes"))
    #expect(
      try refusal("blk.0.attn_q.weight", [40, 2], [2, 40], architecture: "qwen2")
        .contains("'qwen2'"))
  }

  @Test func an_adapter_of_zeros_changes_no_output() async throws {
    var writer = GGUFWriter()
    writer.set("general.architecture", .string("llama"))
    writer.set("general.type", .string("adapter"))
    writer.set("adapter.type", .string("lora"))
    writer.set("adapter.lora.alpha", .float32(8))
    try writer.add(
      "blk.0.attn_q.weight.lora_a", dimensions: [40, 2], floats: Array(repeating: 0.5, count: 80))
    try writer.add(
      "blk.0.attn_q.weight.lora_b", dimensions: [2, 40], floats: Array(repeating: 0, count: 80))
    let path = FilePath(NSTemporaryDirectory()).appending("\(UUID().uuidString).gguf")
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    try writer.write(to: path)
    let model = try LocalModel(
      modelPath: Fixture.tiny, adapterPath: path,
      configuration: RuntimeConfiguration(slots: 1, threads: 1))
    #expect(try await !model.adapterChangesOutput())
  }

  @Test func too_little_memory_is_said_before_loading() throws {
    let file = try GGUFFile(Fixture.tiny)
    let shape = LlamaContext.Shape(context: 256, sequences: 4, batch: 64, threads: 1)
    let estimate = MemoryEstimate(file, adapter: nil, shape: shape)
    // 2 layers, 2 groups of 10, F16, keys and values, 1024 tokens.
    #expect(estimate.cache == 2 * 2 * 1024 * 2 * 10 * 2)
    #expect(estimate.weights == file.size)
    try estimate.check(file, available: estimate.total)
    let error = #expect(throws: RuntimeError.self) {
      try estimate.check(file, available: estimate.total - 1)
    }
    #expect(error?.code == "runtime.not_enough_memory")
    #expect(error?.kind == .exhausted)
    #expect((MachineMemory.available ?? 1) > 0)
  }

  @Test func a_context_beyond_memory_is_refused() throws {
    let error = #expect(throws: RuntimeError.self) {
      try LocalModel(
        modelPath: Fixture.tiny,
        configuration: RuntimeConfiguration(contextPerSequence: 1 << 24, slots: 64))
    }
    #expect(error?.code == "runtime.not_enough_memory")
  }
}
