/// A tensor's data in stretches of whole rows.
struct TensorPieces: Sequence {
  struct Piece {
    /// Bytes from the start of the file.
    let offset: Int64
    /// Bytes.
    let size: Int
    /// Over all dimensions but the first.
    let rows: Range<Int>
  }

  /// Bytes in a piece, unless a single row has more.
  private static let length = 4 << 20

  private let tensor: GGUFFile.Tensor
  private let rowCount: Int
  private let rowSize: Int

  init(_ tensor: GGUFFile.Tensor) {
    self.tensor = tensor
    rowCount = tensor.dimensions.dropFirst().reduce(1, *)
    rowSize = Int(tensor.size) / rowCount
  }

  func makeIterator() -> AnyIterator<Piece> {
    let step = Swift.max(1, Self.length / Swift.max(1, rowSize))
    var next = 0
    return AnyIterator {
      guard next < rowCount else { return nil }
      let rows = next..<Swift.min(next + step, rowCount)
      next = rows.upperBound
      return Piece(
        offset: tensor.offset + Int64(rows.lowerBound * rowSize), size: rows.count * rowSize,
        rows: rows)
    }
  }
}
