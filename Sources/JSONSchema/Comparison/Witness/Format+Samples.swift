extension Format {
  /// Texts of the format, and some that are nearly.
  var samples: [String] {
    switch self {
    case .date: ["2026-03-31", "2026-02-30"]
    case .time: ["09:30:00Z", "09:30"]
    case .dateTime: ["2026-03-31T09:30:00Z", "2026-03-31 09:30"]
    case .duration: ["P1D", "1 day"]
    case .email, .idnEmail: ["a@b.co", "가@b.co", "a@"]
    case .hostname, .idnHostname: ["b.co", "가.co", "-b"]
    case .ipv4: ["192.0.2.1", "192.0.2.256", "1.1.1.1", "255.255.255.255"]
    case .ipv6:
      ["2001:db8::1", "2001:db8", "::", "2001:0db8:ffff:ffff:ffff:ffff:255.255.255.255"]
    case .uri, .iri: ["https://b.co/a", "https://b.co/가", "a/b"]
    case .uriReference, .iriReference: ["/a", "/가", "https://b.co/a", "\\"]
    case .uriTemplate: ["/a/{b}", "/a/{"]
    case .uuid: ["123e4567-e89b-12d3-a456-426614174000", "123e4567"]
    case .jsonPointer: ["/a/0", "a"]
    case .relativeJSONPointer: ["1/a", "/a"]
    case .regex: ["^a$", "("]
    }
  }

  /// A text of the format that has a length, in characters; nil where none is known.
  func sample(ofLength length: Int) -> String? {
    func padded(_ head: String, _ filler: Character, _ tail: String = "") -> String? {
      let count = length - head.count - tail.count
      return count > 0 ? head + String(repeating: filler, count: count) + tail : nil
    }
    switch self {
    case .time: return padded("09:30:00.", "0", "Z")
    case .dateTime: return padded("2026-03-31T09:30:00.", "0", "Z")
    case .duration: return padded("P", "1", "D")
    case .email, .idnEmail:
      // What stands before the sign has 64 characters at most.
      return length <= 69 ? padded("", "a", "@b.co") : padded("a@", "b", ".co")
    case .hostname, .idnHostname:
      return length <= 63 ? padded("", "b") : nil
    case .uri, .iri: return padded("https://b.co/", "a")
    case .uriReference, .iriReference, .uriTemplate, .jsonPointer: return padded("/", "a")
    case .relativeJSONPointer: return padded("1/", "a")
    case .regex: return padded("", "a")
    case .date, .ipv4, .ipv6, .uuid: return nil
    }
  }
}
