import Foundation
public import JSON
public import ModelRegistry
import ModelRuntime
import MLOpsCore
import SystemPackage

/// Lays an adapter out for other programs.
public struct ExportAdapter: Sendable {
  /// What was written where.
  public struct Outcome: Sendable {
    public let adapter: VersionRecord
    /// `peft` or `gguf`.
    public let format: String
    /// The folder or the file, as it was named.
    public let path: String
    public let files: [(path: String, size: Int64)]

    /// Keys: `reference`, `digest`, `format`, `path`, `files` (each `path`, `size` in bytes).
    public var document: JSONValue {
      [
        "reference": .string(adapter.label), "digest": .string(adapter.digest.description),
        "format": .string(format), "path": .string(path),
        "files": .array(
          files.map { ["path": .string($0.path), "size": .integer($0.size)] }),
      ]
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Writes PEFT's two files: those that the version holds, else converted from its GGUF.
  ///
  /// - Parameters:
  ///   - folder: is made; may be there if it is empty.
  ///   - baseName: what `base_model_name_or_path` is to say; nil leaves it as it is.
  /// - Throws: `lifecycle.target_exists`, `lifecycle.no_base_model`, `RuntimeError` where PEFT's terms
  ///   do not cover the adapter, `RegistryError`.
  public func peft(_ reference: String, to folder: String, baseName: String?) throws -> Outcome {
    let adapter = try resolve(reference)
    let target = try freeTarget(folder, emptyFolderIsFree: true)
    let names = [PEFTFolder.configurationName, PEFTFolder.weightsName]
    let held = names.compactMap { name in
      adapter.manifest.files.first {
        $0.path.description == "\(AdapterFiles.peftFolder)/\(name)"
      }
    }
    let scratch = try ScratchFolder(in: registry)
    let staged = scratch.path.appending(AdapterFiles.peftFolder)
    if held.count == names.count {
      let source = scratch.path.appending("version")
      try registry.materialise(adapter, at: source)
      try FileManager.default.createDirectory(
        atPath: staged.string, withIntermediateDirectories: true)
      for name in names {
        let bytes = try Data(
          contentsOf: URL(
            fileURLWithPath: source.appending("\(AdapterFiles.peftFolder)/\(name)").string))
        try bytes.write(to: URL(fileURLWithPath: staged.appending(name).string))
      }
    } else {
      let base = try GGUFFile(
        ReleaseFiles.gguf(try AdapterBinding(registry: registry).base(of: adapter), in: registry))
      let weights = try LoRAWeights(
        GGUFFile(ReleaseFiles.gguf(adapter, in: registry)), base: base)
      try PEFTFolder.write(weights, base: base, to: staged)
    }
    if let baseName { try name(baseName, in: staged) }
    return Outcome(
      adapter: adapter, format: "peft", path: folder,
      files: try names.map { name in
        (
          "\(folder)/\(name)",
          try copy(staged.appending(name), to: target.appending(name))
        )
      })
  }

  /// Writes the GGUF as the version holds it.
  ///
  /// - Throws: `lifecycle.target_exists`, `lifecycle.no_gguf`, `RegistryError`.
  public func gguf(_ reference: String, to file: String) throws -> Outcome {
    let adapter = try resolve(reference)
    let source = try ReleaseFiles.gguf(adapter, in: registry)
    let target = try freeTarget(file, emptyFolderIsFree: false)
    return Outcome(
      adapter: adapter, format: "gguf", path: file, files: [(file, try copy(source, to: target))])
  }

  private func resolve(_ reference: String) throws -> VersionRecord {
    try ReferenceResolver(registry: registry).resolve(reference, kinds: [.adapter])
  }

  private func freeTarget(_ text: String, emptyFolderIsFree: Bool) throws -> FilePath {
    let path = FilePath(text).absolute(from: FileManager.default.currentDirectoryPath)
    if FileManager.default.fileExists(atPath: path.string) {
      let content = try? FileManager.default.contentsOfDirectory(atPath: path.string)
      guard emptyFolderIsFree, content?.isEmpty == true else {
        throw LifecycleError.targetExists(text)
      }
    }
    return path
  }

  /// Copies a file under a passing name first, so that what has the name is whole.
  ///
  /// - Returns: its size in bytes.
  private func copy(_ source: FilePath, to target: FilePath) throws -> Int64 {
    let manager = FileManager.default
    let passing = FilePath("\(target.string).\(UUID().uuidString).tmp")
    do {
      try manager.createDirectory(
        atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
      let bytes = try Data(
        contentsOf: URL(fileURLWithPath: source.string), options: .mappedIfSafe)
      try bytes.write(to: URL(fileURLWithPath: passing.string))
      try manager.moveItem(atPath: passing.string, toPath: target.string)
      return Int64(bytes.count)
    } catch {
      try? manager.removeItem(atPath: passing.string)
      throw RuntimeError.fileUnwritable(path: target.string, reason: SystemReason.of(error))
    }
  }

  private func name(_ base: String, in folder: FilePath) throws {
    var members = try PEFTFolder(folder).configuration.object ?? [:]
    members["base_model_name_or_path"] = .string(base)
    try Data((JSONValue.object(members).pretty + "\n").utf8).write(
      to: URL(fileURLWithPath: folder.appending(PEFTFolder.configurationName).string))
  }
}
