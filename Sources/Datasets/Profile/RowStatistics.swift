public import JSON
public import SystemPackage

/// What the rows of a dataset are like: which fields there are, their types, lengths, numbers and
/// labels, and what is asked and answered where they are conversations. Memory is bounded: by the
/// number of fields, of which at most 1,000 are looked at.
public struct RowStatistics: Sendable, Equatable {
  /// Rows that are JSON.
  public private(set) var rows = 0
  /// Rows that are no JSON.
  public private(set) var defective = 0
  /// Rows that say that they were made from another.
  public private(set) var synthetic = 0
  private var table = FieldTable()
  private var parts = FieldTable()
  private let mark: String

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
    table.note(row)
    ConversationParts(row)?.note(in: &parts)
  }

  mutating func addDefective() { defective += 1 }

  /// Sorted by pointer.
  public var fields: [FieldStatistics] { table.fields }

  public func field(_ pointer: String) -> FieldStatistics? { table.byPointer[pointer] }

  /// What conversations ask and answer, under names that are no pointers: `question` and `answer`, or
  /// `chosen` and `rejected`; of answers that are JSON objects the members too, as `answer/label`.
  /// Empty where no row is a conversation.
  public var conversation: [FieldStatistics] {
    parts.fields.sorted {
      ConversationParts.order($0.pointer) < ConversationParts.order($1.pointer)
    }
  }

  /// Values in fields that were not looked at, since there were too many.
  public var unseen: Int { table.unseen + parts.unseen }

  /// Rows without a field.
  public func missing(_ field: FieldStatistics) -> Int { rows - field.rows }

  /// - Parameter labels: How many of the most frequent labels are shown.
  public func json(labels: Int = 20) -> JSONValue {
    var object: [String: JSONValue] = [
      "rows": .integer(rows), "defective": .integer(defective), "unseen": .integer(unseen),
      "fields": .array(fields.map { $0.json(of: rows, labels: labels) }),
    ]
    let conversation = conversation
    if !conversation.isEmpty {
      object["conversation"] = .array(conversation.map { $0.json(of: rows, labels: labels) })
    }
    if synthetic > 0 { object["synthetic"] = .integer(synthetic) }
    return .object(object)
  }
}
