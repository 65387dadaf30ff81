public import JSON

/// What violations have in common that are counted together: a keyword at a place of the schema,
/// and the way to the value in the row, with `*` for every index and for names that the schema
/// does not list.
///
/// Both are kept as hashes, so that counting a violation makes no text.
public struct ViolationKind: Hashable, Sendable {
  let keyword: UInt64
  let way: UInt64

  init(keyword: UInt64, way: UInt64) {
    self.keyword = keyword
    self.way = way
  }

  /// The kind of a violation.
  public init(_ violation: SchemaViolation) {
    keyword = violation.keywordPlace.hash
    way = violation.generalInstance.tokens.reduce(ViolationKind.root) { way, token in
      ViolationKind.step(
        way, token == "*" ? ViolationKind.anyStep : ViolationKind.hash(token))
    }
  }

  /// Rows that are none: no JSON (`syntax`), no record of their table, a table without header.
  public init(defect keyword: String) {
    self.keyword = ViolationKind.hash(keyword)
    way = 0
  }

  /// The way to the row itself.
  static let root: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// The step to any element, and to a member that the schema does not list.
  static let anyStep: UInt64 = 0x2A2A_2A2A_2A2A_2A2A

  /// The hash of a way that goes one step further.
  ///
  /// - Parameter name: The hash of the member's name.
  @inline(__always)
  static func step(_ way: UInt64, _ name: UInt64) -> UInt64 {
    FastBytes.mixed((way &<< 1 | way &>> 63) ^ name)
  }

  /// The hash of a name, the same as of its bytes in a row.
  static func hash(_ text: String) -> UInt64 {
    let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 16)
    return padded.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { FastBytes.hash($0, bytes.count - 16) } ?? 0
    }
  }

  /// A way as it is shown: names are data and may be very long.
  public static func shown(_ way: JSONPointer) -> String {
    let text = JSONPointer(way.tokens.map { Phrase.shortened($0, to: 80) }).description
    return Phrase.shortened(text, to: 500)
  }
}
