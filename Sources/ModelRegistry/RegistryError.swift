public import JSON
public import MLOpsCore
public import SystemPackage

/// What the registry could not do, as facts; `RegistryError+Message.swift` makes sentences of them.
public enum RegistryError: Failure, Equatable {
  case storeExists(FilePath)
  case storeMissing(FilePath)
  case readOnly(FilePath)
  case formatTooNew(FilePath, found: Int, supported: Int)
  case nameUnknown(ArtifactName, suggestions: [ArtifactName])
  case versionUnknown(ArtifactName, VersionNumber, newest: VersionNumber?)
  case aliasUnknown(ArtifactName, Alias, known: [Alias], suggestions: [Alias])
  case digestUnknown(ArtifactName, prefix: String)
  case digestAmbiguous(ArtifactName, prefix: String, matches: [VersionNumber])
  case environmentUnknown(EnvironmentName, suggestions: [EnvironmentName])
  case generationUnknown(EnvironmentName, back: Int, count: Int)
  case releaseUnknown(Digest)
  case notARelease(Digest, ArtifactKind)
  case generationConflict(EnvironmentName, expected: Int?, found: Int?)
  case kindConflict(ArtifactName, existing: ArtifactKind, given: ArtifactKind)
  case foreignVersion(ArtifactName, given: ArtifactName)
  case versionRemoved(ArtifactName, VersionNumber)
  case pathTwice(ContentPath)
  case pathInsideFile(ContentPath, file: ContentPath)
  case notAFile(FilePath, found: String)
  case fileChanged(FilePath)
  case blobMissing(ContentPath, Digest)
  /// Sizes in bytes.
  case blobTruncated(ContentPath, Digest, expected: Int64, found: Int64)
  case blobDamaged(Digest, found: Digest)
  /// The reason is a phrase about the file: `it ends in the middle`.
  case compressedBlobDamaged(FilePath, reason: String)
  /// A plain file is needed, and the store has a compressed one.
  case blobCompressed(ContentPath, FilePath)
  case manifestDamaged(name: String, version: Int, reason: String)
  case catalogDamaged(reason: String)
  /// The file of feedback is there and holds nothing, not even that there is no feedback.
  case feedbackLost(FilePath)
  /// The file of outcomes is there and holds nothing.
  case outcomesLost(FilePath)
  /// An outcome of this key, at this place from 0, was recorded with another content.
  case outcomeConflict(key: String, place: Int)
  /// Outcomes of a comparison that takes no more.
  case outcomesFrozen(RunID)
  case runUnknown(RunID)
  case runEnded(RunID)
  case folderExists(FilePath)
  case noCandidate(FilePath)
  case system(operation: String, path: FilePath, error: Errno)

  public var code: String {
    switch self {
    case .storeExists: "registry.exists"
    case .storeMissing: "registry.missing"
    case .readOnly: "registry.read_only"
    case .formatTooNew: "registry.format_too_new"
    case .nameUnknown: "registry.name_unknown"
    case .versionUnknown: "registry.version_unknown"
    case .aliasUnknown: "registry.alias_unknown"
    case .digestUnknown: "registry.digest_unknown"
    case .digestAmbiguous: "registry.digest_ambiguous"
    case .environmentUnknown: "registry.environment_unknown"
    case .generationUnknown: "registry.generation_unknown"
    case .releaseUnknown: "registry.release_unknown"
    case .notARelease: "registry.not_a_release"
    case .generationConflict: "registry.generation_conflict"
    case .kindConflict: "registry.kind_conflict"
    case .foreignVersion: "registry.foreign_version"
    case .versionRemoved: "registry.version_removed"
    case .pathTwice: "registry.path_twice"
    case .pathInsideFile: "registry.path_inside_file"
    case .notAFile: "registry.not_a_file"
    case .fileChanged: "registry.file_changed"
    case .blobMissing: "registry.blob_missing"
    case .blobTruncated: "registry.blob_truncated"
    case .blobDamaged: "registry.digest_mismatch"
    case .compressedBlobDamaged: "registry.compressed_blob_damaged"
    case .blobCompressed: "registry.blob_compressed"
    case .manifestDamaged: "registry.manifest_damaged"
    case .catalogDamaged: "registry.catalog_damaged"
    case .feedbackLost: "registry.feedback_lost"
    case .outcomesLost: "registry.outcomes_lost"
    case .outcomeConflict: "registry.outcome_conflict"
    case .outcomesFrozen: "registry.outcomes_frozen"
    case .runUnknown: "registry.run_unknown"
    case .runEnded: "registry.run_ended"
    case .folderExists: "registry.folder_exists"
    case .noCandidate: "registry.no_candidate"
    case .system: "registry.system"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .storeMissing, .nameUnknown, .versionUnknown, .aliasUnknown, .digestUnknown,
      .environmentUnknown, .generationUnknown, .releaseUnknown, .runUnknown, .noCandidate:
      .notFound
    case .storeExists, .generationConflict, .kindConflict, .fileChanged, .runEnded, .versionRemoved,
      .outcomesFrozen:
      .conflict
    case .digestAmbiguous, .foreignVersion, .folderExists: .usage
    case .pathTwice, .pathInsideFile, .notAFile, .notARelease, .outcomeConflict: .invalidInput
    case .blobMissing, .blobTruncated, .blobDamaged, .compressedBlobDamaged, .manifestDamaged,
      .catalogDamaged, .feedbackLost, .outcomesLost:
      .corrupted
    case .formatTooNew, .readOnly, .blobCompressed: .unavailable
    case .system(_, _, let error):
      switch error {
      case .noSpace, .diskQuotaExceeded, .tooManyOpenFiles, .noMemory: .exhausted
      case .noSuchFileOrDirectory: .notFound
      case .permissionDenied, .notPermitted, .readOnlyFileSystem: .unavailable
      default: .internal
      }
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .system(let operation, let path, let error):
      [
        "operation": .string(operation), "path": .string(path.string),
        "errno": .integer(error.rawValue),
      ]
    case .generationConflict(let environment, let expected, let found):
      [
        "environment": .string(environment.description),
        "expected": expected.map { .integer($0) } ?? .null,
        "found": found.map { .integer($0) } ?? .null,
      ]
    case .nameUnknown(let name, let suggestions):
      [
        "name": .string(name.description),
        "suggestions": .array(suggestions.map { .string($0.description) }),
      ]
    default: [:]
    }
  }
}
