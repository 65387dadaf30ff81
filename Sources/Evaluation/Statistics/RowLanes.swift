/// Some numbers of a row that are added with one instruction.
protocol RowLanes: Sendable {
  static var lanes: Int { get }
  /// Numbers of a row from a place on; zeros beyond its end.
  init(_ row: ArraySlice<Double>, from start: Int)
  init()
  static func + (left: Self, right: Self) -> Self
  static func * (left: Self, right: Double) -> Self
  subscript(lane: Int) -> Double { get }
}

extension Double: RowLanes {
  static var lanes: Int { 1 }
  init(_ row: ArraySlice<Double>, from start: Int) { self = row[row.startIndex + start] }
  subscript(lane: Int) -> Double { self }
}

extension SIMD where Scalar == Double {
  static var lanes: Int { scalarCount }
  init(_ row: ArraySlice<Double>, from start: Int) {
    self.init()
    for lane in 0..<Swift.min(Self.scalarCount, row.count - start) {
      self[lane] = row[row.startIndex + start + lane]
    }
  }
}

extension SIMD2: RowLanes where Scalar == Double {}
extension SIMD4: RowLanes where Scalar == Double {}
extension SIMD8: RowLanes where Scalar == Double {}
