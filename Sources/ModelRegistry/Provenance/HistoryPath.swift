/// The parts of a path in the history, checked as git checks them.
enum HistoryPath {
  static func parts(of path: String) throws(HistoryError) -> [[UInt8]] {
    let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).map(Array.init)
    for part in parts {
      let text = String(decoding: part, as: UTF8.self)
      if part.isEmpty || part.contains(0) || text == "." || text == ".."
        || text.lowercased() == ".git"
      {
        throw .invalidPath(path)
      }
    }
    return parts
  }
}

/// How a tag is spelled as the name of a git reference.
///
/// Names of artifacts allow what git's reference names do not: two dots in a row, a trailing dot or
/// `.lock`. Such bytes are written `%2E`, so that a name can never stop the history.
enum TagName {
  static func reference(for tag: String) -> String { "refs/tags/\(encoded(tag))" }

  static func encoded(_ tag: String) -> String {
    var bytes: [UInt8] = []
    let source = Array(tag.utf8)
    for (index, byte) in source.enumerated() {
      if isAllowed(byte, at: index, in: source) {
        bytes.append(byte)
      } else {
        let digits = Array("0123456789ABCDEF".utf8)
        bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return bytes.isEmpty ? "%" : String(decoding: bytes, as: UTF8.self)
  }

  private static func isAllowed(_ byte: UInt8, at index: Int, in tag: [UInt8]) -> Bool {
    switch byte {
    case 0x2E:  // '.'
      index > 0 && index < tag.count - 1 && tag[index - 1] != 0x2E
        && !(tag.count - index == 5 && tag[index...].elementsEqual(".lock".utf8))
    case 0x40:  // '@': a reference of this alone, and '@{', mean something else
      tag.count > 1 && !(index + 1 < tag.count && tag[index + 1] == 0x7B)
    case 0x2D:  // '-': 'git tag -x' would be an option
      index > 0
    case 0x23, 0x2B, 0x5F, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: byte >= 0x80
    }
  }
}
