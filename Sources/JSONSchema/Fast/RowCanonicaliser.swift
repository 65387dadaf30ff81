import CSimdJSON
import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a valid row in canonical form along its structural indexes, without building a value.
///
/// Rows with escapes, and numbers whose spelling needs thought, are left to `JSONValue`.
struct RowCanonicaliser: ~Copyable {
  private let text: UnsafePointer<UInt8>
  private let indexes: UnsafePointer<UInt32>
  private let textEnd: UInt32
  private let memory: CanonicalMemory
  /// Where the next byte goes.
  private var output: UnsafeMutablePointer<UInt8>
  /// The members of the objects that are open, one object's after the other's.
  private var members: UnsafeMutablePointer<Member>
  private var memberCount = 0
  private var depth = 0
  /// Tells the names of the row's own members apart from those of other rows; 0 for what is no object.
  private(set) var shape: UInt64 = 0

  struct Member: BitwiseCopyable {
    let start: UInt32
    let length: UInt32
    let value: Int
  }

  /// - Parameter memory: has room for the row, see `CanonicalMemory.makeRoom`.
  init(
    text: UnsafePointer<UInt8>, indexes: UnsafePointer<UInt32>, textEnd: UInt32,
    memory: CanonicalMemory
  ) {
    self.text = text
    self.indexes = indexes
    self.textEnd = textEnd
    self.memory = memory
    output = memory.output
    members = memory.members
  }

  /// Writes the value at an index; nil where it is left to others.
  mutating func row(at start: Int) -> UnsafeRawBufferPointer? {
    var index = start
    guard write(&index) else { return nil }
    return UnsafeRawBufferPointer(start: memory.output, count: output - memory.output)
  }

  private func byte(_ index: Int) -> UInt8 { text[Int(indexes[index])] }

  /// Where the token at an index ends.
  private func end(_ index: Int) -> Int {
    var last = Int(min(indexes[index + 1], textEnd)) - 1
    while FastBytes.isSpace(text[last]) { last -= 1 }
    return last + 1
  }

  private mutating func write(_ index: inout Int) -> Bool {
    let start = Int(indexes[index])
    switch text[start] {
    case UInt8(ascii: "{"): return object(&index)
    case UInt8(ascii: "["): return array(&index)
    case UInt8(ascii: "-"), 0x30...0x39:
      let isWritten = number(start, end(index))
      index += 1
      return isWritten
    default:
      // Strings without escapes and the three words are canonical as they stand.
      append(start, end(index) - start)
      index += 1
      return true
    }
  }

  private mutating func append(_ start: Int, _ length: Int) {
    memcpy(output, text + start, length)
    output += length
  }

  private mutating func append(_ byte: UInt8) {
    output.pointee = byte
    output += 1
  }

  private mutating func array(_ index: inout Int) -> Bool {
    append(UInt8(ascii: "["))
    depth += 1
    defer { depth -= 1 }
    index += 1
    if byte(index) == UInt8(ascii: "]") {
      index += 1
    } else {
      while true {
        guard write(&index) else { return false }
        let separator = byte(index)
        index += 1
        if separator == UInt8(ascii: "]") { break }
        append(UInt8(ascii: ","))
      }
    }
    append(UInt8(ascii: "]"))
    return true
  }

  private mutating func object(_ index: inout Int) -> Bool {
    let first = memberCount
    defer { memberCount = first }
    index += 1
    var isSorted = true
    if byte(index) == UInt8(ascii: "}") {
      index += 1
    } else {
      while true {
        let start = Int(indexes[index]) + 1
        let member = Member(
          start: UInt32(truncatingIfNeeded: start),
          length: UInt32(truncatingIfNeeded: end(index) - 1 - start), value: index + 2)
        if isSorted, memberCount > first, !precedes(members[memberCount - 1], member) {
          isSorted = false
        }
        push(member)
        index += 2
        skip(&index)
        let separator = byte(index)
        index += 1
        if separator == UInt8(ascii: "}") { break }
      }
    }
    let count = memberCount
    if !isSorted { sort(first, count) }
    if depth == 0 {
      for position in first..<count {
        let member = members[position]
        let hash = FastBytes.hash(text + Int(member.start), Int(member.length))
        shape = (shape ^ hash) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(member.length)
      }
    }
    depth += 1
    defer { depth -= 1 }
    append(UInt8(ascii: "{"))
    for position in first..<count {
      if position > first { append(UInt8(ascii: ",")) }
      let member = members[position]
      // With its quotes.
      append(Int(member.start) - 1, Int(member.length) + 2)
      append(UInt8(ascii: ":"))
      var value = member.value
      guard write(&value) else { return false }
    }
    append(UInt8(ascii: "}"))
    return true
  }

