public import JSONSchema
import JSON

/// Compiles and checks schemas with everything that they may refer to: the files beside them,
/// registered schemas, the bundled metaschemas, and, only where that is allowed, the network.
public struct SchemaLibrary: Sendable {
  private let registered: SchemaResolver?
  private let remote: RemoteDocuments?

  /// - Parameters:
  ///   - registered: Finds schemas that are kept elsewhere, by URI.
  ///   - remote: Fetches what is found nowhere else; nil never to touch the network.
  public init(registered: SchemaResolver? = nil, remote: RemoteDocuments? = nil) {
    self.registered = registered
    self.remote = remote
  }

  /// - Throws: `datasets.malformed_schema` with the place in the file where it is malformed,
  ///   `datasets.missing_document` where it refers to a document that is found nowhere.
  public func compile(_ document: SchemaDocument, assertsFormats: Bool = false)
    throws(DatasetsError) -> CompiledSchema
  {
    do throws(SchemaError) {
      return try JSONSchema.compile(
        document.value, uri: document.uri,
        options: options(document, SchemaOptions(assertsFormats: assertsFormats)))
    } catch {
      guard let first = error.problems.first else {
        throw .malformedSchema(
          path: document.label, line: 0, column: 0, pointer: "", reason: error.reason)
      }
      throw failure(first, in: document)
    }
  }

  /// Everything that is wrong, or looks wrong, with a schema.
  ///
  /// - Parameter isStrict: Whether warnings are errors.
  public func problems(of document: SchemaDocument, isStrict: Bool = false) -> [SchemaProblem] {
    SchemaLinter.check(
      document.value, uri: document.uri,
      options: options(document, SchemaOptions(assertsFormats: true, isStrict: isStrict)))
  }

  /// A problem as an error, with its place in the document's text.
  public func failure(_ problem: SchemaProblem, in document: SchemaDocument) -> DatasetsError {
    let range =
      problem.document == nil ? JSONLocator(document.bytes).range(of: problem.pointer) : nil
    let (path, line, column) = (
      problem.document ?? document.label, range?.line ?? 0, range?.column ?? 0
    )
    guard let missing = problem.missing else {
      return .malformedSchema(
        path: path, line: line, column: column, pointer: problem.pointer.description,
        reason: problem.reason)
    }
    return .missingDocument(
      path: path, line: line, column: column, uri: missing, reason: problem.reason,
      advice: advice(missing: missing))
  }

  /// What can be done about a document that is found nowhere; nil where the reason says it all.
  public func advice(missing uri: String) -> String? {
    if uri.hasPrefix("registry:") {
      return "'mlops list --kind schema' shows what is registered."
    }
    guard RemoteDocuments.isRemote(uri) else {
      return "Files in the schema's own folder and below can be referred to, and no others."
    }
    return remote != nil
      ? nil
      : "Put a JSON file with this $id beside the schema, register it with 'mlops add FILE --kind "
        + "schema', or let it be fetched with --allow-remote."
  }

  private func options(_ document: SchemaDocument, _ options: SchemaOptions) -> SchemaOptions {
    var options = options
    options.resolver = SchemaResolver(
      [document.folder.map { FolderDocuments($0).resolver }, registered].compactMap { $0 })
    options.lastResort = remote?.resolver
    return options
  }
}
