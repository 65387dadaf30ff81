/// A set of Unicode scalars.
struct ScalarSet: Sendable, Hashable {
  /// Sorted, apart from each other, without surrogates.
  let ranges: [ClosedRange<UInt32>]

  static let all = ScalarSet([0...0xD7FF, 0xE000...0x10FFFF])

  /// - Parameter ranges: in any order; surrogates in them are left out.
  init(_ ranges: [ClosedRange<UInt32>]) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
        let upper = max(last.upperBound, range.upperBound)
        merged[merged.count - 1] = last.lowerBound...upper
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged.flatMap { range -> [ClosedRange<UInt32>] in
      [
        (range.lowerBound, min(range.upperBound, 0xD7FF)),
        (max(range.lowerBound, 0xE000), range.upperBound),
      ]
      .filter { $0.0 <= $0.1 }.map { $0.0...$0.1 }
    }
  }

  /// Every scalar that is not in this set.
  var inverted: ScalarSet {
    var rest: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if next < range.lowerBound { rest.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { rest.append(next...0x10FFFF) }
    return ScalarSet(rest)
  }

  func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

  /// Whether some scalar of `range` is in this set.
  func overlaps(_ range: ClosedRange<UInt32>) -> Bool { ranges.contains { $0.overlaps(range) } }
}
