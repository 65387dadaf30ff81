import JSON
import MLOpsCore
import SystemPackage

/// The first bytes of a text of rows, and what they tell about it as a whole.
struct TextBeginning {
  private let head: [UInt8]
  /// Whether the text is no longer.
  private let isAll: Bool

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

  /// Why the text cannot be read: it is UTF-16 or UTF-32, by its byte-order mark or its zeros.
  var foreignEncoding: String? {
    guard let encoding else { return nil }
    return "the text is \(encoding), and rows are read as UTF-8: convert it with "
      + "iconv -f \(encoding) -t UTF-8"
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

  /// What may be the matter with the text as a whole.
  ///
  /// - Parameters:
  ///   - report: What was found.
  ///   - shape: How it was read.
  ///   - isTold: Whether its name and beginning decided that.
  func hints(on report: ValidationReport, readAs shape: RowShape, isTold: Bool) -> [String] {
    if isAll, head.allSatisfy(TextBeginning.isSpace) {
      return [head.isEmpty ? "the file is empty" : "the file has nothing but blank lines"]
    }
    guard shape == .ndjson, report.groups.contains(where: { $0.keyword == "syntax" }) else {
      return []
    }
    if endsLinesWithReturns {
      return [
        "its lines end with a carriage return alone, which ends no row: convert them with "
          + #"tr '\r' '\n'"#
      ]
    }
    guard let better = documentShape else { return [] }
    let why = isTold ? " (its name says one row a line)" : ""
    return [
      "the file \(isAll ? "is" : "seems to be") one JSON value over several lines\(why): read it with "
        + "--shape \(better.rawValue)"
    ]
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private var endsLinesWithReturns: Bool {
    !head.contains(0x0A) && head.dropLast().contains(0x0D)
  }

  /// How a text is to be read that is one value; nil where it is not, or not to be seen.
  private var documentShape: RowShape? {
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    let content = text.drop(while: TextBeginning.isSpace)
    let shape: RowShape = content.first == UInt8(ascii: "[") ? .array : .document
    if isAll { return (try? JSONValue(parsing: Array(text))) == nil ? nil : shape }
    // Of a longer text: the first line opens what only later ones close.
    let line = content.prefix { $0 != 0x0A }.filter { !TextBeginning.isSpace($0) }
    return line == [UInt8(ascii: "{")] || line == [UInt8(ascii: "[")] ? shape : nil
  }
}
