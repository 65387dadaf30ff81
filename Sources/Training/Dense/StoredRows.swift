import ModelRuntime

/// The rows of a weight in the mapped file, whatever their type.
struct StoredRows: @unchecked Sendable {
  private let bytes: UnsafeRawPointer
  private let reader: WeightReader
  /// From one row to the next.
  private let pitch: Int
  /// Keeps `bytes` alive, which nobody writes.
  private let owner: AnyObject

  /// - Parameter inputs: the length of a row, a multiple of the reader's block.
  init(_ bytes: UnsafeRawPointer, _ reader: WeightReader, inputs: Int, owner: AnyObject) {
    self.bytes = bytes
    self.reader = reader
    self.owner = owner
    pitch = reader.offset(of: inputs)
  }

  /// The whole blocks around some columns of a row of `inputs`.
  func blocks(around columns: Range<Int>, of inputs: Int) -> Range<Int> {
    let size = reader.block.elements
    let end = (columns.upperBound + size - 1) / size * size
    return columns.lowerBound / size * size..<min(end, inputs)
  }

  /// - Parameters:
  ///   - columns: whole blocks.
  ///   - target: room for as many numbers of `element`.
  ///   - floats: room for as many numbers, which may be `target` where that holds F32.
  func read(
    _ row: Int, _ columns: Range<Int>, into target: UnsafeMutableRawPointer,
    _ element: GraphElement, through floats: UnsafeMutablePointer<Float>
  ) {
    reader.read(
      bytes + row * pitch + reader.offset(of: columns.lowerBound), count: columns.count,
      into: target, element, through: floats)
  }
}
