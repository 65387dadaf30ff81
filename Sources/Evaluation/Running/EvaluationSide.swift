public import MLOpsCore

/// One of the two releases that are compared.
public struct EvaluationSide: Sendable {
  /// How people call it: `labeler@v7`.
  public let label: String
  /// The digest of the release.
  public let digest: Digest
  public let model: any LanguageModel
  /// The release's prompt, or the one that the suite refers to; nil sends the input as it is.
  public let prompt: PromptTemplate?
  /// Bytes of the release's files, where known.
  public let bytes: Int64?
  /// Everything about the engine that a number may depend on.
  public let engine: String

  public init(
    label: String, digest: Digest, model: any LanguageModel, prompt: PromptTemplate? = nil,
    bytes: Int64? = nil, engine: String = ""
  ) {
    self.label = label
    self.digest = digest
    self.model = model
    self.prompt = prompt
    self.bytes = bytes
    self.engine = engine
  }
}
