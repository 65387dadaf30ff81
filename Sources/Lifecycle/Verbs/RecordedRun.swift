import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Foundation

/// Runs work as a run of the registry: its inputs are safe from gc, and how it ended is recorded.
struct RecordedRun: Sendable {
  let registry: Registry
  let kind: String
  let parameters: JSONValue
  let inputs: [Ingredient]

  /// What the work gives back for the record.
  struct Ending<Value: Sendable>: Sendable {
    let value: Value
    let metrics: JSONValue
    let outputs: [Digest]
  }

  /// Begins the run, works, and ends it as `succeeded`, `failed` or `cancelled`.
  func perform<Value>(_ work: (RunID) async throws -> Ending<Value>) async throws -> Value {
    let run = try registry.beginRun(
      kind: kind, parameters: parameters, inputs: inputs, code: Provenance.here)
    do {
      let ending = try await work(run.id)
      try registry.endRun(
        run.id, outcome: .succeeded, metrics: ending.metrics, outputs: ending.outputs)
      return ending.value
    } catch {
      let report = FailureReport(error)
      _ = try? registry.endRun(
        run.id, outcome: report.kind == .cancelled ? .cancelled : .failed,
        metrics: ["error": .string(report.code)], outputs: [])
      throw error
    }
  }
}

/// A folder for files in the making, removed at the end.
struct ScratchFolder: ~Copyable {
  let path: FilePath
  private let owner: WorkFolder

  /// Makes it in the store, so that what is made is on the store's file system; garbage collection
  /// removes it where the process is killed.
  init(in registry: Registry) throws {
    owner = try registry.workFolder()
    path = owner.path
  }
}
