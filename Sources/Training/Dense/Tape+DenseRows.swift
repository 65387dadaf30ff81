import Foundation
import Kernels
import ModelRuntime

// Operations on each row of a batch alone.
extension Tape {
  /// The rows of the embedding that `tokens` name, times `scale`, and of the learned positions.
  ///
  /// - Parameters:
  ///   - tokens: I32 `[capacity]`.
  ///   - learned: a vector for each position; nil where there are none.
  ///   - positions: I32 `[capacity]`, each below the number of learned ones.
  ///   - slots: where the gradients of both go; nil where they are not trained.
  /// - Returns: F32 `[width, capacity]`.
  func embedding(
    _ table: FrozenMatrix, _ tokens: GraphTensor, scale: Float, learned: FrozenMatrix?,
    positions: GraphTensor, slots: (table: GradientSlot, learned: GradientSlot?)? = nil
  ) throws -> Variable {
    let (batch, width) = (dense, table.inputs)
    let value = try graph.kernel(
      "embedding", TensorShape(width, tokens.shape[0]), inputs: [tokens, positions]
    ) { call in
      let ids = call.inputs[0].assumingMemoryBound(to: Int32.self)
      let places = call.inputs[1].assumingMemoryBound(to: Int32.self)
      let added = UnsafeMutablePointer<Float>.allocate(capacity: width)
      defer { added.deallocate() }
      for row in call.share(of: batch.tokens) {
        let target = call.output.assumingMemoryBound(to: Float.self) + row * width
        table.row(Int(ids[row]), into: target)
        if scale != 1 { Rows.narrow(target, count: width, into: target, .f32, scale: scale) }
        if let learned {
          learned.row(Int(places[row]), into: added)
          Rows.add(added, count: width, to: target)
        }
      }
    }
    guard let slots else { return constant(value) }
    let output = tracked(value)
    onBackward(of: output) { [self] gradient in
      try embeddingGradients(
        gradient, tokens, scale: scale, to: slots.table, positions: positions, to: slots.learned)
    }
    return output
  }

  /// The norm of each row, and `residual` added.
  ///
  /// - Parameters:
  ///   - x: F32 `[width, rows]`.
  ///   - residual: F32 `[width, rows]`, for an F32 result; nil for nothing.
  ///   - element: of the result.
  func norm(
    _ x: Variable, _ norm: DenseNorm, adding residual: Variable? = nil, to element: GraphElement,
    _ rows: DenseRows
  ) throws -> Variable {
    let (batch, width) = (dense, x.shape[0])
    let sources =
      [x.value, norm.gain] + [norm.bias, residual?.value].compactMap { $0 }
    let forward = { [graph] in
      try graph.kernel("norm", x.shape, element, inputs: sources) { call in
        let share = call.share(of: batch.count(rows))
        if norm.bias != nil {
          LayerNorm.forward(
            call.inputs[0], gain: call.inputs[1], bias: call.inputs[2], epsilon: norm.epsilon,
            width: width, rows: share, into: call.output, element.kernel)
        } else {
          RootMeanSquareNorm.forward(
            call.inputs[0], gain: call.inputs[1], epsilon: norm.epsilon, width: width, rows: share,
            into: call.output, element.kernel)
        }
        if residual != nil, let added = call.inputs.last {
          let start = share.lowerBound * width * 4
          Rows.add(added + start, count: share.count * width, to: call.output + start)
        }
      }
    }
    let value = try forward()
    var output = residual.map { result(value, of: x, $0) } ?? result(value, of: x)
    output.again = forward
    onBackward(of: output) { [self] gradient in
      if let residual { try accumulate(residual) { gradient } }
      try normGradients(gradient, at: x.value, norm, rows)
      guard x.isTracked else { return }
      // What flows around the norm is added in the same pass.
      let around = self.gradient(of: x)
      let sources = [gradient, x.value, norm.gain] + (around.map { [$0] } ?? [])
      replaceGradient(
        of: x,
        with: try graph.kernel("normBackward", x.shape, inputs: sources) { call in
          let backward =
            norm.bias == nil ? RootMeanSquareNorm.backward : LayerNorm.backward
          backward(
            call.inputs[0], call.inputs[1], call.inputs[2], norm.epsilon, width,
            call.share(of: batch.count(rows)),
            around == nil ? nil : UnsafeRawPointer(call.inputs[3]), call.output)
        })
    }
    return output
  }

