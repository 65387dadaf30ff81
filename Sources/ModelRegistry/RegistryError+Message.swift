import MLOpsCore
import SystemPackage

extension RegistryError {
  public var message: String {
    switch self {
    case .storeExists(let path): "There is a registry in '\(path)' already."
    case .storeMissing(let path): "There is no registry in '\(path)'."
    case .readOnly(let path): "The registry in '\(path)' can be read and not written."
    case .formatTooNew(let path, let found, let supported):
      "The registry in '\(path)' has format \(found); this program knows formats up to \(supported)."
    case .nameUnknown(let name, _): "There is no artifact named '\(name)'."
    case .versionUnknown(let name, let version, let newest):
      newest.map { "'\(name)' has no version \(version); its newest is \($0)." }
        ?? "'\(name)' has no version \(version), nor any other."
    case .aliasUnknown(let name, let alias, let known, _):
      "'\(name)' has no alias '\(alias)'; "
        + (known.isEmpty ? "it has none." : "it has \(Self.list(known)).")
    case .digestUnknown(let name, let prefix):
      "'\(name)' has no version whose digest begins with sha256:\(prefix)."
    case .digestAmbiguous(let name, let prefix, let matches):
      "sha256:\(prefix) is the beginning of several digests of '\(name)': \(Self.list(matches))."
    case .environmentUnknown(let name, _): "Nothing was ever promoted to an environment '\(name)'."
    case .generationUnknown(let name, let back, let count):
      "'\(name)' has \(count) generation\(count == 1 ? "" : "s"), so there is none \(back) back."
    case .releaseUnknown(let digest): "No version in this registry has the digest \(digest)."
    case .notARelease(let digest, let kind):
      "An environment points at a release; sha256:\(digest.short) is a version of kind \(kind.rawValue)."
    case .generationConflict(let environment, let expected, let found):
      "'\(environment)' was expected at \(Self.generation(expected)) and is at \(Self.generation(found)): somebody else was first."
    case .kindConflict(let name, let existing, let given):
      "'\(name)' is of kind \(existing.rawValue); a version of kind \(given.rawValue) cannot be added to it."
    case .foreignVersion(let name, let given):
      "An alias of '\(name)' cannot point at a version of '\(given)'."
    case .versionRemoved(let name, let version):
      "'\(name)@\(version)' was removed by garbage collection in the meantime."
    case .pathTwice(let path): "Two files of one version have the path '\(path)'."
    case .pathInsideFile(let path, let file):
      "'\(path)' cannot be in one version with '\(file)', which is a file and no folder."
    case .notAFile(let path, let found): "'\(path)' is \(found); only regular files can be added."
    case .fileChanged(let path): "'\(path)' changed while it was read."
    case .blobMissing(let path, let digest):
      "The content of '\(path)', \(digest), is missing from the store."
    case .blobTruncated(let path, let digest, let expected, let found):
      "The content of '\(path)', \(digest), is damaged in the store: it has \(found) bytes, not \(expected)."
    case .blobDamaged(let digest, let found):
      "A blob of the store is damaged: its name is \(digest), its bytes have \(found)."
    case .compressedBlobDamaged(let path, let reason):
      "The compressed blob '\(path)' is damaged: \(reason)."
    case .blobCompressed(let content, let path):
      "The content of '\(content)' is needed as a plain file and lies compressed in '\(path)'."
    case .manifestDamaged(let name, let version, let reason):
      "The manifest of '\(name)@v\(version)' is damaged: \(reason)"
    case .catalogDamaged(let reason): "The catalog is damaged: \(reason)"
    case .feedbackLost(let path):
      "'\(path)' is empty, which it never is after it was made: the feedback in it was lost."
    case .outcomesLost(let path):
      "'\(path)' is empty, which it never is after it was made: the outcomes in it were lost."
    case .outcomeConflict(let key, let place):
      "Outcome \(place + 1), '\(key)', was recorded before with another subject, arm, value or time."
    case .outcomesFrozen(let id): "The comparison '\(id)' takes no more outcomes: it was stopped."
    case .runUnknown(let id): "There is no run '\(id)'."
    case .runEnded(let id): "The run '\(id)' has ended already."
    case .folderExists(let path): "'\(path)' is there already, and is no empty folder."
    case .noCandidate(let path): "There is no file or folder '\(path)' to look for lost bytes in."
    case .system(let operation, let path, let error): "Cannot \(operation) '\(path)': \(error)."
    }
  }

  public var advice: String? {
    switch self {
    case .storeExists: "Use it as it is, or choose another folder."
    case .storeMissing: "Run 'mlops init' there first, or set MLOPS_HOME."
    case .readOnly: "Ask its owner, or copy the folder to where you may write."
    case .formatTooNew: "Update mlops; the registry was left untouched."
    case .nameUnknown(_, let suggestions): Self.didYouMean(suggestions) ?? "See 'mlops list'."
    case .versionUnknown(let name, _, _): "See 'mlops list \(name)'."
    case .aliasUnknown(_, _, _, let suggestions): Self.didYouMean(suggestions)
    case .digestAmbiguous: "Give more digits of the digest."
    case .environmentUnknown(let name, let suggestions):
      Self.didYouMean(suggestions)
        ?? "Name a release instead, or serve one there first: mlops promote RELEASE --to \(name)"
    case .generationConflict: "Look at 'mlops history', then decide again."
    case .kindConflict: "Choose another name."
    case .fileChanged: "Add it again when nothing writes to it."
    case .notAFile: "Copy its content to a regular file and add that."
    case .blobCompressed(_, let path):
      "Run 'zstd -d \(path)': it puts the plain file beside it, under the name of a plain blob."
    case .blobMissing, .blobTruncated, .blobDamaged, .compressedBlobDamaged:
      "Run 'mlops verify' for the whole extent and 'mlops repair' with a copy."
    case .manifestDamaged:
      "Restore registry.db from a backup; blobs are named by their digests and need none of it."
    case .catalogDamaged:
      "Restore that file from a backup; blobs are named by their digests and need none of it."
    case .feedbackLost:
      "Restore it from a backup, with feedback.db-wal if that is there; to begin anew without the feedback, remove both files."
    case .outcomesLost:
      "Restore it from a backup, with outcomes.db-wal if that is there; to begin anew without the outcomes, remove both files."
    case .folderExists: "Choose a folder that does not exist yet."
    case .system(_, _, .noSpace), .system(_, _, .diskQuotaExceeded):
      "Free some space, then repeat; nothing was changed."
    default: nil
    }
  }

  private static func list(_ items: [some CustomStringConvertible]) -> String {
    items.prefix(8).map(\.description).joined(separator: ", ") + (items.count > 8 ? " …" : "")
  }

  private static func generation(_ number: Int?) -> String {
    number.map { "generation \($0)" } ?? "no generation"
  }

  private static func didYouMean(_ suggestions: [some CustomStringConvertible]) -> String? {
    suggestions.isEmpty ? nil : "Did you mean \(list(suggestions))?"
  }
}
