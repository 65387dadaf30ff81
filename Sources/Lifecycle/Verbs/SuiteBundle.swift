import Evaluation
import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage

/// A suite as a version: its YAML and the data it names, so that it needs no file beside it.
struct SuiteBundle {
  /// The names of the two files inside a suite's version.
  private static let suiteFile = "suite.yaml"
  private static let dataFile = "cases.ndjson"

  let file: FilePath
  let registry: Registry

  /// Reads the suite, refuses a damaged one, and registers it with its data.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, `LifecycleError` with code
  ///   `lifecycle.quarantined` where its cases are a quarantine, `RegistryError`.
  func add(
    as name: ArtifactName, acceptsOtherNames: Bool, reason: String, progress: ProgressHandler?
  ) throws -> AddOutcome {
    let (suite, yaml, data) = try SuiteBundle.parse(file)
    var files = [
      SourceFile(
        path: try ContentPath(SuiteBundle.suiteFile), content: .bytes(Array(yaml.utf8)),
        mediaType: MediaType.yaml)
    ]
    if let data {
      for version in try registry.versions(holdingContent: Digest(of: data)) {
        try Quarantine.refuse(version, in: registry)
      }
      files.append(
        SourceFile(
          path: try ContentPath(SuiteBundle.dataFile), content: .bytes(data),
          mediaType: MediaType.ndjson))
    }
    return try registry.add(
      VersionDraft(
        name: name, kind: .suite, files: files,
        metadata: [
          "suite": .string(suite.name), "task": .string(suite.taskName),
          "cases": .integer(suite.cases.count),
        ], acceptsOtherNames: acceptsOtherNames, reason: reason),
      progress: progress)
  }

  /// Reads a suite that is not registered.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, `LifecycleError`.
  static func read(_ file: FilePath) throws -> Suite { try parse(file).suite }

  private static func parse(_ file: FilePath) throws -> (suite: Suite, yaml: String, data: [UInt8]?)
  {
    let yaml = try TextFile.read(file)
    var data: [UInt8]?
    let folder = file.removingLastComponent()
    let suite = try Suite(yaml: yaml, file: file.string) { path in
      let location = folder.pushing(FilePath(path)).lexicallyNormalized()
      guard let content = FileManager.default.contents(atPath: location.string) else {
        throw LifecycleError.noSuchPath(location.string)
      }
      data = Array(content)
      return Array(content)
    }
    return (suite, yaml, data)
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
    return try Suite(
      yaml: String(decoding: try bytes(suiteFile), as: UTF8.self),
      file: "\(version.label)/\(suiteFile)"
    ) { _ in try bytes(dataFile) }
  }
}