  private mutating func push(_ member: Member) {
    if memberCount == memory.memberCapacity { members = memory.growMembers() }
    members[memberCount] = member
    memberCount += 1
  }

  /// By insertion: rows have few members, mostly in order.
  private mutating func sort(_ first: Int, _ count: Int) {
    guard count - first <= 64 else {
      let range = UnsafeMutableBufferPointer(start: members + first, count: count - first)
      for (place, member) in range.sorted(by: { precedes($0, $1) }).enumerated() {
        range[place] = member
      }
      return
    }
    for position in (first + 1)..<count {
      let member = members[position]
      var place = position
      while place > first, precedes(member, members[place - 1]) {
        members[place] = members[place - 1]
        place -= 1
      }
      members[place] = member
    }
  }

  private func precedes(_ left: Member, _ right: Member) -> Bool {
    let length = Int(min(left.length, right.length))
    let order = memcmp(text + Int(left.start), text + Int(right.start), length)
    return order != 0 ? order < 0 : left.length < right.length
  }

  /// Goes past a value.
  private func skip(_ index: inout Int) {
    var depth = 0
    repeat {
      switch byte(index) {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      index += 1
    } while depth > 0
  }

  /// Whole numbers in plain digits are canonical as they stand, unless a double could have been meant;
  /// so are short plain fractions, and those of more than 15 digits become scientific notation
  /// (FORMAT.md, section 3).
  private mutating func number(_ start: Int, _ end: Int) -> Bool {
    var position = start
    if text[position] == UInt8(ascii: "-") { position += 1 }
    let whole = position
    while position < end, text[position] &- 0x30 <= 9 { position += 1 }
    let wholeDigits = position - whole
    if position == end {
      // All but −0.
      guard whole == start || text[whole] != 0x30,
        wholeDigits <= JSONNumber.plainDigits || isPlain(whole, end)
      else { return false }
      append(start, end - start)
      return true
    }
    guard text[position] == UInt8(ascii: "."), text[end - 1] != 0x30, wholeDigits <= 15 else {
      return false
    }
    var first = position + 1
    while position + 1 < end {
      position += 1
      guard text[position] &- 0x30 <= 9 else { return false }
    }
    let fractionDigits = end - first
    let isBelowOne = wholeDigits == 1 && text[whole] == 0x30
    var zeros = 0
    if isBelowOne { while text[first + zeros] == 0x30 { zeros += 1 } }
    let significant = isBelowOne ? fractionDigits - zeros : wholeDigits + fractionDigits
    if significant <= 15 {
      // Smaller ones are spelled with an exponent.
      guard zeros <= 3 else { return false }
      append(start, end - start)
      return true
    }
    guard isBelowOne else { return false }
    if whole > start { append(UInt8(ascii: "-")) }
    first += zeros
    append(text[first])
    append(UInt8(ascii: "."))
    append(first + 1, end - first - 1)
    for byte in "e-\(zeros + 1)".utf8 { append(byte) }
    return true
  }

  /// Whether a long whole number is spelled plainly, see `JSONNumber.plainDigits`.
  private func isPlain(_ start: Int, _ end: Int) -> Bool {
    var last = end
    while last > start, text[last - 1] == 0x30 { last -= 1 }
    return last - start > JSONNumber.doubleDigits && end - last <= JSONNumber.plainZeros
  }
}
