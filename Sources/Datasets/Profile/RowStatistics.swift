public import JSON
public import SystemPackage

/// What the rows of a dataset are like: which fields there are, their types, lengths, numbers and
/// labels. Memory is bounded: by the number of fields, of which at most 1,000 are looked at.
public struct RowStatistics: Sendable, Equatable {
  /// Rows that are JSON.
  public private(set) var rows = 0
  /// Rows that are no JSON.
  public private(set) var defective = 0
  /// Rows that say that they were made from another.
  public private(set) var synthetic = 0
  /// Values in fields that were not looked at, since there were too many.
  public private(set) var unseen = 0
  private var byPointer: [String: FieldStatistics] = [:]
  private let mark: String

  /// How deep members of objects are looked at.
  private static let depth = 4
  private static let fieldLimit = 1000

  /// - Parameter mark: The member that marks synthetic rows.
  public init(mark: String = RowMark.defaultName) { self.mark = mark }

  /// One pass over a file.
  public init(
    file: FilePath, format: SourceFormat? = nil, mark: String = RowMark.defaultName
  ) throws(DatasetsError) {
    self.init(mark: mark)
    var source = try SourceReader(file, format: format)
    while let row = try source.next() {
      if case .success(let value) = row.content { add(value) } else { addDefective() }
    }
  }

  public mutating func add(_ row: JSONValue) {
    rows += 1
    if RowMark(of: row, name: mark) != nil { synthetic += 1 }
    note(row, at: .root, depth: 0)
  }

  mutating func addDefective() { defective += 1 }

  /// Sorted by pointer.
  public var fields: [FieldStatistics] { byPointer.values.sorted { $0.pointer < $1.pointer } }

  public func field(_ pointer: String) -> FieldStatistics? { byPointer[pointer] }

  /// Rows without a field.
  public func missing(_ field: FieldStatistics) -> Int { rows - field.rows }

  /// - Parameter labels: How many of the most frequent labels are shown.
  public func json(labels: Int = 20) -> JSONValue {
    var object: [String: JSONValue] = [
      "rows": .integer(rows), "defective": .integer(defective), "unseen": .integer(unseen),
      "fields": .array(fields.map { $0.json(of: rows, labels: labels) }),
    ]
    if synthetic > 0 { object["synthetic"] = .integer(synthetic) }
    return .object(object)
  }

  private mutating func note(_ value: JSONValue, at pointer: JSONPointer, depth: Int) {
    if depth > 0 {
      let text = pointer.description
      if byPointer[text] == nil {
        guard byPointer.count < RowStatistics.fieldLimit else {
          unseen += 1
          return
        }
        byPointer[text] = FieldStatistics(pointer: text)
      }
      byPointer[text]?.note(value)
    }
    guard depth < RowStatistics.depth, let members = value.object else { return }
    // In order, so that with too many fields it is the same ones in every run.
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      note(member, at: pointer.appending(name), depth: depth + 1)
    }
  }
}
