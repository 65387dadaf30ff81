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
    let held = Set(adapter.manifest.files.map(\.path.description))
    // Made beside its place and moved there, so that what has the name is whole.
    let passing = PassingFolder(beside: target)
    let made = passing.path.appending(AdapterFiles.peftFolder)
    if names.allSatisfy({ held.contains("\(AdapterFiles.peftFolder)/\($0)") }) {
      let version = passing.path.appending("version")
      try registry.materialise(adapter, at: version)
      for name in names {
        try WholeCopy.make(
          of: version.appending("\(AdapterFiles.peftFolder)/\(name)"), at: made.appending(name))
      }
    } else {
      let base = try GGUFFile(
        ReleaseFiles.gguf(try AdapterBinding(registry: registry).base(of: adapter), in: registry))
      let weights = try LoRAWeights(
        GGUFFile(ReleaseFiles.gguf(adapter, in: registry)), base: base)
      try PEFTFolder.write(weights, base: base, to: made)
    }
    if let baseName { try name(baseName, in: made) }
    let sizes = try names.map { try WholeCopy.size(of: made.appending($0)) }
    try WholeCopy.move(made, to: target)
    return Outcome(
      adapter: adapter, format: "peft", path: folder,
      files: zip(names, sizes).map { ("\(folder)/\($0)", $1) })
  }

  /// Writes the GGUF as the version holds it.
  ///
  /// - Throws: `lifecycle.target_exists`, `lifecycle.no_gguf`, `RegistryError`.
  public func gguf(_ reference: String, to file: String) throws -> Outcome {
    let adapter = try resolve(reference)
    let source = try ReleaseFiles.gguf(adapter, in: registry)
    let target = try freeTarget(file, emptyFolderIsFree: false)
    let passing = PassingFolder(beside: target)
    let made = passing.path.appending("adapter.gguf")
    try WholeCopy.make(of: source, at: made)
    let size = try WholeCopy.size(of: made)
    try WholeCopy.move(made, to: target)
    return Outcome(adapter: adapter, format: "gguf", path: file, files: [(file, size)])
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

  private func name(_ base: String, in folder: FilePath) throws {
    var members = try PEFTFolder(folder).configuration.object ?? [:]
    members["base_model_name_or_path"] = .string(base)
    try Data((JSONValue.object(members).pretty + "\n").utf8).write(
      to: URL(fileURLWithPath: folder.appending(PEFTFolder.configurationName).string))
  }
}
