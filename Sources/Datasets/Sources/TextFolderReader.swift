public import SystemPackage
import Foundation
import JSON

/// Which files of a folder are rows.
public struct TextFolderOptions: Sendable, Equatable {
  /// Without dot, in lower case; empty for all files.
  public var extensions: Set<String>

  public init(extensions: Set<String> = ["txt", "md", "text", "markdown"]) {
    self.extensions = extensions
  }
}

/// Reads a folder of texts, its sub-folders included: each file is a row `{"path", "text"}`.
///
/// Files come in the order of their paths' bytes, so that the same folder gives the same rows; hidden
/// ones and symbolic links are left out, the links counted. A row's line is its place among them, from 1.
public struct TextFolderReader: ~Copyable, RowSource {
  private let folder: FilePath
  private let names: [String]
  private let fileLimit: Int
  private var position = 0

  /// How many rows there are.
  public var count: Int { names.count }
  /// Symbolic links that were left out.
  public let links: Int

  /// - Parameter fileLimit: How long a file may be, in bytes; longer ones become defective rows.
  /// - Throws: `DatasetsError.fileFailed` where it is no folder that can be read.
  public init(
    _ folder: FilePath, _ options: TextFolderOptions = TextFolderOptions(),
    fileLimit: Int = 16 << 20
  ) throws(DatasetsError) {
    self.folder = folder
    self.fileLimit = fileLimit
    guard try Files.isFolder(folder) else {
      throw .fileFailed(path: folder.string, operation: "read", reason: "it is no folder")
    }
    (names, links) = try Files.attempt("read", folder) {
      try TextFolderReader.names(in: URL(fileURLWithPath: folder.string), options)
    }
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    guard position < names.count else { return nil }
    let name = names[position]
    position += 1
    let path = folder.pushing(FilePath(name))
    let file = try Files.open(path)
    defer { try? file.close() }
    var bytes: [UInt8] = []
    while bytes.count <= fileLimit {
      let piece = try Files.read(from: file, path, atMost: 256 << 10)
      if piece.isEmpty { break }
      bytes += piece
    }
    guard bytes.count <= fileLimit else {
      return Row(
        line: position, bytes: Array(bytes.prefix(fileLimit)),
        defect: "'\(name)' is longer than the \(fileLimit) bytes that are read")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return Row(line: position, bytes: bytes, defect: "'\(name)' is not valid UTF-8")
    }
    return Row(
      line: position, value: ["path": .string(name), "text": .string(text)])
  }

  private static func names(in folder: URL, _ options: TextFolderOptions) throws -> (
    names: [String], links: Int
  ) {
    var names: [String] = []
    var links = 0
    var waiting = [""]
    while let prefix = waiting.popLast() {
      let here = prefix.isEmpty ? folder : folder.appendingPathComponent(prefix)
      let keys: [URLResourceKey] = [.isRegularFileKey, .isDirectoryKey, .isSymbolicLinkKey]
      for entry in try FileManager.default.contentsOfDirectory(
        at: here, includingPropertiesForKeys: keys, options: .skipsHiddenFiles)
      {
        let values = try entry.resourceValues(forKeys: Set(keys))
        let name = (prefix.isEmpty ? "" : prefix + "/") + entry.lastPathComponent
        if values.isSymbolicLink == true {
          links += 1
        } else if values.isDirectory == true {
          waiting.append(name)
        } else if values.isRegularFile == true,
          options.extensions.isEmpty
            || options.extensions.contains(entry.pathExtension.lowercased())
        {
          names.append(name)
        }
      }
    }
    return (names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, links)
  }
}

extension Files {
  /// Whether there is a folder under the path, links followed.
  static func isFolder(_ path: FilePath) throws(DatasetsError) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }
}
