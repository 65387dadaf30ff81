import JSON

/// Numbers and texts at and around what two schemas demand.
struct ScalarCandidates {
  private let facets: [SchemaFacets]
  /// How long texts are asked for, in characters, ascending.
  private let lengths: [Int]
  /// How many characters long texts have together.
  let longCharacters: Int

  /// How long a text is made at most, in characters, and from where on it is a long one.
  private static let lengthLimit = 200_000
  private static let longLength = 4_000
  /// How many limits are looked between.
  private static let pairLimit = 20

  /// - Parameter patience: How many characters long texts may have together; the shortest come first.
  init(_ old: SchemaFacets, _ new: SchemaFacets, patience: Int) {
    facets = [old, new]
    var lengths: [Int] = []
    var long = 0
    let asked = Set([old, new].flatMap(\.lengths).flatMap { [$0 - 1, $0, $0 + 1] })
    for length in asked.sorted() where (0...ScalarCandidates.lengthLimit).contains(length) {
      if length > ScalarCandidates.longLength {
        guard long + length <= patience else { break }
        long += length
      }
      lengths.append(length)
    }
    self.lengths = lengths
    longCharacters = long
  }

  var values: [JSONValue] { numbers.map(JSONValue.number) + texts.map(JSONValue.string) }

  private var numbers: [JSONNumber] {
    let limits = facets.flatMap(\.limits)
    let steps = facets.flatMap(\.steps)
    var numbers: [JSONNumber] = []
    for limit in limits {
      numbers.append(limit)
      if let whole = limit.int64, whole.magnitude < 1 << 62 {
        numbers += [whole + 1, whole - 1].map { JSONNumber($0) }
      }
      numbers += [1, -1, 0.5, -0.5, 0.001, -0.001].compactMap { JSONNumber(limit.double + $0) }
    }
    // What lies between two limits, however near they are to each other, and to zero.
    let ends = Array(Set(limits + [JSONNumber(0)]).sorted().prefix(ScalarCandidates.pairLimit))
    for (low, high) in zip(ends, ends.dropFirst()) {
      numbers += [JSONNumber(low.double + (high.double - low.double) / 2)].compactMap { $0 }
    }
    for step in steps {
      numbers += [1, 2, 3, 5, 7, -1, 0.5].compactMap { JSONNumber(step.double * $0) }
      numbers.append(step)
      for limit in limits {
        let count = (limit.double / step.double).rounded()
        numbers += [count - 1, count, count + 1].compactMap { JSONNumber($0 * step.double) }
      }
    }
    numbers += [2, 10, 100, 1_000_000].map { JSONNumber($0) }
    if facets.contains(where: \.readsSpelling) {
      for number in numbers + [0, 1].map({ JSONNumber($0) }) {
        guard let whole = number.int64,
          case .number(let written)? = try? JSONValue(parsing: "\(whole).0")
        else { continue }
        numbers.append(written)
      }
    }
    return numbers
  }

  private var texts: [String] {
    var texts = ["aa", "A", "0", "1", " ", "a b", "a@b.co", "é", "-"]
    texts += lengths.map { String(repeating: "a", count: $0) }
    let seeds = facets.flatMap(\.values).compactMap(\.string).prefix(50)
    texts += seeds.flatMap { [$0 + "a", String($0.dropLast()), $0.uppercased(), $0.lowercased()] }
    for pattern in facets.flatMap(\.patterns) {
      let made = PatternTexts(pattern.source).texts(repeats: [0, 1, 2, 3] + lengths.prefix(8))
      texts += made
      // What need not be the whole text stands in one of any length.
      for text in made.prefix(2) {
        texts += lengths.prefix(8).compactMap { length in
          let count = length - text.unicodeScalars.count
          return count > 0 ? text + String(repeating: "a", count: count) : nil
        }
      }
      texts += made.prefix(4).flatMap { [$0 + "a", $0 + "0", "!" + $0, $0.uppercased()] }
    }
    for format in Set(facets.flatMap(\.formats)).sorted(by: { $0.rawValue < $1.rawValue }) {
      texts += format.samples + lengths.compactMap { format.sample(ofLength: $0) }
    }
    return texts + Format.date.samples
  }
}
