import Kernels
import ModelRuntime

/// A weight of the base model as products read it: `[in, out]`, one row of inputs for each output.
///
/// One copy serves both directions: `Y = X·Wᵀ` and `dX = dY·W`. Where the file has other numbers than
/// products read, the weight is multiplied tile by tile, whether its numbers lie ready in memory or
/// are read from the file for each tile: so both ways hand the same numbers to the same products,
/// and their results are equal to the last bit. A weight that is itself trained is as frozen while a
/// step is computed; the optimiser changes its memory between two steps.
final class FrozenMatrix: Sendable {
  /// The length of a row.
  let inputs: Int
  /// How many rows there are.
  let outputs: Int
  /// What products compute with.
  let element: GraphElement
  private let storage: Storage
  /// As the file has them; nil where products read these very bytes.
  private let stored: StoredRows?

  private enum Storage: @unchecked Sendable {
    /// In `element`, in the mapped file.
    case mapped(UnsafeRawPointer, owner: AnyObject)
    /// In `element`, in memory.
    case expanded(UnsafeRawPointer, owner: AnyObject)
    /// Read from the file for each use.
    case packed
  }

  /// - Parameter owner: keeps `bytes` alive.
  init(
    plain bytes: UnsafeRawPointer, inputs: Int, outputs: Int, element: GraphElement,
    owner: AnyObject
  ) {
    (self.inputs, self.outputs, self.element) = (inputs, outputs, element)
    storage = .mapped(bytes, owner: owner)
    stored = nil
  }

  /// - Parameter expanded: the same numbers in `element`; nil to read them from `stored` each time.
  init(
    _ stored: StoredRows, inputs: Int, outputs: Int, element: GraphElement,
    expanded: ExpandedMatrix?
  ) {
    (self.inputs, self.outputs, self.element) = (inputs, outputs, element)
    storage = expanded.map { .expanded($0.bytes, owner: $0) } ?? .packed
    self.stored = stored
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
    try forEachTile(of: columns, products) { part, weights in
      let offset = part.lowerBound - columns.lowerBound
      try products.multiply(
        ProductLayout(
          rows: rows, columns: part.count, depth: inputs, a: (inputs, 1), b: (1, inputs),
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
    try forEachColumnTile(of: columns, products) { part, weights, row in
      try products.multiply(
        ProductLayout(
          rows: rows, columns: part.count, depth: outputs, a: (pitch, 1), b: (row, 1),
          c: stride, element: element, result: result, accumulates: accumulates),
        dy, weights, into: dx + (part.lowerBound - columns.lowerBound) * result.size)
    }
  }

  /// Calls `body` with stretches of `rows` in `element`: the stretch, and where its first row
  /// begins; the others follow without a gap.
  func forEachTile(
    of rows: Range<Int>, _ products: DenseProducts,
    _ body: (Range<Int>, UnsafeRawPointer) throws -> Void
  ) throws {
    guard !rows.isEmpty else { return }
    if case .mapped(let bytes, _) = storage {
      return try body(rows, bytes + rows.lowerBound * inputs * element.size)
    }
    let size = WeightTiles.rows(inputs: inputs)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: size) {
      let part = start..<min(start + size, rows.upperBound)
      if case .expanded(let bytes, _) = storage {
        try body(part, bytes + start * inputs * element.size)
      } else {
        try body(part, read(part, 0..<inputs, products))
      }
    }
  }

  /// Calls `body` with stretches of `columns` of all rows in `element`: the stretch, where it begins
  /// in the first row, and from one row to the next.
  private func forEachColumnTile(
    of columns: Range<Int>, _ products: DenseProducts,
    _ body: (Range<Int>, UnsafeRawPointer, Int) throws -> Void
  ) throws {
    guard !columns.isEmpty else { return }
    guard let stored else {
      if case .mapped(let bytes, _) = storage {
        try body(columns, bytes + columns.lowerBound * element.size, inputs)
      }
      return
    }
    let size = WeightTiles.columns(outputs: outputs)
    var start = columns.lowerBound
    while start < columns.upperBound {
      // At multiples of a tile, so that no block is read for two.
      let part = start..<min((start / size + 1) * size, columns.upperBound)
      let whole = stored.blocks(around: part, of: inputs)
      let weights: UnsafeRawPointer
      if case .expanded(let bytes, _) = storage {
        weights = copy(of: bytes, whole, products)
      } else {
        weights = read(0..<outputs, whole, products)
      }
      try body(part, weights + (part.lowerBound - whole.lowerBound) * element.size, whole.count)
      start = part.upperBound
    }
  }

  /// Numbers of the file in `element`, side by side in the thread's memory.
  private func read(_ rows: Range<Int>, _ columns: Range<Int>, _ products: DenseProducts)
    -> UnsafeRawPointer
  {
    let width = columns.count * element.size
    let end = (rows.count * width + 63) / 64 * 64
    let memory = products.scratch(end + columns.count * 4)
    let floats = (memory + end).assumingMemoryBound(to: Float.self)
    if let stored {
      for (place, row) in rows.enumerated() {
        stored.read(row, columns, into: memory + place * width, element, through: floats)
      }
    }
    return UnsafeRawPointer(memory)
  }

  /// What `read` would give, of expanded numbers: products see the same distances between rows.
  private func copy(of bytes: UnsafeRawPointer, _ columns: Range<Int>, _ products: DenseProducts)
    -> UnsafeRawPointer
  {
    if columns.count == inputs { return bytes }
    let width = columns.count * element.size
    let memory = products.scratch(outputs * width)
    for row in 0..<outputs {
      (memory + row * width).copyMemory(
        from: bytes + (row * inputs + columns.lowerBound) * element.size, byteCount: width)
    }
    return UnsafeRawPointer(memory)
  }

  /// Copies one row into F32: exactly what the file says.
  func row(_ index: Int, into target: UnsafeMutablePointer<Float>) {
    if let stored {
      stored.read(index, 0..<inputs, into: target, .f32, through: target)
    } else if case .mapped(let bytes, _) = storage {
      Rows.widen(bytes + index * inputs * element.size, element.kernel, count: inputs, into: target)
    }
  }

  /// Copies one row into F32 as products read it.
  func productRow(
    _ index: Int, into target: UnsafeMutablePointer<Float>, _ products: DenseProducts
  ) throws {
    try forEachTile(of: index..<index + 1, products) { _, weights in
      Rows.widen(weights, element.kernel, count: inputs, into: target)
    }
  }
}

extension GraphElement {
  /// As kernels name it.
  var kernel: KernelElement { self == .bf16 ? .bf16 : .f32 }
}
