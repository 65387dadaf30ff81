import Datasets
import Foundation
import JSON
import JSONSchema
import MLOpsCore
import ModelRegistry
import SystemPackage

/// What the manifest says of a schema, and whether a file can be registered as one.
enum SchemaFacts {
  /// Its key in the manifest's metadata.
  static let key = "json_schema"

  /// Larger files are not looked into.
  private static let sizeLimit: Int64 = 16 << 20

  /// The facts of a schema by itself: `draft`, `id` and `title`, as far as it says them.
  static func json(of schema: JSONValue) -> JSONValue {
    let identity = SchemaIdentity(schema)
    var facts: [String: JSONValue] = [
      "draft": .string((identity.draft ?? .draft202012).rawValue)
    ]
    facts["id"] = identity.id.map { .string($0) }
    facts["title"] = identity.title.map { .string($0) }
    return .object(facts)
  }

  /// The schema that a JSON file is; nil where its top level names no metaschema that is known.
  static func recognise(_ file: FoundFile) -> JSONValue? {
    guard file.size <= sizeLimit,
      let data = try? Data(contentsOf: URL(fileURLWithPath: file.location.string)),
      let value = try? JSONValue(parsing: [UInt8](data)), SchemaIdentity(value).draft != nil
    else { return nil }
    return value
  }

  /// Refuses what is no usable schema. Documents that it refers to over https or http need not be
  /// there: they may be registered, or fetched, when it is used.
  ///
  /// - Returns: the facts for the manifest.
  /// - Throws: `LifecycleError` with code `lifecycle.bad_schema` where it is not one file,
  ///   `DatasetsError` with the place where it is malformed.
  static func check(_ files: [FoundFile], name: ArtifactName, path: String, registry: Registry)
    throws -> JSONValue
  {
    guard files.count == 1, let file = files.first, file.size <= sizeLimit else {
      throw LifecycleError.badSchema(
        path, reason: "a schema is one JSON file of at most \(Quantity.bytes(sizeLimit))")
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: file.location.string))
    // As it will be when it is used: apart from the files that lie beside it now.
    let document = try SchemaDocument(
      [UInt8](data), label: path, uri: RegisteredSchemas.scheme + name.description)
    let library = SchemaLibrary(registered: RegisteredSchemas { registry }.resolver)
    for problem in library.problems(of: document) where problem.severity == .error {
      if let missing = problem.missing, !missing.hasPrefix(RegisteredSchemas.scheme) { continue }
      throw library.failure(problem, in: document)
    }
    return json(of: document.value)
  }
}
