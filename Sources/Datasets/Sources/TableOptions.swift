/// How a table is written as text.
public struct TableOptions: Sendable, Equatable {
  /// What a field's text means.
  public enum Typing: Sendable, Equatable {
    /// Every field is a string.
    case text
    /// Fields are numbers, booleans or null where they read like one.
    case guessed
    /// By the name of the column; others are strings.
    case declared([String: TableTyping])
  }

  /// Between fields: an ASCII character other than a quote or line end.
  public var separator: UInt8
  /// Whether a field that begins with `"` ends with the next `"` that is not doubled.
  public var hasQuotes: Bool
  /// The names of the columns; nil where the first record has them.
  public var columns: [String]?
  public var typing: Typing

  public init(
    separator: UInt8 = UInt8(ascii: ","), hasQuotes: Bool = true, columns: [String]? = nil,
    typing: Typing = .text
  ) {
    self.separator = separator
    self.hasQuotes = hasQuotes
    self.columns = columns
    self.typing = typing
  }

  /// RFC 4180.
  public static let csv = TableOptions()
  /// `text/tab-separated-values` as IANA registered it: tabs, and no quoting.
  public static let tsv = TableOptions(separator: 0x09, hasQuotes: false)
}
