public import JSON
public import SystemPackage
import Foundation

/// A schema's text, its value, and where both came from.
public struct SchemaDocument: Sendable {
  /// What a person calls it: a path, or a reference.
  public let label: String
  /// What relative references are resolved against, unless it has an `$id`.
  public let uri: String
  public let bytes: [UInt8]
  public let value: JSONValue
  /// The folder whose files it may refer to; nil for one that does not lie in a folder.
  let folder: String?

  /// In bytes, as for documents that are fetched.
  static let sizeLimit = 16 << 20

  /// Reads a file; the files beside it and below may be referred to.
  ///
  /// - Throws: `datasets.file_failed`, `datasets.unreadable_schema`.
  public init(file path: FilePath) throws(DatasetsError) {
    let url = URL(fileURLWithPath: path.string).standardizedFileURL
    try self.init(
      try Files.contents(of: path, atMost: SchemaDocument.sizeLimit), label: path.string,
      uri: url.absoluteString,
      folder: url.deletingLastPathComponent().resolvingSymlinksInPath().path)
  }

  /// A text that was kept elsewhere, under a URI of its own.
  ///
  /// - Throws: `datasets.unreadable_schema`.
  public init(_ bytes: [UInt8], label: String, uri: String) throws(DatasetsError) {
    try self.init(bytes, label: label, uri: uri, folder: nil)
  }

  private init(_ bytes: [UInt8], label: String, uri: String, folder: String?)
    throws(DatasetsError)
  {
    do throws(JSONSyntaxError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .unreadableSchema(
        path: label, line: error.line, column: error.column, reason: error.reason)
    }
    self.label = label
    self.uri = uri
    self.bytes = bytes
    self.folder = folder
  }
}
