import Kernels
import ModelRuntime

/// A weight of the base model as products read it: `[in, out]`, one row of inputs for each output.
///
/// One copy serves both directions: `Y = X·Wᵀ` and `dX = dY·W`. A weight that is itself trained is as
/// frozen while a step is computed; the optimiser changes its memory between two steps.
final class FrozenMatrix: Sendable {
  /// The length of a row.
  let inputs: Int
  /// How many rows there are.
  let outputs: Int
  /// What products compute with.
  let element: GraphElement
  private let storage: Storage

  private enum Storage: @unchecked Sendable {
    /// In `element`, in memory or in the mapped file.
    case plain(UnsafeRawPointer, owner: AnyObject)
    /// As the file has it; a tile of rows is dequantised for each use.
    case quantised(UnsafeRawPointer, Dequantiser, owner: AnyObject)
  }

  /// Rows that are dequantised at once: a tile stays in a core's cache until it is multiplied.
  private static let tile = 256

  /// - Parameter owner: keeps `bytes` alive.
  init(
    plain bytes: UnsafeRawPointer, inputs: Int, outputs: Int, element: GraphElement,
    owner: AnyObject
  ) {
    (self.inputs, self.outputs, self.element) = (inputs, outputs, element)
    storage = .plain(bytes, owner: owner)
  }

  /// - Parameter owner: keeps `bytes` alive.
  init(
    quantised bytes: UnsafeRawPointer, _ dequantiser: Dequantiser, inputs: Int, outputs: Int,
    element: GraphElement, owner: AnyObject
  ) {
    (self.inputs, self.outputs, self.element) = (inputs, outputs, element)
    storage = .quantised(bytes, dequantiser, owner: owner)
  }

  /// `Y[:, columns] = X·W[columns]ᵀ`.
  ///
  /// - Parameters:
  ///   - x: `rows` rows of `inputs` numbers of `element`.
  ///   - columns: of the outputs; `y` is where the first of them goes in the first row.
  ///   - stride: from one row of `y` to the next.
  ///   - bias: F32, of the first of `columns`.
  func forward(
    _ x: UnsafeRawPointer, rows: Int, columns: Range<Int>, into y: UnsafeMutableRawPointer,
    stride: Int, _ result: GraphElement, bias: UnsafeRawPointer? = nil, accumulates: Bool = false,
    _ products: DenseProducts
  ) throws {
    try forEachTile(of: columns, in: 0..<inputs) { part, weights, pitch in
      let offset = part.lowerBound - columns.lowerBound
      try products.multiply(
        ProductLayout(
          rows: rows, columns: part.count, depth: inputs, a: (inputs, 1), b: (1, pitch),
          c: stride, element: element, result: result, accumulates: accumulates,
          hasBias: bias != nil),
        x, weights, into: y + offset * result.size, bias: bias.map { $0 + offset * 4 })
    }
  }

  /// `dX[:, columns] = dY·W[:, columns]`.
  ///
  /// - Parameters:
  ///   - dy: `rows` rows of `outputs` numbers of `element`, `pitch` apart.
  ///   - columns: of the inputs; `dx` is where the first of them goes in the first row.
  ///   - stride: from one row of `dx` to the next.
  func backward(
    _ dy: UnsafeRawPointer, pitch: Int, rows: Int, columns: Range<Int>,
    into dx: UnsafeMutableRawPointer, stride: Int, _ result: GraphElement, accumulates: Bool,
    _ products: DenseProducts
  ) throws {
    var accumulates = accumulates
    try forEachTile(of: 0..<outputs, in: columns) { part, weights, row in
      try products.multiply(
        ProductLayout(
          rows: rows, columns: columns.count, depth: part.count, a: (pitch, 1), b: (row, 1),
          c: stride, element: element, result: result, accumulates: accumulates),
        dy + part.lowerBound * element.size, weights, into: dx)
      accumulates = true
    }
  }

  /// Calls `body` with stretches of `rows` in `element`: the stretch, where the columns begin in
  /// its first row, and from one row to the next.
  func forEachTile(
    of rows: Range<Int>, in columns: Range<Int>,
    _ body: (Range<Int>, UnsafeRawPointer, Int) throws -> Void
  ) throws {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    switch storage {
    case .plain(let bytes, _):
      let start = rows.lowerBound * inputs + columns.lowerBound
      try body(rows, bytes + start * element.size, inputs)
    case .quantised(let bytes, let dequantiser, _):
      // Whole blocks around the columns asked for.
      let block = dequantiser.block
      let first = columns.lowerBound / block.elements * block.elements
      let end = min(
        (columns.upperBound + block.elements - 1) / block.elements * block.elements, inputs)
      let width = end - first
      let floats = UnsafeMutablePointer<Float>.allocate(capacity: width)
      let weights = UnsafeMutableRawPointer.allocate(
        byteCount: min(Self.tile, rows.count) * width * element.size, alignment: 64)
      defer {
        floats.deallocate()
        weights.deallocate()
      }
      let pitch = inputs / block.elements * block.bytes
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tile) {
        let part = start..<min(start + Self.tile, rows.upperBound)
        for row in part {
          dequantiser.floats(
            bytes + row * pitch + first / block.elements * block.bytes, count: width, into: floats)
          Rows.narrow(
            floats, count: width, into: weights + (row - start) * width * element.size,
            element.kernel)
        }
        try body(part, weights + (columns.lowerBound - first) * element.size, width)
      }
    }
  }

  /// Copies one row into F32.
  func row(_ index: Int, into target: UnsafeMutablePointer<Float>) {
    switch storage {
    case .plain(let bytes, _):
      Rows.widen(bytes + index * inputs * element.size, element.kernel, count: inputs, into: target)
    case .quantised(let bytes, let dequantiser, _):
      let block = dequantiser.block
      dequantiser.floats(
        bytes + index * (inputs / block.elements * block.bytes), count: inputs, into: target)
    }
  }
}

extension GraphElement {
  /// As kernels name it.
  var kernel: KernelElement { self == .bf16 ? .bf16 : .f32 }
}
