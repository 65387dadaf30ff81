#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension RowWalker {
  @inline(__always)
  func containsBackslash(_ start: Int, _ length: Int) -> Bool {
    length > 0 && memchr(text + start, CInt(UInt8(ascii: "\\")), length) != nil
  }

  mutating func string(_ node: UnsafePointer<FastNode>?, _ index: inout Int) -> Step {
    let first = index
    let start = Int(indexes[index]) &+ 1
    let length = tokenEnd(index) &- 1 &- start
    guard length >= 0, text[start &+ length] == UInt8(ascii: "\"") else { return .malformed }
    index &+= 1
    if hasEscapes, containsBackslash(start, length) {
      guard hasSoundEscapes(start, length) else { return .malformed }
      // Decoded text would need memory.
      guard let node, node.pointee.string != nil || node.pointee.values != nil else {
        return .valid
      }
      return .undecided
    }
    guard let node else { return .valid }
    let bytes = text + start
    if let rules = node.pointee.string {
      let step = check(bytes, length, rules, first)
      if step != .valid { return step }
    }
    guard let values = node.pointee.values else { return .valid }
    let mask = Int(values.pointee.slotMask)
    var slot = Int(truncatingIfNeeded: FastBytes.hash(bytes, length)) & mask
    while true {
      let position = Int(values.pointee.slots[slot])
      if position < 0 { return fail(values.pointee.assertion, first) }
      let known = values.pointee.texts[position]
      if Int(known.length) == length, FastBytes.areEqual(known.bytes, bytes, length) {
        return .valid
      }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(__always)
  private mutating func check(
    _ bytes: UnsafePointer<UInt8>, _ length: Int, _ rules: UnsafePointer<FastString>, _ first: Int
  ) -> Step {
    let minimum = Int(rules.pointee.minimum)
    let maximum = Int(rules.pointee.maximum)
    // A code point takes one to four bytes: most lengths need no counting.
    if length > maximum || length < 4 &* minimum {
      let count = FastBytes.codePoints(bytes, length)
      if count < minimum, !note(rules.pointee.minimumAssertion, first) { return .invalid }
      if count > maximum, !note(rules.pointee.maximumAssertion, first) { return .invalid }
    }
    if rules.pointee.pattern >= 0 {
      switch program.patterns[Int(rules.pointee.pattern)].search(bytes, length, with: match) {
      case .found: break
      case .absent: if !note(rules.pointee.patternAssertion, first) { return .invalid }
      case .tooCostly: return .undecided
      }
    }
    if rules.pointee.format != .none {
      guard let isAdmitted = rules.pointee.format.admits(bytes, length) else { return .undecided }
      if !isAdmitted, !note(rules.pointee.formatAssertion, first) { return .invalid }
    }
    return .valid
  }

  /// Whether every escape is one of JSON's; lone surrogates are not.
  private func hasSoundEscapes(_ start: Int, _ length: Int) -> Bool {
    var position = start
    let last = start &+ length
    while position < last {
      guard text[position] == UInt8(ascii: "\\") else {
        position &+= 1
        continue
      }
      guard position &+ 1 < last else { return false }
      switch text[position &+ 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
        UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        position &+= 2
      case UInt8(ascii: "u"):
        guard position &+ 6 <= last, let unit = hexadecimal(position &+ 2) else { return false }
        position &+= 6
        if unit & 0xFC00 == 0xDC00 { return false }
        if unit & 0xFC00 == 0xD800 {
          guard position &+ 6 <= last, text[position] == UInt8(ascii: "\\"),
            text[position &+ 1] == UInt8(ascii: "u"), let low = hexadecimal(position &+ 2),
            low & 0xFC00 == 0xDC00
          else { return false }
          position &+= 6
        }
      default: return false
      }
    }
    return true
  }

  private func hexadecimal(_ position: Int) -> UInt16? {
    var unit: UInt16 = 0
    for offset in 0..<4 {
      let byte = text[position &+ offset]
      let digit: UInt8 =
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: 16
        }
      if digit > 15 { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  mutating func number(_ node: UnsafePointer<FastNode>?, _ index: inout Int) -> Step {
    let token = index
    var position = Int(indexes[index])
    let last = tokenEnd(index)
    index &+= 1
    let isNegative = text[position] == UInt8(ascii: "-")
    if isNegative { position &+= 1 }
    let first = position
    var mantissa: UInt64 = 0
    while text[position] &- 0x30 <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(text[position] &- 0x30)
      position &+= 1
    }
    var digits = position &- first
    guard digits > 0, digits == 1 || text[first] != 0x30 else { return .malformed }
    if text[first] == 0x30 { digits = 0 }
    var scale = 0
    var isSmall = true
    if text[position] == UInt8(ascii: "."), position < last {
      position &+= 1
      let fraction = position
      // Zeros before the first other digit only move the point.
      if digits == 0 { while text[position] == 0x30 { position &+= 1 } }
      let significant = position
      while text[position] &- 0x30 <= 9 {
        mantissa = mantissa &* 10 &+ UInt64(text[position] &- 0x30)
        position &+= 1
      }
      scale = position &- fraction
      guard scale > 0 else { return .malformed }
      digits &+= position &- significant
    }
    let isWhole = scale == 0
    var hasExponent = false
    if position < last, text[position] | 0x20 == UInt8(ascii: "e") {
      hasExponent = true
      isSmall = false
      position &+= 1
      if text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
        position &+= 1
      }
      let exponent = position
      while text[position] &- 0x30 <= 9 { position &+= 1 }
      guard position > exponent else { return .malformed }
      // It may be larger than numbers can be.
      guard position &- exponent <= 12 else { return .undecided }
    }
    guard position == last else { return .malformed }
    guard let node else { return .valid }
    if digits > 18 || scale > FastDecimal.greatestScale { isSmall = false }
    let kinds = node.pointee.kinds
    if isWhole, !hasExponent {
      if kinds.isDisjoint(with: [.integer, .fraction]), !note(node.pointee.kindAssertion, token) {
        return .invalid
      }
    } else if !kinds.contains(.fraction) {
      // 1.0 and 1e2 are integers in some drafts.
      if kinds.contains(.integer) { return .undecided }
      if !note(node.pointee.kindAssertion, token) { return .invalid }
    }
    guard node.pointee.number != nil || node.pointee.values != nil else { return .valid }
    guard isSmall else { return .undecided }
    let magnitude = Int64(bitPattern: mantissa)
    let decimal = FastDecimal(
      mantissa: isNegative ? 0 &- magnitude : magnitude, scale: Int32(truncatingIfNeeded: scale))
    if let rules = node.pointee.number {
      let step = check(decimal, rules, token)
      if step != .valid { return step }
    }
    if let values = node.pointee.values { return check(decimal, values, token) }
    return .valid
  }

  private mutating func check(
    _ value: FastDecimal, _ rules: UnsafePointer<FastNumber>, _ token: Int
  ) -> Step {
    if rules.pointee.lowerAssertion >= 0 {
      let isTooLow =
        rules.pointee.lowerIsExclusive
        ? !(rules.pointee.lower < value) : value < rules.pointee.lower
      if isTooLow {
        if isCollecting, rules.pointee.hasRivals { return .undecided }
        if !note(rules.pointee.lowerAssertion, token) { return .invalid }
      }
    }
    if rules.pointee.upperAssertion >= 0 {
      let isTooHigh =
        rules.pointee.upperIsExclusive
        ? !(value < rules.pointee.upper) : rules.pointee.upper < value
      if isTooHigh {
        if isCollecting, rules.pointee.hasRivals { return .undecided }
        if !note(rules.pointee.upperAssertion, token) { return .invalid }
      }
    }
    if rules.pointee.divisorAssertion >= 0, !value.isMultiple(of: rules.pointee.divisor) {
      return fail(rules.pointee.divisorAssertion, token)
    }
    return .valid
  }

  private mutating func check(
    _ value: FastDecimal, _ values: UnsafePointer<FastValues>, _ token: Int
  ) -> Step {
    for position in 0..<Int(values.pointee.numberCount) {
      let other = values.pointee.numbers[position]
      if other == value || (other.scale != value.scale && !(other < value) && !(value < other)) {
        return .valid
      }
    }
    return values.pointee.hasOtherNumbers ? .undecided : fail(values.pointee.assertion, token)
  }
}
