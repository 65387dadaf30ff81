import JSON

/// Reads an array as PostgreSQL writes it: `{1,NULL,"a \"b\""}`, `{{1,2},{3,4}}`.
///
/// - SeeAlso: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
struct PostgresArrayLiteral {
  /// Servers have at most 6 dimensions.
  private static let depthLimit = 8

  private let text: [UInt8]
  private let element: PostgresType
  private var position = 0

  init(_ text: String, _ element: PostgresType) {
    self.text = Array(text.utf8)
    self.element = element
    // Bounds that do not begin at 1 stand before: [2:3]={…}.
    if self.text.first == UInt8(ascii: "["), let equals = self.text.firstIndex(of: 0x3D) {
      position = equals + 1
    }
  }

  mutating func cell() -> Cell {
    guard next == UInt8(ascii: "{") else { return .defect("holds an array that is not read") }
    switch array(depth: 1) {
    case .value(let value) where position == text.count: return .value(value)
    case .value: return .defect("holds an array that is not read")
    case let other: return other
    }
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  /// An array whose brace is the next byte.
  private mutating func array(depth: Int) -> Cell {
    guard depth <= PostgresArrayLiteral.depthLimit else {
      return .defect("holds an array of too many dimensions")
    }
    position += 1
    var elements: [JSONValue] = []
    if next == UInt8(ascii: "}") {
      position += 1
      return .value(.array([]))
    }
    while let byte = next {
      let cell: Cell
      if byte == UInt8(ascii: "{") {
        cell = array(depth: depth + 1)
      } else if byte == UInt8(ascii: "\"") {
        cell = element.cell(quoted())
      } else {
        let word = plain()
        cell = word == "NULL" ? .value(.null) : element.cell(word)
      }
      switch cell {
      case .value(let value): elements.append(value)
      case .bytes: return .defect("holds an array of bytes, which JSON has no value for")
      default: return cell
      }
      switch next {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .value(.array(elements))
      default: return .defect("holds an array that is not read")
      }
    }
    return .defect("holds an array that is not read")
  }

  private mutating func quoted() -> String {
    position += 1
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\"), let escaped = next {
        bytes.append(escaped)
        position += 1
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func plain() -> String {
    let start = position
    while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self)
  }
}
