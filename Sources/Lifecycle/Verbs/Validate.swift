public import Datasets
public import JSON
public import JSONSchema
public import MLOpsCore
import SystemPackage

/// Checks files of rows against a schema.
public struct Validate: Sendable {
  /// What to check against, and how.
  public struct Settings: Sendable {
    /// A path or a reference.
    public var schema: String
    /// How many violations are described.
    public var maxErrors: Int
    /// Nil to tell by name and content.
    public var shape: RowShape?
    /// Nil for one a core.
    public var threads: Int?
    public var assertsFormats: Bool

    public init(
      schema: String, maxErrors: Int = 20, shape: RowShape? = nil, threads: Int? = nil,
      assertsFormats: Bool = true
    ) {
      self.schema = schema
      self.maxErrors = maxErrors
      self.shape = shape
      self.threads = threads
      self.assertsFormats = assertsFormats
    }
  }

  private let schemas: Schemas

  public init(schemas: Schemas = Schemas()) { self.schemas = schemas }

  /// One report an input, in order.
  ///
  /// - Throws: `DatasetsError` for an unreadable file or a malformed schema, `RegistryError` and
  ///   `LifecycleError` for one that is not there; invalid rows are part of the reports.
  public func run(_ inputs: [RowInput], _ settings: Settings, progress: ProgressHandler? = nil)
    throws -> [ValidationReport]
  {
    let (validator, columns) = try prepared(settings)
    return try inputs.map {
      try validator.validate(
        $0, columns: columns, shape: settings.shape, progress: progress)
    }
  }

  /// Hands out the result of every row in one of the specification's output formats.
  ///
  /// - Returns: whether all rows are valid.
  /// - Throws: as `run`.
  public func outputs(
    _ inputs: [RowInput], _ settings: Settings, format: SchemaOutputFormat,
    _ take: (JSONValue) -> Void
  ) throws -> Bool {
    let (validator, columns) = try prepared(settings)
    var isValid = true
    for input in inputs {
      let all = try validator.outputs(
        input, columns: columns, shape: settings.shape, format: format, take)
      isValid = isValid && all
    }
    return isValid
  }

  private func prepared(_ settings: Settings) throws -> (RecordValidator, ColumnTypings) {
    let document = try schemas.find(settings.schema)
    let schema = try schemas.library.compile(document, assertsFormats: settings.assertsFormats)
    let validator = RecordValidator(
      schema: schema, maxErrors: settings.maxErrors, threads: settings.threads)
    return (validator, ColumnTypings(declaredBy: schema, document.value))
  }
}
