import JSON

/// Numbers and texts at and around what two schemas demand.
struct ScalarCandidates {
  private let facets: [SchemaFacets]

  /// How long a text is made at most, in characters.
  private static let lengthLimit = 4_000

  init(_ old: SchemaFacets, _ new: SchemaFacets) { facets = [old, new] }

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
    let lengths = Set(facets.flatMap { $0.lengths }.flatMap { [$0 - 1, $0, $0 + 1] })
      .filter { (0...ScalarCandidates.lengthLimit).contains($0) }.sorted()
    var texts = ["aa", "A", "0", "1", " ", "a b", "a@b.co", "é", "-"]
    texts += lengths.map { String(repeating: "a", count: $0) }
    let seeds = facets.flatMap(\.values).compactMap(\.string).prefix(50)
    texts += seeds.flatMap { [$0 + "a", String($0.dropLast()), $0.uppercased(), $0.lowercased()] }
    for pattern in facets.flatMap(\.patterns) {
      let made = PatternTexts(pattern.source).texts(repeats: [0, 1, 2, 3] + lengths.prefix(8))
      texts += made
      texts += made.prefix(4).flatMap { [$0 + "a", $0 + "0", "!" + $0, $0.uppercased()] }
    }
    return texts + facets.flatMap(\.formats).flatMap(\.samples) + Format.date.samples
  }
}

extension Format {
  /// Texts of the format, and some that are nearly.
  var samples: [String] {
    switch self {
    case .date: ["2026-03-31", "2026-02-30"]
    case .time: ["09:30:00Z", "09:30"]
    case .dateTime: ["2026-03-31T09:30:00Z", "2026-03-31 09:30"]
    case .duration: ["P1D", "1 day"]
    case .email, .idnEmail: ["a@b.co", "가@b.co", "a@"]
    case .hostname, .idnHostname: ["b.co", "가.co", "-b"]
    case .ipv4: ["192.0.2.1", "192.0.2.256"]
    case .ipv6: ["2001:db8::1", "2001:db8"]
    case .uri, .iri: ["https://b.co/a", "https://b.co/가", "a/b"]
    case .uriReference, .iriReference: ["/a", "/가", "https://b.co/a", "\\"]
    case .uriTemplate: ["/a/{b}", "/a/{"]
    case .uuid: ["123e4567-e89b-12d3-a456-426614174000", "123e4567"]
    case .jsonPointer: ["/a/0", "a"]
    case .relativeJSONPointer: ["1/a", "/a"]
    case .regex: ["^a$", "("]
    }
  }
}
