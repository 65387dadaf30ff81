public import Foundation
import GRDB
public import JSON
public import MLOpsCore

/// One line of the list of artifacts.
public struct ArtifactSummary: Sendable, Hashable {
  public let name: ArtifactName
  public let kind: ArtifactKind
  /// Nil where every version was removed.
  public let newest: VersionNumber?
  public let versionCount: Int
  /// Bytes of all versions, blobs that several share counted for each.
  public let totalSize: Int64
  public let aliases: [Alias: VersionNumber]
  public let createdAt: Date
  /// When the newest version was added.
  public let updatedAt: Date
}

/// Generation N of an environment: an immutable row.
public struct GenerationRecord: Sendable, Hashable {
  public enum Action: String, Sendable { case promote, rollback }

  public let environment: EnvironmentName
  /// From 1, without gaps.
  public let number: Int
  /// The digest of the release.
  public let release: Digest
  public let releaseName: ArtifactName
  public let releaseVersion: VersionNumber
  /// The generation before; nil for the first.
  public let parent: Int?
  public let action: Action
  public let reason: String
  /// The digest of the evaluation that allowed it.
  public let evidence: Digest?
  /// Whether the gate was overruled.
  public let forced: Bool
  public let createdAt: Date
  public let author: Author
}

/// A generation that is to be appended.
public struct GenerationDraft: Sendable {
  public var environment: EnvironmentName
  public var release: Digest
  /// By which of its names the release is recorded, where several versions have its digest.
  public var releaseName: ArtifactName?
  /// The number of the generation this one replaces, nil for none; if another is there by now,
  /// `registry.generation_conflict`.
  public var expectedParent: Int?
  public var action: GenerationRecord.Action
  public var reason: String
  public var evidence: Digest?
  public var forced: Bool

  public init(
    environment: EnvironmentName, release: Digest, named releaseName: ArtifactName? = nil,
    expectedParent: Int?,
    action: GenerationRecord.Action = .promote, reason: String, evidence: Digest? = nil,
    forced: Bool = false
  ) {
    self.environment = environment
    self.release = release
    self.releaseName = releaseName
    self.expectedParent = expectedParent
    self.action = action
    self.reason = reason
    self.evidence = evidence
    self.forced = forced
  }
}

/// One change of the registry's state; appended in the transaction of the change, never altered.
public struct EventRecord: Sendable, Hashable {
  public enum Action: String, Sendable, CaseIterable {
    case versionAdded = "version_added"
    case versionRemoved = "version_removed"
    case aliasSet = "alias_set"
    case aliasRemoved = "alias_removed"
    case promoted
    case rolledBack = "rolled_back"
    case runBegun = "run_begun"
    case runEnded = "run_ended"
  }

  /// From 1, without gaps.
  public let sequence: Int64
  public let time: Date
  public let author: Author
  public let action: Action
  public let name: ArtifactName?
  public let version: VersionNumber?
  public let digest: Digest?
  public let alias: Alias?
  public let environment: EnvironmentName?
  public let generation: Int?
  public let run: RunID?
  public let reason: String
}

/// The number of a run, written `run-12`.
public struct RunID: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let value: Int64

  public init(_ value: Int64) { self.value = value }

  /// Parses `run-12`; nil for anything else.
  public init?(_ text: String) {
    guard text.hasPrefix("run-"), let value = Int64(text.dropFirst(4)), "run-\(value)" == text
    else { return nil }
    self.value = value
  }

  public var description: String { "run-\(value)" }
  public static func < (left: RunID, right: RunID) -> Bool { left.value < right.value }
}

/// One execution of train, evaluate, index or ingest.
public struct RunRecord: Sendable, Hashable {
  public enum Outcome: String, Sendable { case succeeded, failed, cancelled }
  /// `abandoned`: the process is gone and never said how it ended.
  public enum State: Sendable, Hashable { case running, ended(Outcome), abandoned }

  public let id: RunID
  public let kind: String
  public let parameters: JSONValue
  public let inputs: [Ingredient]
  /// The commit and dirty state of the code repository it ran in.
  public let code: JSONValue?
  public let process: ProcessIdentity
  public let author: Author
  public let begunAt: Date
  public let endedAt: Date?
  public let outcome: Outcome?
  public let metrics: JSONValue?
  public let outputs: [Digest]

  public var state: State {
    if let outcome { return .ended(outcome) }
    if kind == RunRecord.comparison { return .running }
    return process.isAlive ? .running : .abandoned
  }
}
