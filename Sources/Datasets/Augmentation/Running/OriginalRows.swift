import JSON
import SystemPackage

/// The rows of a file with what they are to augmentation.
///
/// A class, since a reader that cannot be copied would have to be lent across suspensions.
final class OriginalRows {
  enum Row {
    case original(SourceRow)
    /// A row that has a mark already, or something else under that name.
    case synthetic(JSONValue)
    case defective(RowDefect)
  }

  private var source: SourceReader
  private let mark: String

  init(_ path: FilePath, mark: String) throws(DatasetsError) {
    source = try SourceReader(path)
    self.mark = mark
  }

  func next() throws(DatasetsError) -> Row? {
    guard let row = try source.next() else { return nil }
    switch row.content {
    case .failure(let defect): return .defective(defect)
    case .success(let value):
      return value[mark] == nil
        ? .original(SourceRow(line: row.line, value: value)) : .synthetic(value)
    }
  }
}
