public import JSON

extension RuntimeError {
  public var message: String {
    switch self {
    case .malformedGGUF(let path, let reason, let offset):
      "\(path) is not a sound GGUF file: \(reason) (at byte \(offset))."
    case .unsoundModel(let path, let reason):
      "\(path) cannot be loaded as a model: \(reason)."
    case .loadFailed(let path, let reason):
      "libllama refused \(path): \(reason)."
    case .fileUnreadable(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .fileUnwritable(let path, let reason):
      "\(path) cannot be written: \(reason)."
    case .notEnoughMemory(let path, let weights, let cache, let working, let available):
      "\(path) needs about \(Self.size(weights + cache + working)) of memory "
        + "(weights \(Self.size(weights)), KV cache \(Self.size(cache)), "
        + "working memory \(Self.size(working))), but only \(Self.size(available)) is available."
    case .adapterMismatch(let path, let reason):
      "The adapter \(path) does not fit the model: \(reason)."
    case .malformedSafetensors(let path, let reason):
      "\(path) is not a sound safetensors file: \(reason)."
    case .adapterNotRepresentable(let path, let key, let reason):
      "The adapter \(path) cannot be converted because of '\(key)': \(reason)."
    case .weightsNotConvertible(let path, let reason):
      "The weights of \(path) cannot be converted: \(reason)."
    case .noChatTemplate:
      "The model carries no chat template, so it cannot be given a conversation."
    case .chatTemplateUnsupported(let start):
      "The model's chat template is none that libllama knows; it begins '\(start)'."
    case .promptTooLong(let tokens, let limit):
      "The prompt has \(tokens) tokens; this context takes at most \(limit)."
    case .textNotRepresentable(let character):
      "The model's vocabulary cannot write the character '\(character)'."
    case .invalidRequest(let reason):
      "The request cannot be run: \(reason)."
    case .invalidGrammar(let line, let column, let reason):
      "The grammar cannot be used: \(reason) (line \(line), column \(column))."
    case .grammarStuck:
      "The model's vocabulary has no token with which a text of this grammar could go on."
    case .invalidConfiguration(let reason):
      "The runtime configuration is not possible: \(reason)."
    case .decodeFailed(let reason):
      "The model could not be evaluated: \(reason)."
    case .notFinite:
      "The model produced values that are not numbers; its weights or its adapter are damaged."
    case .wrongPurpose(let path, let reason):
      "\(path) cannot be used for this: \(reason)."
    case .shutDown:
      "The model has been shut down."
    }
  }

  public var advice: String? {
    switch self {
    case .malformedGGUF, .loadFailed:
      "Fetch or convert the file again and compare its SHA-256 with the source's."
    case .unsoundModel:
      "Convert the model again with the tools of llama.cpp; the file contradicts itself."
    case .notEnoughMemory:
      "Use a smaller context, fewer slots or a more strongly quantised model."
    case .adapterMismatch:
      "Use the adapter with the base model that it was trained on."
    case .malformedSafetensors:
      "Fetch or save the file again and compare its SHA-256 with the source's."
    case .adapterNotRepresentable(_, let key, _):
      key.hasSuffix(".bin")
        ? "Save it with save_pretrained(…, safe_serialization=True): a .bin holds Python's pickle, which can run code."
        : "Merge it into its base with the tool that trained it, and register the merged model."
    case .noChatTemplate:
      "Ask with plain text, or convert the model with its tokenizer.chat_template."
    case .chatTemplateUnsupported:
      "Render the conversation yourself and ask with plain text, or use a ChatML template."
    case .promptTooLong:
      "Shorten the prompt, or raise the context per sequence."
    case .invalidGrammar:
      "Write it as GBNF: rules 'name ::= …', the first of a text being 'root'."
    case .grammarStuck:
      "Allow in the grammar only characters that the model's tokens can write."
    default: nil
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .malformedGGUF(let path, let reason, let offset):
      ["path": .string(path), "reason": .string(reason), "offset": .integer(offset)]
    case .unsoundModel(let path, let reason), .loadFailed(let path, let reason),
      .fileUnreadable(let path, let reason), .fileUnwritable(let path, let reason),
      .adapterMismatch(let path, let reason), .wrongPurpose(let path, let reason),
      .malformedSafetensors(let path, let reason), .weightsNotConvertible(let path, let reason):
      ["path": .string(path), "reason": .string(reason)]
    case .adapterNotRepresentable(let path, let key, let reason):
      ["path": .string(path), "key": .string(key), "reason": .string(reason)]
    case .notEnoughMemory(let path, let weights, let cache, let working, let available):
      [
        "path": .string(path), "weights_bytes": .integer(weights), "cache_bytes": .integer(cache),
        "working_bytes": .integer(working), "available_bytes": .integer(available),
      ]
    case .promptTooLong(let tokens, let limit):
      ["tokens": .integer(tokens), "limit": .integer(limit)]
    case .invalidGrammar(let line, let column, let reason):
      ["line": .integer(line), "column": .integer(column), "reason": .string(reason)]
    default: [:]
    }
  }

  /// Bytes for people, in binary units.
  static func size(_ bytes: Int64) -> String {
    if bytes < 1 << 20 { return "\((bytes + 1023) >> 10) KiB" }
    if bytes < 1 << 30 { return "\((bytes + (1 << 19)) >> 20) MiB" }
    let tenths = (bytes * 10 + (1 << 29)) >> 30
    return "\(tenths / 10).\(tenths % 10) GiB"
  }
}
