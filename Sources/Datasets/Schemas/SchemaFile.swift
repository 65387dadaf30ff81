public import JSON
public import JSONSchema
public import SystemPackage
import Foundation

/// Reads and compiles a schema file.
public enum SchemaFile {
  /// A schema's text and value.
  public struct Document: Sendable {
    public let bytes: [UInt8]
    public let value: JSONValue
  }

  /// - Throws: `datasets.file_failed`, `datasets.unreadable_schema`.
  public static func document(_ path: FilePath) throws(DatasetsError) -> Document {
    let bytes = try Files.contents(of: path)
    do throws(JSONSyntaxError) {
      return Document(bytes: bytes, value: try JSONValue(parsing: bytes))
    } catch {
      throw .unreadableSchema(
        path: path.string, line: error.line, column: error.column, reason: error.reason)
    }
  }

  /// Compiles a schema; relative references lead to files beside it and below, and nowhere else.
  ///
  /// - Throws: `DatasetsError` with the place in the file where it is malformed.
  public static func load(_ path: FilePath, assertFormats: Bool = false) throws(DatasetsError)
    -> CompiledSchema
  {
    let document = try document(path)
    do throws(SchemaError) {
      return try JSONSchema.compile(
        document.value, uri: address(of: path),
        options: SchemaOptions(assertsFormats: assertFormats, resolver: beside(path)))
    } catch {
      let range = JSONLocator(document.bytes).range(of: error.pointer)
      throw .malformedSchema(
        path: path.string, line: range?.line ?? 0, column: range?.column ?? 0,
        pointer: error.pointer.description, reason: error.reason)
    }
  }

  private static func address(of path: FilePath) -> String {
    URL(fileURLWithPath: path.string).standardizedFileURL.absoluteString
  }

  private static func beside(_ path: FilePath) -> SchemaResolver {
    let folder = URL(fileURLWithPath: path.string).standardizedFileURL.deletingLastPathComponent()
      .resolvingSymlinksInPath().path
    return SchemaResolver("the files beside the schema") { uri in
      guard let url = URL(string: uri), url.isFileURL else { return nil }
      // Links are followed first: none may lead out of the folder.
      let file = url.standardizedFileURL.resolvingSymlinksInPath().path
      guard file.hasPrefix(folder + "/"), FileManager.default.fileExists(atPath: file) else {
        return nil
      }
      return try JSONValue(parsing: try Files.contents(of: FilePath(file)))
    }
  }
}
