import Foundation
import JSON
import JSONSchema
import Synchronization
import SystemPackage

/// The files that a schema may refer to because they lie in its folder or below: by their place,
/// and those right beside it by their `$id` too.
final class FolderDocuments: Sendable {
  private let folder: String
  /// The files right beside the schema by their `$id`; read when one is asked for first.
  private let byID = Mutex<[String: JSONValue]?>(nil)

  /// Bounds what a look for an `$id` reads.
  private static let fileLimit = 256

  /// - Parameter folder: With links followed.
  init(_ folder: String) { self.folder = folder }

  var resolver: SchemaResolver {
    SchemaResolver("the files beside the schema") { [self] uri in
      guard let url = URL(string: uri), url.isFileURL else { return identified(uri) }
      // Links are followed first: none may lead out of the folder.
      let file = url.standardizedFileURL.resolvingSymlinksInPath().path
      guard file.hasPrefix(folder + "/"), FileManager.default.fileExists(atPath: file) else {
        return nil
      }
      return try SchemaDocument(file: FilePath(file)).value
    }
  }

  private func identified(_ uri: String) -> JSONValue? {
    byID.withLock { known in
      let documents = known ?? scan()
      known = documents
      return documents[uri]
    }
  }

  private func scan() -> [String: JSONValue] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var documents: [String: JSONValue] = [:]
    for name in names.filter({ $0.hasSuffix(".json") }).sorted().prefix(FolderDocuments.fileLimit) {
      let path = FilePath(folder).appending(name)
      guard Files.isRegular(path), let file = try? Files.open(path) else { continue }
      defer { try? file.close() }
      guard Files.size(of: file).map({ $0 <= SchemaDocument.sizeLimit }) ?? false,
        let bytes = try? Files.contents(of: path, atMost: SchemaDocument.sizeLimit),
        let value = try? JSONValue(parsing: bytes), let id = SchemaIdentity(value).id,
        documents[id] == nil
      else { continue }
      documents[id] = value
    }
    return documents
  }
}
