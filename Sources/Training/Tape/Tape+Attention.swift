import ModelRuntime

extension Tape {
  /// Grouped-query attention within blocks of tokens: `softmax(scale · q·kᵀ + mask) · v`.
  ///
  /// With G = heads / keyHeads, query heads g·G to g·G+G−1 share key head g. They lie side by
  /// side, so that folding them into the token dimension sums their gradients for free.
  ///
  /// - Parameters:
  ///   - q: `[head, heads, tokens]`, where tokens = T · blocks.
  ///   - k: `[head, keyHeads, tokens]`.
  ///   - v: like `k`.
  ///   - mask: `[T, T, 1, blocks]`, by key and query: 0, or −∞ where a query may not look.
  ///   - scale: usually 1/√head.
  /// - Returns: `[head · heads, tokens]`.
  /// - SeeAlso: Ainslie et al., arXiv:2305.13245.
  func attention(
    _ q: Variable, _ k: Variable, _ v: Variable, mask: GraphTensor, scale: Float
  ) throws -> Variable {
    let (head, heads, tokens) = (q.shape[0], q.shape[1], q.shape[2])
    let (keyHeads, length, blocks) = (k.shape[1], mask.shape[0], mask.shape[3])
    let folded = length * heads / max(keyHeads, 1)
    let full = TensorShape(head, heads, length, blocks)
    let grouped = TensorShape(head, keyHeads, length, blocks)
    let byHead = SIMD4(0, 2, 1, 3)

    // [head, T, heads, blocks] and [head, T, keyHeads, blocks]
    let queries = try graph.permuted(graph.reshape(q.value, to: full), byHead)
    let keys = try graph.permuted(graph.reshape(k.value, to: grouped), byHead)
    let values = try graph.permuted(graph.reshape(v.value, to: grouped), byHead)

    let scores = try graph.product(keys, queries)  // [T keys, T queries, heads, blocks]
    let weights = try graph.softmax(scores, mask: mask, scale: scale)
    let mixed = try graph.product(graph.transposed(values), weights)  // [head, T, heads, blocks]
    let joined = try graph.reshape(
      graph.permuted(mixed, byHead), to: TensorShape(head * heads, tokens))

    let output = result(joined, of: q, k, v)
    onBackward(of: output) { [self] gradient in
      let perHead = try graph.permuted(graph.reshape(gradient, to: full), byHead)  // like `mixed`

      /// Sums over queries and the heads of a group: from `[m, T, heads, …]` to rows of queries.
      func queriesLast(_ x: GraphTensor) throws -> GraphTensor {
        try graph.transposed(
          graph.reshape(x, to: TensorShape(x.shape[0], folded, keyHeads, blocks)))
      }
      /// From `[head, T, n, blocks]` back to `[head, n, tokens]`.
      func byToken(_ x: GraphTensor) throws -> GraphTensor {
        try graph.reshape(
          graph.permuted(x, byHead), to: TensorShape(head, x.shape[2], tokens))
      }

      try accumulate(v) {
        try byToken(graph.product(queriesLast(perHead), queriesLast(weights)))
      }
      guard q.isTracked || k.isTracked else { return }
      let scoreGradient = try graph.softmaxBackward(
        graph.product(values, perHead), probabilities: weights, scale: scale)
      try accumulate(q) {
        try byToken(graph.product(graph.transposed(keys), scoreGradient))
      }
      try accumulate(k) {
        try byToken(graph.product(queriesLast(queries), queriesLast(scoreGradient)))
      }
    }
    return output
  }
}
