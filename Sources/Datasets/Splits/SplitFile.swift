import SystemPackage

/// An atomic file that can be held in an array; a value that cannot be copied cannot.
final class SplitFile {
  var file: AtomicFile

  init(_ path: FilePath) throws(DatasetsError) { file = try AtomicFile(path) }
}
