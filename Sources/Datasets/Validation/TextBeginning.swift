import JSON
import MLOpsCore
import SystemPackage

/// The first bytes of a text of rows, and what they tell about it as a whole.
struct TextBeginning {
  let head: [UInt8]
  /// Whether the text is no longer.
  let isAll: Bool

  /// - Parameter isAll: Whether `head` is the whole text.
  init(_ head: [UInt8], isAll: Bool) {
    self.head = head
    self.isAll = isAll
  }

  /// Looks at a stream, from which nothing is taken.
  init(of stream: ByteStream) throws(DatasetsError) {
    let head = try stream.peek(atMost: RowShape.headSize)
    self.init(head, isAll: head.count < RowShape.headSize)
  }

  /// What the name and the beginning say of the rows.
  func shape(of path: FilePath) -> RowShape { RowShape(name: path, head: head, isAll: isAll) }

  /// Why the text cannot be read: it is UTF-16 or UTF-32, by its byte-order mark or its zeros, or it
  /// is packed in a way that is not undone.
  var unreadable: String? {
    if let packing {
      return "\(packing.what), which is not undone: unpack it first with \(packing.tool)"
    }
    guard let encoding else { return nil }
    return "the text is \(encoding), and rows are read as UTF-8: convert it with "
      + "iconv -f \(encoding) -t UTF-8"
  }

  /// What gzip and Zstandard begin with stands here only where one of them was undone already.
  private var packing: (what: String, tool: String)? {
    let marks: [([UInt8], String, String)] = [
      (
        [0x50, 0x4B, 0x03, 0x04], "it is a zip archive", "unzip; a workbook (.xlsx) is saved as CSV"
      ),
      (Array("BZh".utf8), "it is compressed with bzip2", "bunzip2"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "it is compressed with xz", "unxz"),
      ([0x1F, 0x8B], "it is compressed twice", "gunzip"),
      ([0x28, 0xB5, 0x2F, 0xFD], "it is compressed twice", "unzstd"),
    ]
    return marks.first { head.starts(with: $0.0) }.map { ($0.1, $0.2) }
  }

  private var encoding: String? {
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
      ([0xFE, 0xFF], "UTF-16"),
    ]
    if let marked = marks.first(where: { head.starts(with: $0.0) }) { return marked.1 }
    // Without a mark: every other byte of ASCII is zero, which no JSON or table has.
    let sample = head.prefix(64)
    guard sample.count >= 4 else { return nil }
    let pairs = sample.count / 2
    let first = (0..<pairs).count { sample[2 * $0] == 0 }
    let second = (0..<pairs).count { sample[2 * $0 + 1] == 0 }
    guard max(first, second) * 2 > pairs, min(first, second) == 0 else { return nil }
    return first > second ? "UTF-16BE" : "UTF-16LE"
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
