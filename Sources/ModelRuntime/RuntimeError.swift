public import MLOpsCore

/// What the runtime refuses, and why; each case holds the facts its sentence is made of.
public enum RuntimeError: Failure, Equatable {
  /// The file is no GGUF, or its structure is damaged. `offset` is in bytes from the start.
  case malformedGGUF(path: String, reason: String, offset: Int64)
  /// The structure is sound, but the content cannot be a model that libllama may load.
  case unsoundModel(path: String, reason: String)
  /// libllama refused what the checks had let through; `reason` is its own last words.
  case loadFailed(path: String, reason: String)
  case fileUnreadable(path: String, reason: String)
  case fileUnwritable(path: String, reason: String)
  /// In bytes: the weights, the KV cache and the working memory against what there is.
  case notEnoughMemory(path: String, weights: Int64, cache: Int64, working: Int64, available: Int64)
  case adapterMismatch(path: String, reason: String)
  /// The file is no safetensors file, or contradicts itself.
  case malformedSafetensors(path: String, reason: String)
  /// An adapter in another form says something that this form cannot say; `key` is where.
  case adapterNotRepresentable(path: String, key: String, reason: String)
  /// Merging or quantising cannot give what was asked for.
  case weightsNotConvertible(path: String, reason: String)
  case noChatTemplate
  case chatTemplateUnsupported(start: String)
  /// In tokens.
  case promptTooLong(tokens: Int, limit: Int)
  /// The vocabulary has no token for a character, and none for its bytes.
  case textNotRepresentable(character: String)
  case invalidRequest(reason: String)
  /// A text in GBNF is none; line and column from 1.
  case invalidGrammar(line: Int, column: Int, reason: String)
  /// The vocabulary has no token with which a text in a grammar could go on.
  case grammarStuck
  case invalidConfiguration(reason: String)
  case decodeFailed(reason: String)
  /// The model produced NaN or only infinities.
  case notFinite
  case wrongPurpose(path: String, reason: String)
  case shutDown

  public var code: String {
    switch self {
    case .malformedGGUF: "runtime.malformed_gguf"
    case .unsoundModel: "runtime.unsound_model"
    case .loadFailed: "runtime.load_failed"
    case .fileUnreadable: "runtime.file_unreadable"
    case .fileUnwritable: "runtime.file_unwritable"
    case .notEnoughMemory: "runtime.not_enough_memory"
    case .adapterMismatch: "runtime.adapter_mismatch"
    case .malformedSafetensors: "runtime.malformed_safetensors"
    case .adapterNotRepresentable: "runtime.adapter_not_representable"
    case .weightsNotConvertible: "runtime.weights_not_convertible"
    case .noChatTemplate: "runtime.no_chat_template"
    case .chatTemplateUnsupported: "runtime.chat_template_unsupported"
    case .promptTooLong: "runtime.prompt_too_long"
    case .textNotRepresentable: "runtime.text_not_representable"
    case .invalidRequest: "runtime.invalid_request"
    case .invalidGrammar: "runtime.invalid_grammar"
    case .grammarStuck: "runtime.grammar_stuck"
    case .invalidConfiguration: "runtime.invalid_configuration"
    case .decodeFailed: "runtime.decode_failed"
    case .notFinite: "runtime.not_finite"
    case .wrongPurpose: "runtime.wrong_purpose"
    case .shutDown: "runtime.shut_down"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .malformedGGUF, .unsoundModel, .loadFailed, .adapterMismatch, .noChatTemplate,
      .chatTemplateUnsupported, .promptTooLong, .textNotRepresentable, .invalidRequest,
      .invalidGrammar, .grammarStuck,
      .wrongPurpose, .malformedSafetensors, .adapterNotRepresentable, .weightsNotConvertible:
      .invalidInput
    case .fileUnreadable: .notFound
    case .notEnoughMemory: .exhausted
    case .invalidConfiguration: .usage
    case .shutDown: .unavailable
    case .fileUnwritable, .decodeFailed, .notFinite: .internal
    }
  }
}
