import Foundation
import GRDB
public import MLOpsCore
public import SystemPackage

extension Registry {
  /// The digest of a file's bytes, links followed; nil where no content of that size was ever registered,
  /// which spares the reading, and for what is no regular file, which might be readable only once.
  ///
  /// - Throws: `registry.file_changed`, `registry.system`.
  public func digestIfKnownSize(of path: FilePath) throws -> Digest? {
    let real = URL(fileURLWithPath: path.string).resolvingSymlinksInPath().path
    guard let status = try FileSystem.status(FilePath(real)), status.isRegular,
      try knowsContent(ofSize: status.size)
    else { return nil }
    let file = try OpenFile(reading: FilePath(real))
    return try FileHasher(report: nil).hash(file).digest
  }

  /// Whether content of this many bytes was ever registered.
  func knowsContent(ofSize size: Int64) throws -> Bool {
    try read {
      try Bool.fetchOne(
        $0, sql: "SELECT EXISTS (SELECT 1 FROM blobs WHERE size = ?)", arguments: [size]) ?? false
    }
  }
}
