import GRDB
import SystemPackage

extension Catalog {
  /// Makes the file whole before it has its name, so that one without content is never a beginning
  /// but always a loss.
  ///
  /// - Parameter path: a file in the folder of the store.
  /// - Throws: as `init`.
  static func create(
    _ path: FilePath, in layout: StoreLayout, by migrator: DatabaseMigrator
  ) throws {
    let folder = try StagingFolder(in: layout.staging, for: "work")
    let whole = folder.path.appending(path.lastComponent?.string ?? "new.db")
    try withExtendedLifetime(folder) {
      try Catalog.make(whole, in: layout.root, by: migrator)
      if try !isNamed(path, whole) {
        // Where there are no hard links it is made in its place.
        try Catalog.make(path, in: layout.root, by: migrator)
      }
    }
    try FileSystem.synchroniseFolder(layout.root)
  }

  /// Gives a file its name; false where there are no hard links.
  private static func isNamed(_ path: FilePath, _ whole: FilePath) throws -> Bool {
    do throws(RegistryError) {
      return try FileSystem.makeHardLink(path, to: whole)
    } catch .system(_, _, .fileExists) {
      // Another process was first.
      return true
    }
  }
}
