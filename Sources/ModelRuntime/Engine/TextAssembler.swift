/// Turns the bytes of tokens into text: whole Unicode scalars, and nothing of a stop string.
///
/// A Hangul syllable has three bytes and often comes in two tokens; a stop string may begin in one
/// token and end in another. What may still become part of either is held back. Where the output ends
/// does not depend on where tokens end.
struct TextAssembler {
  private let stops: [[UInt8]]
  /// Bytes that begin a scalar, but do not end it yet; at most 3.
  private var partial: [UInt8] = []
  /// Whole scalars that are not given out yet.
  private var held: [UInt8] = []
  /// Whether a stop string came; nothing is given out from then on.
  private(set) var isStopped = false

  init(stops: [String]) {
    self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
  }

  /// Takes the bytes of the next token and returns what can be given out.
  mutating func push(_ bytes: some Sequence<UInt8>) -> String {
    guard !isStopped else { return "" }
    partial.append(contentsOf: bytes)
    let whole = UTF8Border.lastWhole(partial)
    accept(String(decoding: partial[..<whole], as: UTF8.self).utf8)
    partial.removeFirst(whole)
    return give(held.count - (isStopped ? 0 : longestHold()))
  }

  /// Returns what was held back; bytes of an unfinished scalar become U+FFFD.
  mutating func finish() -> String {
    if !isStopped { accept(String(decoding: partial, as: UTF8.self).utf8) }
    partial = []
    return give(held.count)
  }

  /// Appends bytes until a stop string is complete, which is then cut off; of several that end at
  /// the same byte the longest counts.
  private mutating func accept(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      held.append(byte)
      let ended = stops.filter {
        $0.last == byte && held.count >= $0.count && held.suffix($0.count).elementsEqual($0)
      }
      if let longest = ended.map(\.count).max() {
        held.removeLast(longest)
        isStopped = true
        return
      }
    }
  }

  /// How many bytes at the end could still become a stop string.
  private func longestHold() -> Int {
    var longest = 0
    for stop in stops {
      let most = min(stop.count - 1, held.count)
      guard most > longest else { continue }
      for length in stride(from: most, to: longest, by: -1)
      where held.suffix(length).elementsEqual(stop.prefix(length)) {
        longest = length
        break
      }
    }
    return longest
  }

  private mutating func give(_ count: Int) -> String {
    let text = String(decoding: held.prefix(count), as: UTF8.self)
    held.removeFirst(count)
    return text
  }
}

enum UTF8Border {
  /// How many bytes from the start hold no unfinished scalar at their end.
  static func lastWhole(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length =
        byte >= 0xF0 && byte < 0xF8
        ? 4 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xC2 && byte < 0xE0 ? 2 : 1
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }
}
