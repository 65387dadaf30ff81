public import JSON

/// Tidies what cannot be seen: spaces, line ends, zero-width characters.
public struct WhitespaceStep: CleaningStep, CleaningRun, Equatable {
  public static let name = "whitespace"
  /// Whether spaces and line ends at both ends of a text go.
  public var trims: Bool
  /// Whether a run of spaces and tabs becomes one space, and more than two line ends become two.
  public var collapses: Bool
  /// Whether no-break, ideographic and other Unicode spaces become plain ones.
  public var plainSpaces: Bool
  /// Whether zero-width spaces and byte-order marks go. Joiners stay between letters and emoji that
  /// need them: U+200C and U+200D are taken only beside spaces or ends.
  public var dropsZeroWidth: Bool
  public var fields: FieldSelection

  public init(
    trims: Bool = true, collapses: Bool = true, plainSpaces: Bool = true,
    dropsZeroWidth: Bool = true, fields: FieldSelection = .all
  ) {
    self.trims = trims
    self.collapses = collapses
    self.plainSpaces = plainSpaces
    self.dropsZeroWidth = dropsZeroWidth
    self.fields = fields
  }

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(
      keys: ["trim", "collapse", "plain_spaces", "drop_zero_width", "fields"])
    self.init(fields: try FieldSelection(members["fields"]))
    if let flag = members["trim"] { trims = try flag.flag() }
    if let flag = members["collapse"] { collapses = try flag.flag() }
    if let flag = members["plain_spaces"] { plainSpaces = try flag.flag() }
    if let flag = members["drop_zero_width"] { dropsZeroWidth = try flag.flag() }
  }

  public var settings: [String: JSONValue] {
    [
      "trim": .bool(trims), "collapse": .bool(collapses), "plain_spaces": .bool(plainSpaces),
      "drop_zero_width": .bool(dropsZeroWidth), "fields": fields.json ?? .null,
    ]
  }

  public func begin() -> any CleaningRun { self }

  public func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
    var count = 0
    fields.change(&row) { _, text in
      let tidy = tidied(text)
      guard !tidy.utf8.elementsEqual(text.utf8) else { return nil }
      count += 1
      return tidy
    }
    return count > 0 ? .changed(["texts": count]) : .unchanged
  }

  /// The text with line ends as LF and its spaces as the settings want them.
  public func tidied(_ text: String) -> String {
    if WhitespaceStep.isPlainlyTidy(text) { return text }
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      // CR LF is one line end, and so is a CR alone.
      if !(isAfterReturn && scalar == "\n") { add(scalar, to: &scalars) }
      isAfterReturn = scalar == "\r"
    }
    if dropsZeroWidth { scalars = WhitespaceStep.withoutIdleJoiners(scalars) }
    if collapses { scalars = WhitespaceStep.collapsed(scalars) }
    if trims {
      let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\n" || scalar == "\t"
      }
      let start = scalars.firstIndex { !isBlank($0) } ?? scalars.endIndex
      let end = scalars.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
      scalars = Array(scalars[start..<end])
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Whether nothing could change, whatever the settings: a quick answer that errs towards false.
  private static func isPlainlyTidy(_ text: String) -> Bool {
    var previous: UInt8 = 0x20
    for byte in text.utf8 {
      switch byte {
      case 0x20: if previous == 0x20 { return false }
      // Control characters, and the first bytes of all the spaces and joiners that this looks for.
      case 0..<0x20, 0xC2, 0xE1, 0xE2, 0xE3, 0xEF: return false
      default: break
      }
      previous = byte
    }
    return previous != 0x20 || text.isEmpty
  }

  private func add(_ scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar]) {
    switch scalar.value {
    case 0x0D: scalars.append("\n")
    case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
      scalars.append(plainSpaces ? " " : scalar)
    case 0x200B, 0x2060, 0xFEFF: if !dropsZeroWidth { scalars.append(scalar) }
    default: scalars.append(scalar)
    }
  }

  private static func collapsed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var lineEnds = 0
    for scalar in scalars {
      switch scalar {
      case " ", "\t":
        if result.last != " " { result.append(" ") }
      case "\n":
        if result.last == " " { result.removeLast() }
        lineEnds = result.last == "\n" ? lineEnds + 1 : 1
        if lineEnds <= 2 { result.append("\n") }
      default: result.append(scalar)
      }
    }
    return result
  }

  private static func withoutIdleJoiners(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    func isIdle(_ index: Int) -> Bool {
      guard scalars.indices.contains(index) else { return true }
      return scalars[index].properties.isWhitespace
    }
    return scalars.indices.filter { index in
      let isJoiner = scalars[index].value == 0x200C || scalars[index].value == 0x200D
      return !(isJoiner && (isIdle(index - 1) || isIdle(index + 1)))
    }.map { scalars[$0] }
  }
}
