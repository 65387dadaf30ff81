import JSON

/// Gives the texts of a table types, column by column, as pandas does for the harness: a column is
/// whole numbers, numbers or truth values where all of it is, else texts; nothing there is null.
struct TableColumns {
  let rows: [JSONValue]

  private enum Kind { case whole, fraction, flag, text }

  /// What pandas takes for nothing.
  private static let nothing: Set<String> = [
    "", " ", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
  ]
  private static let flags = [
    "True": true, "TRUE": true, "true": true, "False": false, "FALSE": false, "false": false,
  ]

  /// - Parameter rows: Objects of texts.
  init(_ rows: [JSONValue]) {
    let names = Set(rows.flatMap { $0.object.map { Array($0.keys) } ?? [] })
    var kinds: [String: Kind] = [:]
    for name in names { kinds[name] = TableColumns.kind(of: rows.map { $0[name]?.string }) }
    self.rows = rows.map { row in
      .object(
        Dictionary(
          uniqueKeysWithValues: names.map { name in
            (name, TableColumns.value(row[name]?.string, kinds[name] ?? .text))
          }))
    }
  }

  private static func kind(of texts: [String?]) -> Kind {
    let present = texts.compactMap { $0 }.filter { !nothing.contains($0) }
    guard !present.isEmpty else { return .text }
    if present.allSatisfy({ flags[$0] != nil }) { return .flag }
    // A whole number beside nothing is a float there.
    if present.allSatisfy({ whole($0) != nil }) {
      return present.count == texts.count ? .whole : .fraction
    }
    return present.allSatisfy { number($0) != nil } ? .fraction : .text
  }

  private static func value(_ text: String?, _ kind: Kind) -> JSONValue {
    guard let text, !nothing.contains(text) else { return .null }
    switch kind {
    case .whole: return whole(text).map { .integer($0) } ?? .string(text)
    case .flag: return flags[text].map { .bool($0) } ?? .string(text)
    case .text: return .string(text)
    case .fraction:
      // Written with a point, so that it is read as a float again.
      guard let number = number(text) else { return .string(text) }
      return (try? JSONValue(parsing: number.description)) ?? .string(text)
    }
  }

  private static func whole(_ text: String) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D } ? Int(text) : nil
  }

  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }
}
