import Foundation
import Kernels
import ModelRuntime

// Operations on each row of a batch alone.
extension Tape {
  /// The rows of the embedding that `tokens` (I32 `[capacity]`) name, times `scale`: F32 `[width, capacity]`.
  func embedding(_ table: FrozenMatrix, _ tokens: GraphTensor, scale: Float) throws -> Variable {
    let (batch, width) = (dense, table.inputs)
    return constant(
      try graph.kernel("embedding", TensorShape(width, tokens.shape[0]), inputs: [tokens]) { call in
        let ids = call.inputs[0].assumingMemoryBound(to: Int32.self)
        for row in call.share(of: batch.tokens) {
          let target = call.output.assumingMemoryBound(to: Float.self) + row * width
          table.row(Int(ids[row]), into: target)
          if scale != 1 { for index in 0..<width { target[index] *= scale } }
        }
      })
  }

  /// `x / rms(x) · gain`.
  ///
  /// - Parameters:
  ///   - x: F32 `[width, rows]`.
  ///   - gain: F32 `[width]`.
  ///   - element: of the result.
  func rmsNorm(
    _ x: Variable, gain: GraphTensor, epsilon: Float, to element: GraphElement, _ rows: DenseRows
  ) throws -> Variable {
    let (batch, width) = (dense, x.shape[0])
    let value = try graph.kernel("rmsNorm", x.shape, element, inputs: [x.value, gain]) { call in
      RootMeanSquareNorm.forward(
        call.inputs[0], gain: call.inputs[1], epsilon: epsilon, width: width,
        rows: call.share(of: batch.count(rows)), into: call.output, element.kernel)
    }
    let output = result(value, of: x)
    onBackward(of: output) { [self] gradient in
      // What flows around the norm is added in the same pass.
      let residual = self.gradient(of: x)
      let sources = [gradient, x.value, gain] + (residual.map { [$0] } ?? [])
      replaceGradient(
        of: x,
        with: try graph.kernel("rmsNormBackward", x.shape, inputs: sources) { call in
          RootMeanSquareNorm.backward(
            call.inputs[0], at: call.inputs[1], gain: call.inputs[2], epsilon: epsilon,
            width: width, rows: call.share(of: batch.count(rows)),
            residual: residual == nil ? nil : UnsafeRawPointer(call.inputs[3]), into: call.output)
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
    let value = try graph.kernel(
      "gated", TensorShape(width, x.shape[1]), element, inputs: [x.value]
    ) { call in
      GatedUnit.forward(
        call.inputs[0], activation, width: width, rows: call.share(of: batch.count(rows)),
        into: call.output, element.kernel)
    }
    let output = result(value, of: x)
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
