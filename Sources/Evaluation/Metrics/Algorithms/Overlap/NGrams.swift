/// The n-grams of several sequences for n = 1, 2, 3 …, as small numbers.
///
/// An n-gram is known by the number of its first n − 1 units and its last one, so each order costs
/// one look-up for each place, however long the n-grams are.
struct NGrams {
  private let units: [[Int]]
  private let kindsOfUnits: Int
  /// Of each sequence the n-gram that begins at each place.
  private var grams: [[Int]]
  /// The present n.
  private(set) var order = 1
  /// How many different n-grams there are.
  private var kinds: Int

  /// - Parameters:
  ///   - units: the sequences, of numbers in 0 ..< kinds.
  ///   - kinds: how many different units there are.
  init(_ units: [[Int]], kinds: Int) {
    self.units = units
    kindsOfUnits = kinds
    grams = units
    self.kinds = kinds
  }

  /// Goes from n to n + 1.
  mutating func lengthen() {
    var numbering = Numbering<Int>()
    for (sequence, old) in grams.enumerated() {
      let last = units[sequence].dropFirst(order)
      grams[sequence] = zip(old, last).map { numbering.number(of: $0 * kindsOfUnits + $1) }
    }
    order += 1
    kinds = numbering.count
  }

  /// How often each n-gram occurs in a sequence.
  func counts(of sequence: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: kinds)
    for gram in grams[sequence] { counts[gram] += 1 }
    return counts
  }

  /// How many n-grams a sequence has.
  func total(of sequence: Int) -> Int { grams[sequence].count }
}
