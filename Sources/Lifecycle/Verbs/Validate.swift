public import Datasets
import JSONSchema
public import MLOpsCore
public import SystemPackage

/// Checks files of rows against a schema.
public struct Validate: Sendable {
  /// What to check against, and how.
  public struct Settings: Sendable {
    public var schema: FilePath
    /// How many violations are described.
    public var maxErrors: Int
    /// Nil to tell by name and content.
    public var shape: RowShape?
    /// Nil for one a core.
    public var threads: Int?
    public var assertsFormats: Bool

    public init(
      schema: FilePath, maxErrors: Int = 20, shape: RowShape? = nil, threads: Int? = nil,
      assertsFormats: Bool = true
    ) {
      self.schema = schema
      self.maxErrors = maxErrors
      self.shape = shape
      self.threads = threads
      self.assertsFormats = assertsFormats
    }
  }

  public init() {}

  /// One report an input, in order.
  ///
  /// - Throws: `DatasetsError` for an unreadable file or a malformed schema; invalid rows are part
  ///   of the reports.
  public func run(_ inputs: [RowInput], _ settings: Settings, progress: ProgressHandler? = nil)
    throws -> [ValidationReport]
  {
    let validator = RecordValidator(
      schema: try SchemaFile.load(settings.schema, assertFormats: settings.assertsFormats),
      maxErrors: settings.maxErrors, threads: settings.threads)
    let columns = ColumnTypings(declaredBy: try SchemaFile.document(settings.schema).value)
    return try inputs.map {
      try validator.validate(
        $0, columns: columns, shape: settings.shape, progress: progress)
    }
  }
}
