import ModelRuntime

extension TrainingConfiguration.Precision {
  /// What products compute with for this base.
  func element(for file: GGUFFile) throws -> GraphElement {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .automatic: file.tensor("token_embd.weight")?.type == .f32 ? .f32 : .bf16
    }
  }
}
