/// What an artifact is.
public enum ArtifactKind: String, Sendable, CaseIterable, Hashable {
  case dataset, model, adapter, prompt, index, `guard`, suite, evaluation, release
}
