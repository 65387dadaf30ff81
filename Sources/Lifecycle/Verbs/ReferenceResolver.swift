import Foundation
public import MLOpsCore
public import ModelRegistry

/// Turns what a person wrote into a version: a reference, or a path that is added on the fly.
public struct ReferenceResolver: Sendable {
  private let registry: Registry
  private let announce: (@Sendable (String) -> Void)?

  /// - Parameter announce: is told in a sentence of every path that was added.
  public init(registry: Registry, announce: (@Sendable (String) -> Void)? = nil) {
    self.registry = registry
    self.announce = announce
  }

  /// Resolves a reference or adds a path; files whose bytes are registered already are that version.
  ///
  /// A text with a `/` or a leading `.` is a path. Any other is a reference first, and a path only
  /// where no such name is known and such a file exists.
  ///
  /// - Throws: `RegistryError`, `CoreError`, `LifecycleError` with codes
  ///   `lifecycle.no_such_path` and `lifecycle.wrong_kind` (where `kinds` is given).
  public func resolve(
    _ text: String, kinds: [ArtifactKind] = [], progress: ProgressHandler? = nil
  ) throws -> VersionRecord {
    let version = try find(text, kinds: kinds, progress: progress)
    guard kinds.isEmpty || kinds.contains(version.manifest.kind) else {
      throw LifecycleError.wrongKind(
        reference: text, found: version.manifest.kind, expected: kinds)
    }
    return version
  }

  private func find(_ text: String, kinds: [ArtifactKind], progress: ProgressHandler?) throws
    -> VersionRecord
  {
    let exists = FileManager.default.fileExists(atPath: text)
    if text.contains("/") || text.hasPrefix(".") {
      guard exists else { throw LifecycleError.noSuchPath(text) }
      return try add(text, kinds: kinds, progress: progress)
    }
    do {
      return try registry.resolve(try Reference(text))
    } catch let error as any Failure
      where exists && (error.kind == .notFound || error.kind == .usage)
    {
      return try add(text, kinds: kinds, progress: progress)
    }
  }

  private func add(_ path: String, kinds: [ArtifactKind], progress: ProgressHandler?) throws
    -> VersionRecord
  {
    let request = Add.Request(
      path: path, kind: kinds.count == 1 ? kinds.first : nil, acceptsOtherNames: true,
      reason: "added on the fly")
    let outcome = try Add(registry: registry).run(request, progress: progress)
    if outcome.isNew { announce?("note: '\(path)' was added as \(outcome.record.label)") }
    return outcome.record
  }
}