  /// `activation(gate) · up`.
  ///
  /// - Parameter x: `[2 · width, rows]`: gate, then up.
  /// - Returns: `[width, rows]`.
  func gated(_ x: Variable, _ activation: GatedUnit.Activation, _ rows: DenseRows) throws
    -> Variable
  {
    let (batch, width, element) = (dense, x.shape[0] / 2, x.value.element)
    let forward = { [graph] in
      try graph.kernel(
        "gated", TensorShape(width, x.shape[1]), element, inputs: [x.value]
      ) { call in
        GatedUnit.forward(
          call.inputs[0], activation, width: width, rows: call.share(of: batch.count(rows)),
          into: call.output, element.kernel)
      }
    }
    var output = result(try forward(), of: x)
    output.again = forward
    onBackward(of: output) { [self] gradient in
      try accumulate(x) {
        try graph.kernel("gatedBackward", x.shape, element, inputs: [gradient, x.value]) { call in
          GatedUnit.backward(
            call.inputs[0], at: call.inputs[1], activation, width: width,
            rows: call.share(of: batch.count(rows)), into: call.output, element.kernel)
        }
      }
    }
    return output
  }

  /// `gelu(x)`, of the same shape.
  func gelu(_ x: Variable, _ rows: DenseRows) throws -> Variable {
    let (batch, width, element) = (dense, x.shape[0], x.value.element)
    func part(_ call: KernelCall) -> (offset: Int, count: Int) {
      let share = call.share(of: batch.count(rows))
      return (share.lowerBound * width * element.size, share.count * width)
    }
    let forward = { [graph] in
      try graph.kernel("gelu", x.shape, element, inputs: [x.value]) { call in
        let (offset, count) = part(call)
        GaussianUnit.forward(
          call.inputs[0] + offset, count: count, into: call.output + offset, element.kernel)
      }
    }
    var output = result(try forward(), of: x)
    output.again = forward
    onBackward(of: output) { [self] gradient in
      try accumulate(x) {
        try graph.kernel("geluBackward", x.shape, element, inputs: [gradient, x.value]) { call in
          let (offset, count) = part(call)
          GaussianUnit.backward(
            call.inputs[0] + offset, at: call.inputs[1] + offset, count: count,
            into: call.output + offset, element.kernel)
        }
      }
    }
    return output
  }

  /// The rows that `indices` (I32) name.
  ///
  /// - Parameter x: `[width, tokens]`.
  /// - Returns: `[width, selected]`.
  func gather(_ x: Variable, at indices: GraphTensor) throws -> Variable {
    let (batch, width, element) = (dense, x.shape[0], x.value.element)
    let size = width * element.size
    let value = try graph.kernel(
      "gather", TensorShape(width, indices.shape[0]), element, inputs: [x.value, indices]
    ) { call in
      let places = call.inputs[1].assumingMemoryBound(to: Int32.self)
      for row in call.share(of: batch.selected) {
        (call.output + row * size).copyMemory(
          from: call.inputs[0] + Int(places[row]) * size, byteCount: size)
      }
    }
    let output = result(value, of: x)
    onBackward(of: output) { [self] gradient in
      let bytes = width * gradient.element.size
      try accumulate(x) {
        try graph.kernel("scatter", x.shape, gradient.element, inputs: [gradient, indices]) {
          call in
          let places = call.inputs[1].assumingMemoryBound(to: Int32.self)
          let share = call.share(of: batch.tokens)
          memset(call.output + share.lowerBound * bytes, 0, share.count * bytes)
          // Places rise: each position is chosen once.
          for row in 0..<batch.selected where share.contains(Int(places[row])) {
            (call.output + Int(places[row]) * bytes).copyMemory(
              from: call.inputs[0] + row * bytes, byteCount: bytes)
          }
        }
      }
    }
    return output
  }
}

/// A norm's numbers.
struct DenseNorm {
  /// F32 `[width]`.
  let gain: GraphTensor
  /// F32 `[width]`; nil for a norm by the root of the mean square.
  let bias: GraphTensor?
  let epsilon: Float
  /// Where their gradients go; nil where they are not trained.
  var slots: NormSlots?
}
