/// The shingle sets of many rows, one after the other in one array.
struct ShingleStore: Sendable {
  private(set) var hashes: [UInt32] = []
  /// Where each row ends.
  private var ends: [Int] = []
  private var sketches: [SetSketch] = []

  var count: Int { ends.count }

  mutating func append(_ shingles: [UInt32]) {
    hashes.append(contentsOf: shingles)
    ends.append(hashes.count)
    sketches.append(SetSketch(shingles))
  }

  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  subscript(row: Int) -> ArraySlice<UInt32> { hashes[range(row)] }

  /// The exact Jaccard similarity of two rows' sets, 0 to 1; 0 as soon as it cannot reach `least`.
  func similarity(_ left: Int, _ right: Int, atLeast least: Double) -> Double {
    let sizes = range(left).count + range(right).count
    guard sketches[left].allows(sketches[right], sizes: sizes, similarity: least) else { return 0 }
    return Jaccard.similarity(self[left], self[right], atLeast: least)
  }
}

/// A set as 256 bits, one for each of its elements, which shows at a glance that two sets are not
/// alike: every bit that differs stands for at least one element that only one of them has.
///
/// - SeeAlso: Sandes, Teodoro and Melo, "Bitmap filter: speeding up exact set similarity joins", 2020.
struct SetSketch: Sendable {
  private var words = SIMD4<UInt64>()

  init(_ elements: [UInt32]) {
    for element in elements {
      words[Int(element >> 30)] |= 1 << UInt64(element >> 24 & 63)
    }
  }

  /// Whether two sets of so many elements together may be as similar as that; false is certain.
  func allows(_ other: SetSketch, sizes: Int, similarity: Double) -> Bool {
    let bits = words ^ other.words
    let differing =
      bits[0].nonzeroBitCount + bits[1].nonzeroBitCount + bits[2].nonzeroBitCount
      + bits[3].nonzeroBitCount
    // J = c / (n − c) and d = n − 2c give d = n · (1 − J) / (1 + J); a little more for rounding.
    return Double(differing) <= Double(sizes) * (1 - similarity) / (1 + similarity) + 1e-6
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
