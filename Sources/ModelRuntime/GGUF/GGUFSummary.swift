public import JSON

/// What a registry wants to know of a GGUF file, without loading it.
public struct GGUFSummary: Sendable, Hashable {
  /// Such as `llama`; empty where the file does not say.
  public let architecture: String
  /// `general.name`.
  public let name: String?
  /// The number of elements of all tensors.
  public let parameters: Int64
  /// The type most elements of matrices have, such as `F16` or `Q4_K`; nil without tensors.
  public let quantisation: String?
  /// In tokens.
  public let contextLength: Int?
  public let embeddingLength: Int?
  public let blockCount: Int?
  public let headCount: Int?
  public let headCountKV: Int?
  public let vocabularySize: Int?
  /// `tokenizer.ggml.model`: `gpt2` is byte-level BPE, `llama` SentencePiece, `bert` WordPiece.
  public let tokenizerModel: String?
  /// `tokenizer.ggml.pre`: which text is split how before BPE.
  public let tokenizerPre: String?
  /// Jinja.
  public let chatTemplate: String?
  /// Whether the file is a LoRA adapter and no model.
  public let isAdapter: Bool
  public let adapterAlpha: Double?
  /// The rank of the first pair of matrices.
  public let adapterRank: Int?

  public var hasChatTemplate: Bool { chatTemplate != nil }

  /// The documented object that manifests and `--json` hold; absent facts are absent keys.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "format": "gguf", "architecture": .string(architecture), "parameters": .integer(parameters),
      "is_adapter": .bool(isAdapter), "has_chat_template": .bool(hasChatTemplate),
    ]
    object["name"] = name.map(JSONValue.string)
    object["quantisation"] = quantisation.map(JSONValue.string)
    object["context_length"] = contextLength.map { .integer($0) }
    object["embedding_length"] = embeddingLength.map { .integer($0) }
    object["block_count"] = blockCount.map { .integer($0) }
    object["head_count"] = headCount.map { .integer($0) }
    object["head_count_kv"] = headCountKV.map { .integer($0) }
    object["vocabulary_size"] = vocabularySize.map { .integer($0) }
    object["tokenizer_model"] = tokenizerModel.map(JSONValue.string)
    object["tokenizer_pre"] = tokenizerPre.map(JSONValue.string)
    object["chat_template"] = chatTemplate.map(JSONValue.string)
    object["adapter_alpha"] = adapterAlpha.map(JSONValue.double)
    object["adapter_rank"] = adapterRank.map { .integer($0) }
    return .object(object)
  }
}

extension GGUFFile {
  public var summary: GGUFSummary {
    let architecture = self["general.architecture"]?.string ?? ""
    func number(_ key: String) -> Int? { self["\(architecture).\(key)"]?.int }
    return GGUFSummary(
      architecture: architecture,
      name: self["general.name"]?.string,
      parameters: tensors.reduce(0) { $0 &+ $1.elements },
      quantisation: dominantType?.label,
      contextLength: number("context_length"),
      embeddingLength: number("embedding_length"),
      blockCount: number("block_count"),
      headCount: number("attention.head_count"),
      headCountKV: number("attention.head_count_kv") ?? number("attention.head_count"),
      vocabularySize: self["tokenizer.ggml.tokens"]?.array?.count ?? number("vocab_size"),
      tokenizerModel: self["tokenizer.ggml.model"]?.string,
      tokenizerPre: self["tokenizer.ggml.pre"]?.string,
      chatTemplate: self["tokenizer.chat_template"]?.string,
      isAdapter: self["general.type"]?.string == "adapter",
      adapterAlpha: self["adapter.lora.alpha"]?.double,
      adapterRank: tensors.first { $0.name.hasSuffix(".lora_b") }?.dimensions.first)
  }

  /// The type that holds the most elements among the matrices, or among all where there is none.
  private var dominantType: TensorType? {
    let matrices = tensors.filter { $0.dimensions.count > 1 }
    var elements: [TensorType: Int64] = [:]
    for tensor in matrices.isEmpty ? tensors : matrices {
      elements[tensor.type, default: 0] &+= tensor.elements
    }
    return elements.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
  }
}
