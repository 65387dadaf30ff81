/// Small numbers for things, 0 upwards in the order in which they were first met, so that tables
/// over them are arrays.
struct Numbering<Thing: Hashable> {
  private var numbers: [Thing: Int] = [:]

  /// How many different things were met.
  var count: Int { numbers.count }

  /// The number of a thing.
  mutating func number(of thing: Thing) -> Int {
    if let known = numbers[thing] { return known }
    numbers[thing] = numbers.count
    return numbers.count - 1
  }

  /// The numbers of several sequences of things.
  mutating func numbers(of sequences: [some Sequence<Thing>]) -> [[Int]] {
    sequences.map { $0.map { number(of: $0) } }
  }
}
