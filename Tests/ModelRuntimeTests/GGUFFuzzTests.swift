import Foundation
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

/// Damaged and hostile files, loaded in this very process: an abort would end the tests.
@Suite struct GGUFFuzzTests {
  private func tryToUse(_ path: FilePath) async throws -> Bool {
    do {
      let model = try LocalModel(
        modelPath: path,
        configuration: RuntimeConfiguration(contextPerSequence: 32, slots: 1, threads: 1, batch: 32)
      )
      _ = try await model.generate(GenerationRequest(input: .text("the 수"), maxTokens: 2))
      _ = try await model.generate(
        GenerationRequest(input: .chat([ChatMessage(role: .user, content: "a")]), maxTokens: 2))
      return true
    } catch let error as RuntimeError {
      #expect(error.message.hasSuffix("."))
      return false
    }
  }

  /// How much longer than usual: `make fuzz`.
  private let factor =
    ProcessInfo.processInfo.environment["MLOPS_FUZZ"].flatMap { Int($0) }.map { max($0, 1) } ?? 1

  private func withFile(_ bytes: [UInt8], _ body: (FilePath) async throws -> Void) async throws {
    let path = FilePath(NSTemporaryDirectory()).appending("fuzz-\(UUID().uuidString).gguf")
    try Data(bytes).write(to: URL(filePath: path.string))
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    try await body(path)
  }

  @Test(arguments: 0..<8)
  func mutated_files_are_refused_or_run_and_never_crash(round: Int) async throws {
    let whole = Array(try Data(contentsOf: URL(filePath: Fixture.tiny.string)))
    let header = Int(try GGUFFile(Fixture.tiny).dataOffset)
    var generator = SplitMix64(seed: UInt64(1000 + round))
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    var refused = 0
    for _ in 0..<60 * factor {
      var bytes = whole
      switch below(6) {
      case 0: bytes.removeLast(below(bytes.count))
      case 1: bytes[below(header)] ^= UInt8(1 << below(8))
      case 2: bytes[below(header)] = UInt8(below(256))
      case 3:
        let start = below(header - 8)
        let values: [UInt64] = [0, 1, .max, 1 << 63, 1 << 31, 0xFFFF_FFFF, 1 << 40]
        for (index, byte) in withUnsafeBytes(of: values[below(values.count)], Array.init)
          .enumerated()
        {
          bytes[start + index] = byte
        }
      case 4:
        let start = below(header)
        bytes.removeSubrange(start..<min(header, start + 1 + below(64)))
      default:
        for _ in 0..<8 { bytes[below(bytes.count)] = UInt8(below(256)) }
      }
      try await withFile(bytes) { if try await !tryToUse($0) { refused += 1 } }
    }
    #expect(refused > 10)
  }

  /// What random bytes rarely hit: every number and text of the metadata, given hostile values.
  @Test func hostile_metadata_is_refused_or_run_and_never_crashes() async throws {
    let file = try GGUFFile(Fixture.tiny)
    let numbers: [UInt32] = [0, 1, 2, 3, 7, 41, 511, 513, 65_536, 1 << 31, .max]
    var hostile: [(String, GGUFValue?)] = []
    for key in file.keys {
      hostile.append((key, nil))
      hostile.append((key, .string("\u{0}nonsense")))
      hostile.append((key, .int32(-1)))
      hostile.append((key, .int32s([])))
      hostile.append((key, .strings([])))
      hostile.append((key, .strings(["a", "a", ""])))
      hostile.append((key, .float32(.nan)))
      hostile.append((key, .float32(-1)))
      hostile.append((key, .float32(.infinity)))
      hostile.append((key, .bool(true)))
      hostile += numbers.map { (key, .uint32($0)) }
    }
    for (key, value) in [
      ("llama.expert_count", 8), ("llama.expert_used_count", 2), ("llama.attention.key_length", 7),
      ("llama.attention.key_length", 10), ("llama.attention.value_length", 12),
      ("llama.vocab_size", 1 << 30), ("llama.nextn_predict_layers", 2), ("split.count", 3),
      ("llama.attention.sliding_window", 4), ("llama.embedding_length_out", 3),
      ("llama.rope.scaling.original_context_length", 0), ("llama.pooling_type", 3),
      ("llama.expert_group_count", 5), ("tokenizer.ggml.eot_token_id", 4_000_000),
      ("general.alignment", 0), ("general.alignment", 48),
    ] as [(String, UInt32)] { hostile.append((key, .uint32(value))) }
    for (key, text) in [
      ("llama.rope.scaling.type", "sideways"), ("tokenizer.ggml.model", "llama"),
      ("tokenizer.ggml.model", "bert"), ("tokenizer.ggml.model", "t5"),
      ("tokenizer.ggml.model", "rwkv"), ("tokenizer.ggml.model", "no_vocab"),
      ("tokenizer.ggml.pre", "llama-bpe"), ("tokenizer.ggml.pre", "unheard-of"),
      ("general.architecture", "gpt2"), ("general.architecture", "bert"),
      ("general.architecture", "qwen2"), ("general.architecture", "qwen3"),
      ("general.architecture", "mamba"), ("general.architecture", "gemma3"),
      ("tokenizer.chat_template", "{{ unheard of }}"), ("general.type", "adapter"),
    ] { hostile.append((key, .string(text))) }
    hostile.append(("tokenizer.ggml.add_bos_token", .bool(true)))
    hostile.append(("tokenizer.ggml.token_type", .int32s(Array(repeating: 6, count: 295))))
    hostile.append(("llama.attention.head_count", .int32s([4, 0])))
    hostile.append(("llama.feed_forward_length", .int32s([80, 40])))
    hostile.append(("llama.rope.dimension_sections", .int32s([1, 2, 3, 4])))
    for (key, value) in hostile {
      var writer = GGUFWriter()
      for own in file.keys where own != key || value != nil {
        if let original = file[own] { writer.set(own, original) }
      }
      if let value { writer.set(key, value) }
      try copyTensors(of: file, to: &writer)
      try await withFile(writer.bytes) { _ = try await tryToUse($0) }
    }
  }

  private func copyTensors(of file: GGUFFile, to writer: inout GGUFWriter) throws {
    let data = Array(try Data(contentsOf: URL(filePath: file.path.string)))
    for tensor in file.tensors {
      try writer.add(
        tensor.name, dimensions: tensor.dimensions, type: tensor.type,
        data: Array(data[Int(tensor.offset)..<Int(tensor.offset + tensor.size)]))
    }
  }

  @Test func mutated_adapters_are_refused_or_run_and_never_crash() async throws {
    let model = try LlamaModel(Fixture.tiny)
    let whole = Array(try Data(contentsOf: URL(filePath: Fixture.tinyAdapter.string)))
    let header = Int(try GGUFFile(Fixture.tinyAdapter).dataOffset)
    var generator = SplitMix64(seed: 99)
    var refused = 0
    for _ in 0..<400 * factor {
      var bytes = whole
      if generator.next() % 8 == 0 {
        bytes.removeLast(Int(generator.next() % UInt64(bytes.count)))
      } else {
        bytes[Int(generator.next() % UInt64(header))] = UInt8(truncatingIfNeeded: generator.next())
      }
      try await withFile(bytes) { path in
        do {
          let adapter = try LoRAAdapterHandle(path, for: model)
          _ = try LogitProbe(model, adapter: adapter).logits([1, 2, 3])
        } catch is RuntimeError {
          refused += 1
        }
      }
    }
    #expect(refused > 200)
  }
}
