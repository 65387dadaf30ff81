/// What an artifact is.
public enum ArtifactKind: String, Sendable, CaseIterable, Hashable {
  case dataset, model, adapter, prompt, index, `guard`, suite, evaluation, release,
    schema
}

extension ArtifactKind {
  /// `a model`, `an adapter`: for sentences.
  public var withArticle: String {
    ("aeiou".contains(rawValue.prefix(1)) ? "an " : "a ") + rawValue
  }
}
