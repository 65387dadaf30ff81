import Foundation
import JSON
import MLOpsCore

/// Text from outside inside an HTML page.
enum HTMLText {
  /// For content and for quoted attributes. Line ends and tabs stay; other control characters and
  /// marks that turn the order of letters around are written out. Longer texts end in `…`.
  static func escape(_ text: String, limit: Int = 2_000) -> String {
    cut(text, limit).split(separator: "\n", omittingEmptySubsequences: false)
      .map { escapeLine(TerminalText.escaped(String($0))) }.joined(separator: "\n")
  }

  /// The beginning of a text, with `…` where more followed.
  static func cut(_ text: String, _ limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }

  private static func escapeLine(_ line: String) -> String {
    var result = ""
    for scalar in line.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{FEFF}": result += "\\u{feff}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A value for `<script type="application/json">`: nothing in it can end the element or begin a
  /// comment, and what turns the order of letters around is written out.
  static func json(_ value: JSONValue) -> String {
    var result = ""
    for scalar in value.canonical.unicodeScalars {
      // Outside of strings JSON has none of these.
      switch scalar {
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      case _ where isObeyed(scalar):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Control characters, marks of direction and separators of lines.
  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      true
    default: false
    }
  }

  /// What a Content-Security-Policy calls a text that it lets run: `'sha256-…'`.
  static func source(of text: String) -> String {
    let digits = Array(Digest(of: text.utf8).hex.utf8)
    let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
      UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) ?? 0
    }
    return "'sha256-\(Data(bytes).base64EncodedString())'"
  }
}
