/// Reads the shape of a regular expression of ECMA-262 that is known to be well formed.
struct PatternTreeParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  /// Alternatives, up to the end or a closing parenthesis.
  mutating func choice() -> PatternTree {
    var alternatives: [PatternTree] = []
    var parts: [PatternTree] = []
    while let scalar = peek, scalar != ")" {
      if scalar == "|" {
        position += 1
        alternatives.append(.sequence(parts))
        parts = []
      } else {
        parts.append(quantified(atom()))
      }
    }
    alternatives.append(.sequence(parts))
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func atom() -> PatternTree {
    guard let scalar = next() else { return .nothing }
    switch scalar {
    case "^": return .nothing
    case "$": return .end
    case ".": return .characters(.all)
    case "(": return group()
    case "[": return .characters(characterClass())
    case "\\": return escape()
    default:
      var set = PatternTree.CharacterSet()
      set.insert(scalar.value)
      return .characters(set)
    }
  }

  private mutating func group() -> PatternTree {
    var isLookaround = false
    if take("?") {
      if take("<") {
        isLookaround = peek == "=" || peek == "!"
        // The name of a group.
        if !isLookaround { while let scalar = next(), scalar != ">" {} }
      } else {
        isLookaround = peek == "=" || peek == "!"
        if !isLookaround { _ = next() }
      }
      if isLookaround { _ = next() }
    }
    depth += 1
    defer { depth -= 1 }
    // Deeper than anyone writes: what is inside stays unknown.
    let inner = depth > 100 ? skipped() : choice()
    _ = take(")")
    return isLookaround ? .lookaround(inner) : inner
  }

  private mutating func skipped() -> PatternTree {
    position = scalars.count
    return .opaque
  }

  private mutating func quantified(_ atom: PatternTree) -> PatternTree {
    var tree = atom
    while let scalar = peek {
      switch scalar {
      case "*": tree = .repetition(tree, least: 0, most: nil)
      case "+": tree = .repetition(tree, least: 1, most: nil)
      case "?": tree = .repetition(tree, least: 0, most: 1)
      case "{":
        guard let end = scalars[position...].firstIndex(of: "}") else { return tree }
        let bounds = scalars[(position + 1)..<end].map { Character($0) }
        let isCount = !bounds.isEmpty && bounds.allSatisfy { $0 == "," || ("0"..."9").contains($0) }
        guard isCount else { return tree }
        let numbers = bounds.split(separator: ",", omittingEmptySubsequences: false).map {
          // What is too large for a number is as good as endless.
          Int(String($0)) ?? ($0.isEmpty ? nil : .max)
        }
        let least = (numbers.first ?? nil) ?? 0
        tree = .repetition(tree, least: least, most: numbers.count == 1 ? least : numbers[1])
        position = end
      default: return tree
      }
      position += 1
      // Lazy or not, failing costs the same.
      _ = take("?")
    }
    return tree
  }

  private mutating func characterClass() -> PatternTree.CharacterSet {
    let isInverted = take("^")
    var set = PatternTree.CharacterSet()
    while let scalar = next(), scalar != "]" {
      guard scalar != "\\" else {
        if case .characters(let more) = escape() { set.formUnion(more) }
        continue
      }
      if peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]",
        scalars[position + 1] != "\\", scalar.value <= scalars[position + 1].value
      {
        set.insert(scalar.value...scalars[position + 1].value)
        position += 2
      } else {
        set.insert(scalar.value)
      }
    }
    return isInverted ? set.inverted : set
  }

  private mutating func escape() -> PatternTree {
    guard let scalar = next() else { return .nothing }
    var set = PatternTree.CharacterSet()
    switch scalar {
    case "d", "D": set.insert(0x30...0x39)
    case "w", "W":
      for range in [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A] as [ClosedRange<UInt32>] {
        set.insert(range)
      }
    case "s", "S":
      set.insert(0x09...0x0D)
      set.insert(0x20)
      set.others = true
    case "b", "B": return .end
    case "1"..."9": return .opaque
    case "k", "p", "P":
      while let inner = next(), inner != ">", inner != "}" {}
      return scalar == "k" ? .opaque : .characters(.all)
    case "u", "x", "c": return .characters(code(scalar))
    case "n": set.insert(0x0A)
    case "r": set.insert(0x0D)
    case "t": set.insert(0x09)
    case "v": set.insert(0x0B)
    case "f": set.insert(0x0C)
    case "0": set.insert(0)
    default: set.insert(scalar.value)
    }
    return .characters(["D", "W", "S"].contains(scalar) ? set.inverted : set)
  }

  private mutating func code(_ letter: Unicode.Scalar) -> PatternTree.CharacterSet {
    var set = PatternTree.CharacterSet()
    if letter == "c" {
      if let control = next() { set.insert(control.value % 32) }
      return set
    }
    var digits = ""
    if letter == "u", take("{") {
      while let digit = next(), digit != "}" { digits.unicodeScalars.append(digit) }
    } else {
      for _ in 0..<(letter == "u" ? 4 : 2) {
        if let digit = next() { digits.unicodeScalars.append(digit) }
      }
    }
    set.insert(UInt32(digits, radix: 16) ?? .max)
    return set
  }

  private mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }
}
