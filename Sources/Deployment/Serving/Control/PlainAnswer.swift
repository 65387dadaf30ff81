import JSON

/// An HTTP/1.1 answer whose body ends with its connection.
struct PlainAnswer {
  let status: Int
  private let fields: [Substring]
  private let body: [UInt8]

  /// Takes everything that came; nil where that is no HTTP.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return nil
    }
    self.status = status
    fields = Array(lines.dropFirst())
    body = Array(bytes[end.upperBound...])
  }

  /// The value of a header.
  subscript(name: String) -> String? {
    for field in fields {
      let parts = field.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name {
        return parts[1].trimmingPrefix(" ").description
      }
    }
    return nil
  }

  /// The body; null where it is not JSON.
  var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
}
