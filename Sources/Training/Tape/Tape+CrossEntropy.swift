import ModelRuntime

extension Tape {
  /// The weighted negative log-likelihood of one target a column, `−Σ wₜ ln softmax(logits)ₜ[yₜ]`.
  ///
  /// It is where the backward pass begins: the gradient in the logits, `w · (softmax − onehot)`,
  /// is written down directly.
  ///
  /// - Parameters:
  ///   - logits: `[vocabulary, n]`.
  ///   - targets: I32 `[n]`: `t · vocabulary + yₜ`, the flat place of each target's logit.
  ///   - weights: F32 `[1, n]`; 0 for columns that carry no loss.
  /// - Returns: the loss, `[1]`.
  func crossEntropy(_ logits: Variable, targets: GraphTensor, weights: GraphTensor) throws
    -> GraphTensor
  {
    let (vocabulary, n) = (logits.shape[0], logits.shape[1])
    let probabilities = try graph.softmax(logits.value)
    let flat = try graph.reshape(probabilities, to: TensorShape(1, vocabulary * n))
    // The least normal number: the loss of an impossible target stays finite, about 87.
    let likelihoods = try graph.clamp(graph.rows(of: flat, at: targets), from: 1.2e-38)  // [1, n]
    let loss = try graph.scale(
      graph.sum(graph.multiply(graph.log(likelihoods), weights)), by: -1)
    if logits.isTracked {
      let expected = try graph.multiply(probabilities, weights)
      let observed = try graph.reshape(
        graph.scatteredRows(weights, at: targets, into: flat), to: logits.shape)
      try seed(logits, with: graph.subtract(expected, observed))
    }
    return loss
  }
}
