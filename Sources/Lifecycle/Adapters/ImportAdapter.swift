import Deployment
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
import ModelRuntime
import SystemPackage

/// Registers an adapter that another program made, for a base that is registered.
public struct ImportAdapter: Sendable {
  /// The version, and what it came from.
  public struct Outcome: Sendable {
    public let adapter: AddOutcome
    public let base: VersionRecord
    /// `peft` or `gguf`.
    public let format: String
    /// How many weights it adapts.
    public let adapted: Int

    /// Keys: the adapter's document, and `is_new`, `base`, `format`, `adapted`.
    public var document: JSONValue {
      var object = adapter.record.document.object ?? [:]
      object["is_new"] = .bool(adapter.isNew)
      object["base"] = .string(base.label)
      object["format"] = .string(format)
      object["adapted"] = .integer(adapted)
      return .object(object)
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Imports a PEFT folder or a GGUF adapter.
  ///
  /// - Parameters:
  ///   - path: a folder with `adapter_config.json` and `adapter_model.safetensors`, or a GGUF file.
  ///   - base: a reference of the model that it was made for.
  /// - Throws: `RuntimeError` where it is damaged, does not fit or cannot be said in GGUF,
  ///   `DeploymentError` where it names another base, `LifecycleError`, `RegistryError`.
  public func run(path text: String, base reference: String, name: ArtifactName, reason: String)
    throws -> Outcome
  {
    let base = try ReferenceResolver(registry: registry).resolve(reference, kinds: [.model])
    let path = FilePath(text).absolute(from: FileManager.default.currentDirectoryPath)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
      throw LifecycleError.noSuchPath(text)
    }
    let baseFile = try GGUFFile(ReleaseFiles.gguf(base, in: registry))
    let scratch = try ScratchFolder(in: registry)
    let files: AdapterFiles
    let adapted: Int
    var origin: [String: JSONValue] = [:]
    if isFolder.boolValue {
      let folder = try PEFTFolder(path)
      try AdapterBinding.check(named: folder.baseDigest, by: text, on: base)
      var weights = try folder.loraWeights(for: baseFile)
      weights.baseDigest = try ReleaseFiles.ggufContent(of: base).digest.hex
      let gguf = scratch.path.appending("adapter.gguf")
      try weights.write(to: gguf)
      files = try AdapterFiles(gguf: gguf, peft: path)
      adapted = weights.pairs.count
      origin["base_model_name_or_path"] = folder.baseName.map { .string($0) }
    } else {
      try ImportAdapter.refusePickle(path)
      let (file, gguf) = try take(path, into: scratch.path)
      try AdapterBinding.check(named: file[LoRAWeights.baseKey]?.string, by: text, on: base)
      try file.checkFits(baseFile)
      files = try AdapterFiles(
        ImportAdapter.weights(file, base: baseFile), gguf: gguf, base: baseFile)
      adapted = file.tensors.count / 2
    }
    var metadata = files.metadata
    origin["format"] = .string(isFolder.boolValue ? "peft" : "gguf")
    metadata["imported"] = .object(origin)
    let outcome = try registry.add(
      VersionDraft(
        name: name, kind: .adapter, files: files.sources,
        ingredients: [Ingredient(role: "base", digest: base.digest)], metadata: metadata,
        reason: reason, code: Provenance.here))
    return Outcome(
      adapter: outcome, base: base, format: isFolder.boolValue ? "peft" : "gguf", adapted: adapted)
  }

  private static func refusePickle(_ path: FilePath) throws {
    guard ["bin", "pt", "pth", "pkl"].contains(path.extension ?? "") else { return }
    throw RuntimeError.adapterNotRepresentable(
      path: path.string, key: "adapter_model.bin",
      reason: "it is a pickle, which is never opened here")
  }

  /// A copy that nobody changes while it is looked at; the store takes the same bytes.
  private func take(_ path: FilePath, into folder: FilePath) throws -> (GGUFFile, FilePath) {
    guard GGUFFile.hasMagic(path) else {
      throw RuntimeError.wrongPurpose(
        path: path.string,
        reason: "an adapter is a GGUF file, or a folder with \(PEFTFolder.configurationName) and "
          + PEFTFolder.weightsName)
    }
    let copy = folder.appending("adapter.gguf")
    try FileManager.default.copyItem(atPath: path.string, toPath: copy.string)
    return (try GGUFFile(copy), copy)
  }

  /// Nil for an adapter of the token embedding, which PEFT's terms do not cover here.
  private static func weights(_ file: GGUFFile, base: GGUFFile) throws -> LoRAWeights? {
    do {
      return try LoRAWeights(file, base: base)
    } catch RuntimeError.adapterNotRepresentable(_, let key, _)
      where key.hasPrefix("token_embd.weight")
    {
      return nil
    }
  }
}
