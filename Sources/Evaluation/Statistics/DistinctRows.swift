/// Rows of numbers, each different one once, with how often it occurs.
///
/// Answers are often just right or wrong: a million cases may have four different rows. Sorted, so
/// that the order of the cases changes nothing.
struct DistinctRows {
  /// Numbers in each row, at least 1.
  let width: Int
  /// Row after row, in ascending order.
  private(set) var numbers: [Double] = []
  /// How often each row occurs, at least once.
  private(set) var multiplicities: [Int] = []

  /// - Parameter rows: finite numbers, `width` for each case.
  init(_ rows: [Double], width: Int) {
    self.width = width
    let count = rows.count / width
    var order = Array(0..<count)
    rows.withUnsafeBufferPointer { rows in
      func precedes(_ left: Int, _ right: Int) -> Bool {
        for column in 0..<width {
          let one = rows[left * width + column]
          let other = rows[right * width + column]
          if one != other { return one < other }
        }
        return false
      }
      order.sort(by: precedes)
      for (place, index) in order.enumerated() {
        if place > 0, !precedes(order[place - 1], index) {
          multiplicities[multiplicities.count - 1] += 1
        } else {
          numbers.append(contentsOf: rows[index * width..<(index + 1) * width])
          multiplicities.append(1)
        }
      }
    }
  }

  /// How many rows differ.
  var count: Int { multiplicities.count }

  /// The numbers of one of them.
  subscript(row: Int) -> ArraySlice<Double> { numbers[row * width..<(row + 1) * width] }

  /// The sums over all cases.
  var sums: [Double] {
    var sums = [Double](repeating: 0, count: width)
    for (row, multiplicity) in multiplicities.enumerated() {
      for column in 0..<width {
        sums[column] += numbers[row * width + column] * Double(multiplicity)
      }
    }
    return sums
  }
}
