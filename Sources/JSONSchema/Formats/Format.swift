/// The formats that can be asserted; all others are annotations.
enum Format: String, Sendable, CaseIterable {
  case date
  case time
  case dateTime = "date-time"
  case duration
  case email
  case idnEmail = "idn-email"
  case hostname
  case idnHostname = "idn-hostname"
  case ipv4
  case ipv6
  case uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case uuid
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex

  var phrase: String {
    switch self {
    case .date: "a date such as 2026-03-31"
    case .time: "a time such as 09:30:00Z"
    case .dateTime: "a date and time such as 2026-03-31T09:30:00Z"
    case .duration: "a duration such as P1DT12H"
    case .email: "an e-mail address"
    case .idnEmail: "an e-mail address, internationalised or not"
    case .hostname: "a host name"
    case .idnHostname: "a host name, internationalised or not"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri: "a URI such as https://example.org/a"
    case .uriReference: "a URI or a relative reference"
    case .iri: "an IRI such as https://example.org/a"
    case .iriReference: "an IRI or a relative reference"
    case .uriTemplate: "a URI template such as /users/{id}"
    case .uuid: "a UUID"
    case .jsonPointer: "a JSON Pointer such as /a/0"
    case .relativeJSONPointer: "a relative JSON Pointer such as 1/a"
    case .regex: "a regular expression of ECMA-262"
    }
  }

  func admits(_ text: String) -> Bool {
    switch self {
    case .date: TimeFormats.isDate(Array(text.utf8))
    case .time: TimeFormats.isTime(Array(text.utf8)[...])
    case .dateTime: TimeFormats.isDateTime(Array(text.utf8))
    case .duration: TimeFormats.isDuration(Array(text.utf8))
    case .email: EmailFormats.isEmail(text, isInternational: false)
    case .idnEmail: EmailFormats.isEmail(text, isInternational: true)
    case .hostname: HostFormats.isHostname(text)
    case .idnHostname: HostFormats.isInternationalHostname(text)
    case .ipv4: AddressFormats.isIPv4(Array(text.utf8)[...])
    case .ipv6: AddressFormats.isIPv6(Array(text.utf8)[...])
    case .uri: URIFormats(isInternational: false).isAbsolute(text)
    case .uriReference: URIFormats(isInternational: false).isReference(text)
    case .iri: URIFormats(isInternational: true).isAbsolute(text)
    case .iriReference: URIFormats(isInternational: true).isReference(text)
    case .uriTemplate: URITemplateFormat.admits(text)
    case .uuid: Format.isUUID(Array(text.utf8))
    case .jsonPointer: PointerFormats.isPointer(Array(text.utf8)[...])
    case .relativeJSONPointer: PointerFormats.isRelativePointer(Array(text.utf8))
    case .regex: Pattern.isExpression(text)
    }
  }

  /// RFC 4122, section 3, of any version.
  private static func isUUID(_ bytes: [UInt8]) -> Bool {
    bytes.count == 36
      && bytes.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : byte.isHexDigit
      }
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
}
