import JSON
import SystemPackage

/// How rows lie in a file.
public enum RowShape: String, Sendable, CaseIterable {
  /// One a line.
  case ndjson
  /// The elements of one JSON array.
  case array
  /// The whole file is one value.
  case document = "json"
  /// A table with a header; see `TableOptions.csv`.
  case csv
  /// A table with a header; see `TableOptions.tsv`.
  case tsv

  /// Told by the name (`.gz` and `.zst` aside), else by the beginning: `[` begins an array, and a
  /// first line that is no whole value begins a document. A table is told by its name alone, and a
  /// text of nothing has no rows, as a program writes that found none.
  ///
  /// - Parameter head: the first bytes, decompressed.
  /// - Parameter isAll: whether they are all there is.
  init(name: FilePath, head: [UInt8], isAll: Bool) {
    let name = RowShape.plainName(name)
    switch name.split(separator: ".").last {
    case "ndjson", "jsonl":
      self = .ndjson
      return
    case "csv":
      self = .csv
      return
    case "tsv", "tab":
      self = .tsv
      return
    default: break
    }
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    let content = text.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    if content.isEmpty, isAll {
      self = .ndjson
      return
    }
    if content.first == UInt8(ascii: "[") {
      self = .array
      return
    }
    let line = content.prefix { $0 != 0x0A }
    // A first line longer than what was looked at is a row, not the beginning of a document.
    if line.endIndex == head.endIndex, !isAll {
      self = .ndjson
    } else {
      self = (try? JSONValue(parsing: Array(line))) == nil ? .document : .ndjson
    }
  }

  /// What a file's name and its beginning tell.
  init(of stream: ByteStream) throws(DatasetsError) {
    let head = try stream.peek(atMost: RowShape.headSize)
    self.init(name: stream.path, head: head, isAll: head.count < RowShape.headSize)
  }

  /// Bytes of the beginning that are looked at.
  static let headSize = 64 << 10

  /// A file's name in small letters, without what compression adds.
  static func plainName(_ path: FilePath) -> String {
    var name = path.lastComponent?.string.lowercased() ?? ""
    for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
    return name
  }
}
