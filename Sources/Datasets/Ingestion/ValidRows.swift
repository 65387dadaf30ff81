import SystemPackage

/// The rows of several files that match a schema.
struct ValidRows: ~Copyable, RowSource {
  private var inputs: ArraySlice<FilePath>
  private var reader: SourceReader?
  private var file = ""
  private let validator: RecordValidator
  private let columns: [String: TableTyping]

  init(_ inputs: [FilePath], validator: RecordValidator, columns: [String: TableTyping]) {
    self.inputs = inputs[...]
    self.validator = validator
    self.columns = columns
  }

  mutating func next() throws(DatasetsError) -> Row? {
    while true {
      if var open = reader.take() {
        while let row = try open.next() {
          guard validator.check(row, of: file).isEmpty else { continue }
          reader = consume open
          return row
        }
      }
      guard let input = inputs.popFirst() else { return nil }
      file = input.string
      reader = try SourceReader(input, format: try ValidRows.format(of: input, columns))
    }
  }

  /// Tables take the types that the schema declares; nil for what the path says.
  static func format(of input: FilePath, _ columns: [String: TableTyping]) throws(DatasetsError)
    -> SourceFormat?
  {
    guard input.string != "-", Files.isRegular(input),
      case .table(var options) = try SourceFormat(of: input)
    else { return nil }
    options.typing = .declared(columns)
    return .table(options)
  }
}
