import Foundation
import MLOpsCore
import ModelRuntime
import SystemPackage

/// Makes a model of Qwen2.5-0.5B's shape with random weights in BF16, for measurements of speed and
/// memory: `RandomModel VOCABULARY.gguf OUT.gguf [blocks]`.
///
/// The tokeniser is copied from a vocabulary-only GGUF, as llama.cpp's source archive has them.
@main struct RandomModel {
  static let width = 896
  static let feedForward = 4864
  static let heads = 14
  static let keyHeads = 2
  static let vocabulary = 151_936

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: RandomModel VOCABULARY.gguf OUT.gguf [blocks]")
      exit(64)
    }
    let blocks = arguments.count > 3 ? Int(arguments[3]) ?? 24 : 24
    var writer = GGUFWriter()
    describe(&writer, blocks: blocks)
    try copyTokeniser(GGUFFile(FilePath(arguments[1])), to: &writer)
    try addWeights(&writer, blocks: blocks)
    try writer.write(to: FilePath(arguments[2]))
  }

  private static func describe(_ writer: inout GGUFWriter, blocks: Int) {
    func integer(_ value: Int) -> GGUFValue { .uint32(UInt32(value)) }
    writer.set("general.architecture", .string("qwen2"))
    writer.set("general.name", .string("random-qwen2-0.5b"))
    writer.set("qwen2.block_count", integer(blocks))
    writer.set("qwen2.context_length", integer(32768))
    writer.set("qwen2.embedding_length", integer(width))
    writer.set("qwen2.feed_forward_length", integer(feedForward))
    writer.set("qwen2.attention.head_count", integer(heads))
    writer.set("qwen2.attention.head_count_kv", integer(keyHeads))
    writer.set("qwen2.rope.freq_base", .float32(1e6))
    writer.set("qwen2.attention.layer_norm_rms_epsilon", .float32(1e-6))
    writer.set("qwen2.vocab_size", integer(vocabulary))
  }

  /// Words that the shape has beyond the tokeniser's are marked as unused.
  private static func copyTokeniser(_ file: GGUFFile, to writer: inout GGUFWriter) throws {
    for key in file.keys where key.hasPrefix("tokenizer.") {
      guard let value = file[key] else { continue }
      switch key {
      case "tokenizer.ggml.tokens":
        guard let strings = value.array?.strings else { continue }
        var tokens = strings.indices.map { String(decoding: strings.bytes($0), as: UTF8.self) }
        tokens += (tokens.count..<vocabulary).map { "[PAD\($0)]" }
        writer.set(key, .strings(tokens))
      case "tokenizer.ggml.token_type":
        guard var types = value.array?.integers else { continue }
        types += Array(repeating: 5, count: vocabulary - types.count)
        writer.set(key, .int32s(types.map { Int32($0) }))
      default: writer.set(key, value)
      }
    }
  }

  private static func addWeights(_ writer: inout GGUFWriter, blocks: Int) throws {
    var generator = SplitMix64(seed: 0)
    func matrix(_ name: String, _ inputs: Int, _ outputs: Int) throws {
      try writer.add(
        name, dimensions: [inputs, outputs], type: .bf16,
        data: numbers(inputs * outputs, &generator))
    }
    func vector(_ name: String, _ count: Int, _ value: Float) throws {
      try writer.add(
        name, dimensions: [count], floats: Array(repeating: value, count: count))
    }
    try matrix("token_embd.weight", width, vocabulary)
    let keys = width / heads * keyHeads
    for block in 0..<blocks {
      let prefix = "blk.\(block)."
      try vector(prefix + "attn_norm.weight", width, 1)
      for (name, outputs) in [("attn_q", width), ("attn_k", keys), ("attn_v", keys)] {
        try matrix("\(prefix)\(name).weight", width, outputs)
        try vector("\(prefix)\(name).bias", outputs, 0.01)
      }
      try matrix(prefix + "attn_output.weight", width, width)
      try vector(prefix + "ffn_norm.weight", width, 1)
      try matrix(prefix + "ffn_gate.weight", width, feedForward)
      try matrix(prefix + "ffn_up.weight", width, feedForward)
      try matrix(prefix + "ffn_down.weight", feedForward, width)
    }
    try vector("output_norm.weight", width, 1)
  }

  /// Numbers of standard deviation 0.02, nearly normal: each a sum of four even ones.
  private static func numbers(_ count: Int, _ generator: inout SplitMix64) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 2 * count) { bytes, initialised in
      bytes.withMemoryRebound(to: UInt16.self) { target in
        for index in 0..<count {
          let bits = generator.next()
          let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
          let value = (Float(sum) / 65536 - 2) * 0.02 * 1.732_050_8
          target[index] = UInt16(value.bitPattern >> 16)
        }
      }
      initialised = 2 * count
    }
  }
}
