/// What a suite asks of a model. Each kind has its file in this folder.
public enum TaskKind: String, Sendable, CaseIterable, Hashable {
  /// A structured answer: a JSON value that is compared as JSON.
  case label
  /// Free text that is compared as text.
  case generate

  /// Makes an answer of what the model wrote.
  func read(_ output: String) -> Answer {
    switch self {
    case .label: LabelTask.read(output)
    case .generate: GenerateTask.read(output)
    }
  }
}
