/// The length of the longest common subsequence of two sequences, 64 places at a time.
///
/// Hyyrö, AWOCA 2004, "Bit-parallel LCS-length computation revisited": a row of the table is a word
/// of bits, a zero where the length grows. Rows are walked in blocks of 64 columns, and what one
/// block carries into the next is kept for each row, so that the masks of one block suffice.
enum LongestCommonSubsequence {
  /// - Parameters:
  ///   - left: numbers in 0 ..< kinds.
  ///   - right: numbers in 0 ..< kinds.
  ///   - kinds: how many different numbers there may be.
  /// - Returns: 0 … the shorter count. The work is the product of the counts over 64, after what
  ///   both begin and end with, and what only one of them has, is set aside.
  static func length(_ left: [Int], _ right: [Int], kinds: Int) -> Int {
    let shorter = min(left.count, right.count)
    var head = 0
    while head < shorter, left[head] == right[head] { head += 1 }
    var tail = 0
    while tail < shorter - head, left[left.count - 1 - tail] == right[right.count - 1 - tail] {
      tail += 1
    }
    let leftMiddle = left[head..<left.count - tail]
    let rightMiddle = right[head..<right.count - tail]
    let leftHas = presence(of: leftMiddle, kinds: kinds)
    let rightHas = presence(of: rightMiddle, kinds: kinds)
    return head + tail
      + blocks(
        columns: leftMiddle.filter { rightHas[$0] }, rows: rightMiddle.filter { leftHas[$0] },
        kinds: kinds)
  }

  private static func presence(of sequence: ArraySlice<Int>, kinds: Int) -> [Bool] {
    var has = [Bool](repeating: false, count: kinds)
    for number in sequence { has[number] = true }
    return has
  }

  private static func blocks(columns: [Int], rows: [Int], kinds: Int) -> Int {
    var masks = [UInt64](repeating: 0, count: kinds)
    var carries = [UInt64](repeating: 0, count: rows.count)
    var length = 0
    for start in stride(from: 0, to: columns.count, by: 64) {
      let block = columns[start..<min(start + 64, columns.count)]
      for (bit, number) in block.enumerated() { masks[number] |= 1 << UInt64(bit) }
      let zeros = ~walk(rows, masks: masks, carries: &carries)
      let used = block.count == 64 ? UInt64.max : (1 << UInt64(block.count)) - 1
      length += (zeros & used).nonzeroBitCount
      for number in block { masks[number] = 0 }
    }
    return length
  }

  /// One block of columns through all rows; returns its bits in the last one.
  private static func walk(_ rows: [Int], masks: [UInt64], carries: inout [UInt64]) -> UInt64 {
    var bits = UInt64.max
    rows.withUnsafeBufferPointer { rows in
      masks.withUnsafeBufferPointer { masks in
        carries.withUnsafeMutableBufferPointer { carries in
          var row = 0
          while row < rows.count {
            let matched = bits & masks[rows[row]]
            let (sum, first) = bits.addingReportingOverflow(matched)
            let (total, second) = sum.addingReportingOverflow(carries[row])
            carries[row] = first || second ? 1 : 0
            bits = total | (bits & ~matched)
            row += 1
          }
        }
      }
    }
    return bits
  }
}
