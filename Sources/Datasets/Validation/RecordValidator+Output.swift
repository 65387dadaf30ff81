public import JSON
public import JSONSchema
import MLOpsCore

extension RecordValidator {
  /// Hands out the result of every row in one of the specification's output formats, as
  /// `{"file", "line", "valid", …}`; a row that is no JSON has an `error` and no location.
  ///
  /// - Parameters:
  ///   - columns: what the columns of tables and databases mean.
  ///   - shape: nil to tell by name and content.
  /// - Returns: whether all rows are valid.
  /// - Throws: those of `validate`.
  public func outputs(
    _ input: RowInput, columns: ColumnTypings, shape: RowShape? = nil, format: SchemaOutputFormat,
    _ take: (JSONValue) -> Void
  ) throws(DatasetsError) -> Bool {
    var isValid = true
    func note(_ row: Row) {
      let output = self.output(row, of: input.label, format)
      if output["valid"] != true { isValid = false }
      take(output)
    }
    guard let shape, let path = input.path else {
      var reader = try SourceReader(input, columns, lineLimit: RecordValidator.lineLimit)
      while let row = try reader.next() { note(row) }
      return isValid
    }
    if shape == .document {
      note(Row(line: 1, bytes: try ByteStream(path).rest(limit: RecordValidator.documentLimit)))
      return isValid
    }
    var reader = try SourceReader(
      path, format: shape.format(columns.texts), lineLimit: RecordValidator.lineLimit)
    while let row = try reader.next() { note(row) }
    return isValid
  }

  private func output(_ row: Row, of file: String, _ format: SchemaOutputFormat) -> JSONValue {
    var members: [String: JSONValue]
    switch row.content {
    case .success(let value): members = schema.output(value, format: format).object ?? [:]
    case .failure(let defect): members = ["valid": false, "error": .string(defect.reason)]
    }
    members["file"] = .string(file)
    members["line"] = .integer(row.line)
    return .object(members)
  }
}

extension RowShape {
  /// How files of the shape are read.
  fileprivate func format(_ typing: TableOptions.Typing) -> SourceFormat {
    func table(_ options: TableOptions) -> SourceFormat {
      var options = options
      options.typing = typing
      return .table(options)
    }
    return switch self {
    case .ndjson: .ndjson
    case .array, .document: .json
    case .csv: table(.csv)
    case .tsv: table(.tsv)
    }
  }
}
