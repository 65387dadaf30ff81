public import Evaluation
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Registers files and folders as a new version.
public struct Add: Sendable {
  /// What to add, and what is said about it.
  public struct Request: Sendable {
    /// A file or a folder.
    public var path: String
    /// Made of the path's last part where nil.
    public var name: ArtifactName?
    /// Recognised from the content where nil.
    public var kind: ArtifactKind?
    /// Roles and the references of what it was made from.
    public var ingredients: [(role: String, reference: String)]
    /// Facts that a person states; they are part of the digest.
    public var metadata: [String: JSONValue]
    /// Link instead of copy where that is possible.
    public var link: Bool
    /// A version with the same bytes is as good, whatever its name.
    public var acceptsOtherNames: Bool
    /// For the history.
    public var reason: String

    public init(
      path: String, name: ArtifactName? = nil, kind: ArtifactKind? = nil,
      ingredients: [(role: String, reference: String)] = [], metadata: [String: JSONValue] = [:],
      link: Bool = false, acceptsOtherNames: Bool = false, reason: String = ""
    ) {
      self.path = path
      self.name = name
      self.kind = kind
      self.ingredients = ingredients
      self.metadata = metadata
      self.link = link
      self.acceptsOtherNames = acceptsOtherNames
      self.reason = reason
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Recognises, hashes, stores and records; identical content gives the version that is there.
  ///
  /// - Parameter warn: takes what a suite says that is allowed, but hardly meant.
  /// - Throws: `LifecycleError`, `RuntimeError` (a damaged GGUF), `RegistryError`.
  public func run(
    _ request: Request, warn: ((SuiteWarning) -> Void)? = nil, progress: ProgressHandler? = nil
  ) throws -> AddOutcome {
    let path = FilePath(request.path).absolute(from: FileManager.default.currentDirectoryPath)
    let files = try ContentWalk.files(at: path)
    var recognition = try Recogniser.recognise(files)
    guard let kind = request.kind ?? recognition.kind else {
      throw LifecycleError.unknownKind(path: request.path)
    }
    // Promotion trusts evaluations, so only an evaluation may make one; releases likewise.
    guard kind != .evaluation, kind != .release else { throw LifecycleError.reservedKind(kind) }
    try Add.check(kind, recognition, files, path: request.path)
    let name = try request.name ?? Add.name(from: path)
    // On the fly, the quarantine itself is found under its name; what reads it refuses it.
    if !request.acceptsOtherNames { try Quarantine.refuse(name, in: registry) }
    if kind == .schema {
      recognition.metadata[SchemaFacts.key] = try SchemaFacts.check(
        files, name: name, path: request.path, registry: registry)
    }
    if kind == .suite {
      return try SuiteBundle(file: path, registry: registry).add(
        as: name, acceptsOtherNames: request.acceptsOtherNames, reason: request.reason,
        warn: warn, progress: progress)
    }
    let draft = VersionDraft(
      name: name, kind: kind,
      files: files.map {
        SourceFile(
          path: $0.path, content: .file($0.location),
          mediaType: kind == .schema ? MediaType.schema : MediaType.guess($0.path.description))
      },
      ingredients: try ingredients(request),
      metadata: recognition.metadata.merging(request.metadata) { _, said in said },
      link: request.link, acceptsOtherNames: request.acceptsOtherNames, reason: request.reason,
      code: Provenance.codeState(near: path))
    return try registry.add(draft, progress: progress)
  }

  /// What a person says must not contradict the content.
  private static func check(
    _ kind: ArtifactKind, _ recognition: Recognition, _ files: [FoundFile], path: String
  ) throws {
    if let found = recognition.kind, found != kind {
      let isAllowed =
        switch kind {
        // The header of a safetensors file does not tell an adapter from a model.
        case .adapter: recognition.metadata["safetensors"] != nil
        case .dataset: files.count > 1
        case .model, .prompt, .suite, .schema: false
        default: true
        }
      guard isAllowed else {
        throw LifecycleError.contentOfOtherKind(path: path, found: found, said: kind)
      }
    }
    guard kind != .prompt || recognition.kind == .prompt else {
      if let file = files.first, files.count == 1 {
        // Says which key is wrong or missing.
        _ = try PromptFile.read(try TextFile.read(file.location), file: path)
      }
      throw LifecycleError.badPrompt(file: path, reason: "expected one YAML file with a 'template'")
    }
    guard files.contains(where: { $0.size > 0 }) else {
      throw LifecycleError.noContent(path: path, kind: kind)
    }
  }

  private func ingredients(_ request: Request) throws -> [Ingredient] {
    let resolver = ReferenceResolver(registry: registry)
    return try request.ingredients.map {
      Ingredient(role: $0.role, digest: try resolver.resolve($0.reference).digest)
    }
  }

  /// `My Model.gguf` → `my-model`.
  static func name(from path: FilePath) throws -> ArtifactName {
    let last = path.lastComponent?.string ?? ""
    let stem = last.split(separator: ".").first.map(String.init) ?? last
    let cleaned = stem.lowercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
        ? character : "-"
    }
    let trimmed = String(cleaned.drop { !$0.isLetter && !$0.isNumber })
    do {
      return try ArtifactName(trimmed)
    } catch {
      throw LifecycleError.wrongName(last)
    }
  }
}
