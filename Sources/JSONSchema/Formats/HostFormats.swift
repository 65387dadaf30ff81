/// Host names: ASCII ones (RFC 1123, section 2.1) and internationalised ones (RFC 5890).
enum HostFormats {
  /// Labels of letters, digits and hyphens; those that begin with `xn--` must stand for a valid
  /// internationalised label.
  static func isHostname(_ text: String) -> Bool {
    guard text.utf8.count <= 253 else { return false }
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map(Array.init)
    var decoded: [[Unicode.Scalar]] = []
    for label in labels {
      guard isPlain(label), let scalars = unicode(label) else { return false }
      decoded.append(scalars)
    }
    return InternationalLabel.keepBidiRule(decoded)
  }

  /// Labels in ASCII or in Unicode, separated by any of the four full stops of RFC 3490.
  static func isInternationalHostname(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    let labels = scalars.split(omittingEmptySubsequences: false) {
      [0x2E, 0x3002, 0xFF0E, 0xFF61].contains($0.value)
    }
    var decoded: [[Unicode.Scalar]] = []
    var length = -1
    for label in labels.map(Array.init) {
      let bytes: [UInt8]
      if label.allSatisfy(\.isASCII) {
        bytes = label.map { UInt8($0.value) }
        guard isPlain(bytes), let scalars = unicode(bytes) else { return false }
        decoded.append(scalars)
      } else {
        // Counted first: encoding a label is quadratic in its length.
        guard label.count <= 63, InternationalLabel.isValid(label) else { return false }
        bytes = prefix + Punycode.encoded(label)
        guard bytes.count <= 63 else { return false }
        decoded.append(label)
      }
      length += bytes.count + 1
    }
    return length <= 253 && InternationalLabel.keepBidiRule(decoded)
  }

  private static let prefix = Array("xn--".utf8)

  private static func isPlain(_ label: [UInt8]) -> Bool {
    (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
      && label.last != UInt8(ascii: "-")
      && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
  }

  /// What a plain label stands for: itself, or what comes after `xn--`; nil where that is invalid or
  /// not the one way to write it.
  private static func unicode(_ label: [UInt8]) -> [Unicode.Scalar]? {
    guard label.count >= 4, label.prefix(2).map({ $0 | 0x20 }) == prefix.prefix(2).map({ $0 }),
      label[2] == prefix[2], label[3] == prefix[3]
    else { return label.map { Unicode.Scalar($0) } }
    guard let scalars = Punycode.decoded(label[4...]), scalars.contains(where: { !$0.isASCII }),
      Punycode.encoded(scalars).elementsEqual(label[4...]), InternationalLabel.isValid(scalars)
    else { return nil }
    return scalars
  }
}
