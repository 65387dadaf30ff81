/// The shingle sets of many rows, one after the other in one array.
struct ShingleStore: Sendable {
  private(set) var hashes: [UInt32] = []
  /// Where each row ends.
  private var ends: [Int] = []

  var count: Int { ends.count }

  mutating func append(_ shingles: [UInt32]) {
    hashes.append(contentsOf: shingles)
    ends.append(hashes.count)
  }

  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  subscript(row: Int) -> ArraySlice<UInt32> { hashes[range(row)] }

  /// The exact Jaccard similarity of two rows' sets, 0 to 1; 0 as soon as it cannot reach `least`.
  func similarity(_ left: Int, _ right: Int, atLeast least: Double) -> Double {
    Jaccard.similarity(self[left], self[right], atLeast: least)
  }
}

/// The share of two sets' union that is in both.
enum Jaccard {
  /// - Parameters: two ascending arrays without repetition.
  /// - Returns: 0 to 1; 0 where it is below `least`.
  static func similarity(
    _ left: ArraySlice<UInt32>, _ right: ArraySlice<UInt32>, atLeast least: Double
  ) -> Double {
    let (small, large) = (min(left.count, right.count), max(left.count, right.count))
    // The intersection is at most the smaller set, the union at least the larger.
    guard small > 0, Double(small) >= least * Double(large) else { return 0 }
    let common = left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        var (i, j, common) = (0, 0, 0)
        while i < left.count, j < right.count {
          let (a, b) = (left[i], right[j])
          if a == b { common += 1 }
          i += a <= b ? 1 : 0
          j += b <= a ? 1 : 0
        }
        return common
      }
    }
    let similarity = Double(common) / Double(left.count + right.count - common)
    return similarity >= least ? similarity : 0
  }
}
