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

  /// One report an input, in order. Of several inputs, one that cannot be read has a report that says
  /// so, and the others are checked.
  ///
  /// - Parameter reportsOnlyInput: Whether the only input has a report too where it cannot be read.
  /// - Throws: `DatasetsError` for a malformed schema, and for an unreadable file where it is the only
  ///   input; `RegistryError` and `LifecycleError` for a schema that is not there; what cancels.
  ///   Invalid rows are part of the reports.
  public func run(
    _ inputs: [RowInput], _ settings: Settings, reportsOnlyInput: Bool = false,
    progress: ProgressHandler? = nil
  ) throws -> [ValidationReport] {
    let (validator, columns) = try prepared(settings)
    return try inputs.map { input in
      do {
        return try validator.validate(
          input, columns: columns, shape: settings.shape, progress: progress)
      } catch {
        let isOnly = inputs.count == 1 && !reportsOnlyInput
        return ValidationReport(
          file: input.label, failure: try Validate.failure(error, isOnly: isOnly))
      }
    }
  }

  /// Hands out the result of every row in one of the specification's output formats.
  ///
  /// - Parameter fail: gets why one of several inputs could not be read, or not to its end; it counts
  ///   as not valid, and the next follows.
  /// - Returns: whether all rows are valid.
  /// - Throws: as `run`.
  public func outputs(
    _ inputs: [RowInput], _ settings: Settings, format: SchemaOutputFormat,
    fail: (FailureReport) -> Void, _ take: (JSONValue) -> Void
  ) throws -> Bool {
    let (validator, columns) = try prepared(settings)
    var isValid = true
    for input in inputs {
      do {
        let all = try validator.outputs(
          input, columns: columns, shape: settings.shape, format: format, take)
        isValid = isValid && all
      } catch {
        fail(try Validate.failure(error, isOnly: inputs.count == 1))
        isValid = false
      }
    }
    return isValid
  }

  /// What is told of an input that cannot be read.
  ///
  /// - Throws: the error itself, where nothing else is left to do.
  private static func failure(_ error: any Error, isOnly: Bool) throws -> FailureReport {
    let failure = FailureReport(error)
    if isOnly || failure.kind == .cancelled { throw error }
    return failure
  }

  private func prepared(_ settings: Settings) throws -> (RecordValidator, ColumnTypings) {
    let document = try schemas.find(settings.schema)
    let schema = try schemas.library.compile(document, assertsFormats: settings.assertsFormats)
    let validator = RecordValidator(
      schema: schema, maxErrors: settings.maxErrors, threads: settings.threads)
    return (validator, ColumnTypings(declaredBy: schema, document.value))
  }
}
