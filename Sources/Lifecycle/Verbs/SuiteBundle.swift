import Evaluation
import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage

/// A suite as a version: its YAML and the files it names, so that it needs no file beside it.
struct SuiteBundle {
  /// The name of the suite's own file inside its version.
  private static let suiteFile = "suite.yaml"

  /// A suite with what its version is made of.
  private struct Parsed {
    let suite: Suite
    let yaml: String
    let parts: [(part: SuitePart, bytes: [UInt8])]
  }

  let file: FilePath
  let registry: Registry

  /// Reads the suite, refuses a damaged one, and registers it with the files that it names.
  ///
  /// - Parameter warn: takes what is allowed, but hardly meant.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, `LifecycleError` with code
  ///   `lifecycle.quarantined` where its cases or examples are a quarantine, `RegistryError`.
  func add(
    as name: ArtifactName, acceptsOtherNames: Bool, reason: String,
    warn: ((SuiteWarning) -> Void)?, progress: ProgressHandler?
  ) throws -> AddOutcome {
    let parsed = try SuiteBundle.parse(file)
    var files = [
      SourceFile(
        path: try ContentPath(SuiteBundle.suiteFile), content: .bytes(Array(parsed.yaml.utf8)),
        mediaType: MediaType.yaml)
    ]
    for (part, bytes) in parsed.parts {
      if part != .schema {
        for version in try registry.versions(holdingContent: Digest(of: bytes)) {
          try Quarantine.refuse(version, in: registry)
        }
      }
      files.append(
        SourceFile(
          path: try ContentPath(part.storedName), content: .bytes(bytes),
          mediaType: part == .schema ? MediaType.schema : MediaType.ndjson))
    }
    parsed.suite.warnings.forEach { warn?($0) }
    return try registry.add(
      VersionDraft(
        name: name, kind: .suite, files: files,
        metadata: [
          "suite": .string(parsed.suite.name), "task": .string(parsed.suite.taskName),
          "cases": .integer(parsed.suite.cases.count),
        ], acceptsOtherNames: acceptsOtherNames, reason: reason),
      progress: progress)
  }

  /// Reads a suite that is not registered.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, `LifecycleError`.
  static func read(_ file: FilePath) throws -> Suite { try parse(file).suite }

  private static func parse(_ file: FilePath) throws -> Parsed {
    let yaml = try TextFile.read(file)
    var parts: [(part: SuitePart, bytes: [UInt8])] = []
    let folder = file.removingLastComponent()
    let suite = try checked(
      Suite(yaml: yaml, file: file.string) { part, path in
        let location = folder.pushing(FilePath(path)).lexicallyNormalized()
        guard let content = FileManager.default.contents(atPath: location.string) else {
          throw UnreadablePart(reason: "there is no file to be read at '\(location)'")
        }
        parts.append((part, Array(content)))
        return Array(content)
      })
    return Parsed(suite: suite, yaml: yaml, parts: parts)
  }

  /// Reads a suite's version back.
  ///
  /// - Throws: `EvaluationError`, `RegistryError`.
  static func load(_ version: VersionRecord, from registry: Registry) throws -> Suite {
    func bytes(_ name: String) throws -> [UInt8] {
      guard let file = version.manifest.files.first(where: { $0.path.description == name }) else {
        throw LifecycleError.noSuchPath("\(version.label)/\(name)")
      }
      return try registry.bytes(of: file)
    }
    return try checked(
      Suite(
        yaml: String(decoding: try bytes(suiteFile), as: UTF8.self),
        file: "\(version.label)/\(suiteFile)"
      ) { part, _ in try bytes(part.storedName) })
  }

  /// A suite whose grammar is one.
  private static func checked(_ suite: Suite) throws -> Suite {
    guard let grammar = suite.grammar else { return suite }
    do {
      try GrammarText.check(grammar.text)
    } catch .invalidGrammar(let line, let column, let reason) {
      throw grammar.mistake(line: line, reason: "\(reason) (line \(line), column \(column))")
    }
    return suite
  }
}
