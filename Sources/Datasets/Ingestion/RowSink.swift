import SystemPackage

/// Where the rows of a dataset go, in order; whoever made it gives them a name when all are there.
public protocol RowSink: AnyObject {
  /// Takes whole lines. What it throws ends the work.
  func write(_ lines: UnsafeRawBufferPointer) throws
}

/// A file that gets its name at the end.
final class FileSink: RowSink {
  private var file: AtomicFile

  init(_ path: FilePath) throws(DatasetsError) { file = try AtomicFile(path) }

  func write(_ lines: UnsafeRawBufferPointer) throws { try file.write(Array(lines)) }

  func commit() throws(DatasetsError) { try file.commit() }
}
