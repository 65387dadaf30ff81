import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage

/// Runs work as a run of the registry: its inputs are safe from gc, and how it ended is recorded.
struct RecordedRun: Sendable {
  let registry: Registry
  let kind: String
  let parameters: JSONValue
  let inputs: [Ingredient]

  /// The members of the parameters that say what a run makes, and of which versions: several names may
  /// have one digest, so that the digests of inputs and outputs do not tell it.
  enum Naming {
    static let name = "name"
    static let madeFrom = "made_from"

    static func members(_ name: ArtifactName, of versions: [VersionRecord]) -> [String: JSONValue] {
      [
        Naming.name: .string(name.description),
        madeFrom: .array(versions.map { .string($0.label) }),
      ]
    }
  }

  /// What the work gives back for the record.
  struct Ending<Value: Sendable>: Sendable {
    let value: Value
    let metrics: JSONValue
    let outputs: [Digest]
  }

  /// Begins the run, works, and ends it as `succeeded`, `failed` or `cancelled`.
  func perform<Value>(_ work: (RunID) async throws -> Ending<Value>) async throws -> Value {
    let run = try begin()
    do {
      return try succeed(run, try await work(run.id))
    } catch {
      fail(run, error)
      throw error
    }
  }

  /// As above, for work that nothing is waited for in.
  func performNow<Value>(_ work: () throws -> Ending<Value>) throws -> Value {
    let run = try begin()
    do {
      return try succeed(run, try work())
    } catch {
      fail(run, error)
      throw error
    }
  }

  private func begin() throws -> RunRecord {
    try registry.beginRun(
      kind: kind, parameters: parameters, inputs: inputs, code: Provenance.here)
  }

  private func succeed<Value>(_ run: RunRecord, _ ending: Ending<Value>) throws -> Value {
    try registry.endRun(
      run.id, outcome: .succeeded, metrics: ending.metrics, outputs: ending.outputs)
    return ending.value
  }

  private func fail(_ run: RunRecord, _ error: any Error) {
    let report = FailureReport(error)
    _ = try? registry.endRun(
      run.id, outcome: report.kind == .cancelled ? .cancelled : .failed,
      metrics: ["error": .string(report.code)], outputs: [])
  }
}

/// A folder for files in the making, removed at the end.
struct ScratchFolder: ~Copyable {
  let path: FilePath
  /// Nil outside the store.
  private let owner: WorkFolder?

  /// Makes it in the store, so that what is made is on the store's file system; garbage collection
  /// removes it where the process is killed.
  init(in registry: Registry) throws {
    let owner = try registry.workFolder()
    self.init(owner, path: owner.path)
  }

  /// Makes it for what is not added: where the store cannot be written, in the system's folder for
  /// temporary files.
  ///
  /// - Throws: `LifecycleError.noScratch` where neither can be.
  init(besides registry: Registry) throws {
    var owner: WorkFolder?
    do {
      owner = try registry.workFolder()
    } catch RegistryError.readOnly {}
    let path = try owner?.path ?? Self.temporary(for: registry)
    self.init(owner, path: path)
  }

  private init(_ owner: WorkFolder?, path: FilePath) {
    self.owner = owner
    self.path = path
  }

  private static func temporary(for registry: Registry) throws -> FilePath {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mlops-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    } catch {
      throw LifecycleError.noScratch(store: registry.root.string, folder: folder.path)
    }
    return FilePath(folder.path)
  }

  deinit {
    if owner == nil { try? FileManager.default.removeItem(atPath: path.string) }
  }
}
