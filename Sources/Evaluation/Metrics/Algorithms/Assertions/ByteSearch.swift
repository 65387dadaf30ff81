/// Looks for bytes in bytes, in time that grows with the sum of both lengths.
///
/// Knuth, Morris and Pratt, SIAM Journal on Computing 6 (1977): a mismatch never goes back in the
/// text.
struct ByteSearch {
  private let wanted: [UInt8]
  /// For each length of a matched beginning, the length of the longest shorter one that ends it
  /// too.
  private let shorter: [Int]

  init(_ wanted: [UInt8]) {
    self.wanted = wanted
    var shorter = [0, 0]
    for byte in wanted.dropFirst() {
      var length = shorter[shorter.count - 1]
      while length > 0, wanted[length] != byte { length = shorter[length] }
      shorter.append(wanted[length] == byte ? length + 1 : 0)
    }
    self.shorter = shorter
  }

  /// The offset of the first place at or behind another, nil if there is none.
  func first(in text: some RandomAccessCollection<UInt8>) -> Int? {
    guard !wanted.isEmpty else { return 0 }
    var matched = 0
    for (offset, byte) in text.enumerated() {
      while matched > 0, wanted[matched] != byte { matched = shorter[matched] }
      if wanted[matched] == byte { matched += 1 }
      if matched == wanted.count { return offset + 1 - matched }
    }
    return nil
  }

  /// Whether the bytes are there; no bytes are everywhere.
  func isFound(in text: [UInt8]) -> Bool { first(in: text) != nil }
}
