public import JSONSchema
public import SystemPackage
import JSON

/// Reads and compiles a schema file.
public enum SchemaFile {
  /// - Throws: `DatasetsError` with the place in the file where it is malformed.
  public static func load(_ path: FilePath, assertFormats: Bool = false) throws(DatasetsError)
    -> CompiledSchema
  {
    let bytes = try Files.contents(of: path)
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .unreadableSchema(
        path: path.string, line: error.line, column: error.column, reason: error.reason)
    }
    do throws(SchemaError) {
      return try JSONSchema.compile(value, assertFormats: assertFormats)
    } catch {
      let range = JSONLocator(bytes).range(of: error.pointer)
      throw .malformedSchema(
        path: path.string, line: range?.line ?? 0, column: range?.column ?? 0,
        pointer: error.pointer.description, reason: error.reason)
    }
  }
}
