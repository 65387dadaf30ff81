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
    let scratch = try ScratchFolder(in: registry)
    let target = try Target(
      version: base, file: GGUFFile(ReleaseFiles.gguf(base, in: registry)), scratch: scratch.path)
    let taken = try isFolder.boolValue ? target.take(folder: path) : target.take(file: path)
    var metadata = taken.files.metadata
    var origin: [String: JSONValue] = ["format": .string(taken.format)]
    origin["base_model_name_or_path"] = taken.baseName.map { .string($0) }
    metadata["imported"] = .object(origin)
    let outcome = try registry.add(
      VersionDraft(
        name: name, kind: .adapter, files: taken.files.sources,
        ingredients: [Ingredient(role: "base", digest: base.digest)], metadata: metadata,
        reason: reason, code: Provenance.here))
    return Outcome(
      adapter: outcome, base: base, format: taken.format, adapted: taken.adapted)
  }
}

/// The base that an adapter is taken for, and a folder for copies that nobody changes meanwhile.
private struct Target {
  let version: VersionRecord
  let file: GGUFFile
  let scratch: FilePath

  struct Taken {
    let files: AdapterFiles
    let format: String
    let adapted: Int
    var baseName: String?
  }

  private var gguf: FilePath { scratch.appending("adapter.gguf") }

  func take(folder path: FilePath) throws -> Taken {
    let folder = try PEFTFolder(path)
    try AdapterBinding.check(named: folder.baseDigest, by: path.string, on: version)
    var weights = try folder.loraWeights(for: file)
    // What is left out besides these two is not the adapter.
    let copy = scratch.appending(AdapterFiles.peftFolder)
    for name in [PEFTFolder.configurationName, PEFTFolder.weightsName] {
      try WholeCopy.make(of: path.appending(name), at: copy.appending(name))
    }
    guard (try? PEFTFolder(copy).loraWeights(for: file)) == weights else {
      throw RegistryError.fileChanged(path)
    }
    weights.baseDigest = try ReleaseFiles.ggufContent(of: version).digest.hex
    try weights.write(to: gguf)
    return Taken(
      files: try AdapterFiles(gguf: gguf, peft: copy), format: "peft",
      adapted: weights.pairs.count, baseName: folder.baseName)
  }

  func take(file path: FilePath) throws -> Taken {
    guard !["bin", "pt", "pth", "pkl"].contains(path.extension ?? "") else {
      throw RuntimeError.adapterNotRepresentable(
        path: path.string, key: "adapter_model.bin",
        reason: "it is a pickle, which is never opened here")
    }
    guard GGUFFile.hasMagic(path) else {
      throw RuntimeError.wrongPurpose(
        path: path.string,
        reason: "an adapter is a GGUF file, or a folder with \(PEFTFolder.configurationName) and "
          + PEFTFolder.weightsName)
    }
    let adapter = try GGUFFile(path)
    try AdapterBinding.check(
      named: adapter[LoRAWeights.baseKey]?.string, by: path.string, on: version)
    try adapter.checkFits(file)
    let weights = try weights(adapter)
    try WholeCopy.make(of: path, at: gguf)
    guard let copy = try? GGUFFile(gguf), copy.tensors == adapter.tensors,
      copy.metadata == adapter.metadata
    else { throw RegistryError.fileChanged(path) }
    return Taken(
      files: try AdapterFiles(weights, gguf: gguf, base: file), format: "gguf",
      adapted: adapter.tensors.count / 2)
  }

  /// Nil for an adapter of the token embedding, which PEFT's terms do not cover here.
  private func weights(_ adapter: GGUFFile) throws -> LoRAWeights? {
    do {
      return try LoRAWeights(adapter, base: file)
    } catch RuntimeError.adapterNotRepresentable(_, let key, _)
      where key.hasPrefix("token_embd.weight")
    {
      return nil
    }
  }
}
