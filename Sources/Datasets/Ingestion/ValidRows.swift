/// The rows of several files that match a schema.
struct ValidRows: ~Copyable, RowSource {
  private var inputs: ArraySlice<RowInput>
  private var reader: SourceReader?
  private var file = ""
  private let validator: RecordValidator
  private let columns: ColumnTypings

  init(_ inputs: [RowInput], validator: RecordValidator, columns: ColumnTypings) {
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
      file = input.label
      reader = try SourceReader(input, columns)
    }
  }
}
