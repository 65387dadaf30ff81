/// How the three matrices of a dense product `C = A·B` lie in memory; strides are in elements.
public struct ProductLayout: Sendable, Hashable {
  /// The extents: C is `rows` × `columns`, A `rows` × `depth`, B `depth` × `columns`.
  public var rows: Int
  public var columns: Int
  public var depth: Int
  /// What A and B hold.
  public var element: GraphElement
  /// What C holds.
  public var result: GraphElement
  /// From one row of A to the next, and from one column to the next; one of them is 1.
  public var aStrides: (row: Int, column: Int) {
    get { (aRow, aColumn) }
    set { (aRow, aColumn) = newValue }
  }
  public var bStrides: (row: Int, column: Int) {
    get { (bRow, bColumn) }
    set { (bRow, bColumn) = newValue }
  }
  /// From one row of C to the next; its columns lie side by side.
  public var cStride: Int
  /// Whether the product is added to what C holds.
  public var accumulates: Bool
  /// Whether an F32 bias of `columns` numbers is added to every row.
  public var hasBias: Bool
  private var aRow: Int
  private var aColumn: Int
  private var bRow: Int
  private var bColumn: Int

  public init(
    rows: Int, columns: Int, depth: Int, a: (row: Int, column: Int), b: (row: Int, column: Int),
    c: Int, element: GraphElement, result: GraphElement, accumulates: Bool = false,
    hasBias: Bool = false
  ) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    (aRow, aColumn) = a
    (bRow, bColumn) = b
    cStride = c
    self.element = element
    self.result = result
    self.accumulates = accumulates
    self.hasBias = hasBias
  }
}
