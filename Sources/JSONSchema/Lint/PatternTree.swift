/// The shape of a regular expression, as far as its cost depends on it.
indirect enum PatternTree {
  case nothing
  /// One character out of a set.
  case characters(CharacterSet)
  /// Text that cannot be told, such as a back-reference.
  case opaque
  /// `$` or `\b`: consumes nothing, but may fail.
  case end
  case lookaround(PatternTree)
  case sequence([PatternTree])
  case choice([PatternTree])
  /// The same part, from a least to a greatest number of times; nil where there is none.
  case repetition(PatternTree, least: Int, most: Int?)

  /// A set of characters: ASCII exactly, all others as one, of which one is known by itself.
  struct CharacterSet {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var others = false
    /// One of the others that was named; nil where none was.
    var other: Unicode.Scalar?

    static let all = CharacterSet(low: .max, high: .max, others: true)

    func overlaps(_ other: CharacterSet) -> Bool {
      low & other.low != 0 || high & other.high != 0 || (others && other.others)
    }

    var inverted: CharacterSet { CharacterSet(low: ~low, high: ~high, others: true) }

    mutating func insert(_ value: UInt32) {
      switch value {
      case 0..<64: low |= 1 << UInt64(value)
      case 64..<128: high |= 1 << UInt64(value - 64)
      default:
        others = true
        other = other ?? Unicode.Scalar(value)
      }
    }

    mutating func insert(_ range: ClosedRange<UInt32>) {
      if range.upperBound >= 128 { insert(max(128, range.lowerBound)) }
      if range.lowerBound < 128 {
        for value in range.lowerBound...min(127, range.upperBound) { insert(value) }
      }
    }

    mutating func formUnion(_ other: CharacterSet) {
      low |= other.low
      high |= other.high
      others = others || other.others
      self.other = self.other ?? other.other
    }
  }

  /// Whether it can match without consuming anything.
  var isNullable: Bool {
    switch self {
    case .nothing, .end, .lookaround: true
    case .characters, .opaque: false
    case .sequence(let parts): parts.allSatisfy(\.isNullable)
    case .choice(let alternatives): alternatives.contains(where: \.isNullable)
    case .repetition(let body, let least, _): least == 0 || body.isNullable
    }
  }

  /// Whether it cannot match anything but the empty text.
  var isEmpty: Bool {
    switch self {
    case .nothing, .end, .lookaround: true
    case .characters, .opaque: false
    case .sequence(let parts): parts.allSatisfy(\.isEmpty)
    case .choice(let alternatives): alternatives.allSatisfy(\.isEmpty)
    case .repetition(let body, _, _): body.isEmpty
    }
  }

  /// Whether there are texts at which it does not match.
  var canFail: Bool {
    switch self {
    case .end, .lookaround: true
    case .sequence(let parts): parts.contains(where: \.canFail)
    default: !isNullable
    }
  }

  /// The sets that its characters come from, one after the other; nil where its length varies.
  var characterSets: [CharacterSet]? {
    switch self {
    case .characters(let set): return [set]
    case .sequence(let parts):
      var sets: [CharacterSet] = []
      for part in parts {
        guard let more = part.characterSets else { return nil }
        sets += more
      }
      return sets
    case .choice(let alternatives) where alternatives.count == 1:
      return alternatives[0].characterSets
    default: return nil
    }
  }
}
