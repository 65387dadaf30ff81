import Datasets
import Foundation
import JSONSchema
import MLOpsCore
public import ModelRegistry
import SystemPackage

/// The schemas that a command works with: named by people as paths or references, and complete with
/// everything that they refer to.
public struct Schemas: Sendable {
  let library: SchemaLibrary
  let remote: RemoteDocuments?
  private let registered: RegisteredSchemas

  /// - Parameters:
  ///   - allowsRemote: Whether documents that are found nowhere else are fetched.
  ///   - registry: Asked when something registered is needed first; nil where there is none.
  public init(
    allowsRemote: Bool = false, registry: @escaping @Sendable () throws -> Registry? = { nil }
  ) {
    registered = RegisteredSchemas(open: registry)
    remote = allowsRemote ? RemoteDocuments() : nil
    library = SchemaLibrary(registered: registered.resolver, remote: remote)
  }

  /// The registered versions that were used so far.
  var used: [VersionRecord] { registered.used }

  /// The schema that a person named.
  ///
  /// A text with a `/` or a leading `.`, and one that a file is called, is a path; any other is a
  /// reference to a registered schema.
  ///
  /// - Throws: `DatasetsError` for a file that cannot be read, `RegistryError`, `CoreError`,
  ///   `LifecycleError` with codes `lifecycle.no_such_schema` and `lifecycle.wrong_kind`.
  func find(_ text: String) throws -> SchemaDocument {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
    if text.contains("/") || text.hasPrefix(".") || exists && !isFolder.boolValue {
      return try SchemaDocument(file: FilePath(text))
    }
    // No schema is registered under the name of a file, so a mistyped path is called one.
    let isFileName = text.hasSuffix(".json") || (try? Reference(text)) == nil
    do {
      if let document = try registered.document(text) { return document }
    } catch let error as any Failure where isFileName && [.notFound, .usage].contains(error.kind) {}
    throw LifecycleError.noSuchSchema(text, hasRegistry: try registered.isThere)
  }

  /// - Throws: As `find`, and `DatasetsError` for a schema that cannot be used.
  func compile(_ text: String, assertsFormats: Bool = true) throws -> CompiledSchema {
    try library.compile(try find(text), assertsFormats: assertsFormats)
  }
}
