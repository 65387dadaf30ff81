import ModelRuntime

/// How many rows of the batch in hand hold something: kernels compute these and no padding.
///
/// Written between steps, read by kernels during one.
final class DenseBatch: @unchecked Sendable {
  /// Positions with a token, packed side by side.
  var tokens = 0
  /// Positions whose logits are wanted.
  var selected = 0
  /// From 0; what dropout leaves out depends on it.
  var step = 0
  /// What the batch is trained towards.
  var objective: any Objective = LikelihoodObjective()
  /// What the objective says of the step that ran last.
  var loss = 0.0
}

/// Which rows of a batch an activation has.
enum DenseRows {
  case tokens, selected
}

extension DenseBatch {
  func count(_ rows: DenseRows) -> Int { rows == .tokens ? tokens : selected }
}
