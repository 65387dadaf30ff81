import JSON

/// What a text encodes: `contentEncoding`, `contentMediaType` and `contentSchema`.
///
/// - SeeAlso: JSON Schema Validation 2020-12, section 8.
struct Content: Sendable {
  let encoding: String?
  let mediaType: String?
  let schema: SchemaNode.ID?

  /// The bytes that a text encodes: nil where it is not in the encoding. Encodings other than base64
  /// are not looked into.
  func decoded(_ text: String) -> [UInt8]? {
    encoding?.lowercased() == "base64" ? Content.base64(text) : Array(text.utf8)
  }

  /// Whether the media type says that the bytes are a JSON text.
  var isJSON: Bool {
    guard let mediaType else { return false }
    let name = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    let isReadable = encoding.map {
      ["base64", "7bit", "8bit", "binary"].contains($0.lowercased())
    }
    return (isReadable ?? true) && (name == "application/json" || name.hasSuffix("+json"))
  }

  /// RFC 4648, section 4: whole groups of four with padding, nothing else.
  private static func base64(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count % 4 == 0 else { return nil }
    let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
    var decoded: [UInt8] = []
    var group: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      var digit: UInt32 = 0
      switch byte {
      case 0x41...0x5A: digit = UInt32(byte) - 0x41
      case 0x61...0x7A: digit = UInt32(byte) - 0x61 + 26
      case 0x30...0x39: digit = UInt32(byte) - 0x30 + 52
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      case UInt8(ascii: "=") where index >= bytes.count - padding: break
      default: return nil
      }
      group = group << 6 | digit
      guard index % 4 == 3 else { continue }
      decoded += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
      group = 0
    }
    return Array(decoded.dropLast(padding))
  }
}

extension Evaluator {
  mutating func checkContent(
    _ content: Content, _ assertion: Assertion, _ node: SchemaNode, _ text: String
  ) -> Bool {
    guard let bytes = content.decoded(text) else {
      return report(
        node, ["contentEncoding"], "contentEncoding", "text in base64", Phrase.quoted(text))
    }
    guard content.isJSON else { return true }
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      return report(
        node, ["contentMediaType"], "contentMediaType", "a JSON text",
        "\(Phrase.quoted(text)) (\(error.reason))")
    }
    guard let schema = content.schema else { return true }
    var ignored = Evaluated()
    return adjoin(schema, from: node, value, &ignored)
  }
}
