import JSON

/// A text with `{{field}}` where fields of a row go.
///
/// What a field brings in is not read again, so data cannot smuggle placeholders in.
struct PromptTemplate: Sendable {
  private enum Piece {
    case text(String)
    case field(String)
  }

  private let pieces: [Piece]

  init(_ template: String) {
    var pieces: [Piece] = []
    var rest = Substring(template)
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      pieces.append(.text(String(rest[..<open.lowerBound])))
      let name = rest[open.upperBound..<close.lowerBound]
      let trimmed = name.drop { $0 == " " }
      pieces.append(.field(String(trimmed.prefix { $0 != " " })))
      rest = rest[close.upperBound...]
    }
    pieces.append(.text(String(rest)))
    self.pieces = pieces
  }

  /// - Throws: `DatasetsError.unknownPlaceholder`.
  func filled(from row: [String: JSONValue]) throws(DatasetsError) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let literal): text += literal
      case .field(let name):
        guard let value = row[name] else {
          throw .unknownPlaceholder(name: name, fields: row.keys.sorted())
        }
        text += value.string ?? value.canonical
      }
    }
    return text
  }
}
