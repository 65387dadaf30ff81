public import JSON
public import MLOpsCore

/// What the history could not do.
public enum HistoryError: Failure, Equatable {
  /// libgit2 refused; `reason` is its own sentence.
  case git(operation: String, path: String, code: Int32, reason: String)
  /// A path that git would not take.
  case invalidPath(String)
  /// Events must be committed in their order, each once.
  case outOfOrder(previous: Int64, next: Int64)
  /// The branch's commits carry no `Event: <n>`.
  case foreign(path: String, commit: String)
  /// A stored object does not have git's form.
  case damagedObject(path: String, object: String)
  /// Another git program holds the lock of a reference.
  case locked(path: String)

  public var code: String {
    switch self {
    case .git: "registry.history_git"
    case .invalidPath: "registry.history_invalid_path"
    case .outOfOrder: "registry.history_out_of_order"
    case .foreign: "registry.history_foreign"
    case .damagedObject: "registry.history_damaged"
    case .locked: "registry.history_locked"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .git: .unavailable
    case .invalidPath, .outOfOrder: .internal
    case .foreign, .damagedObject: .corrupted
    case .locked: .conflict
    }
  }

  public var message: String {
    switch self {
    case .git(let operation, let path, let code, let reason):
      "The history in '\(path)' could not \(operation): \(reason) (libgit2 error \(code))."
    case .invalidPath(let path):
      "The history cannot hold a file named '\(path)': every part must be non-empty and none '.', '..' or '.git'."
    case .outOfOrder(let previous, let next):
      "The history takes events in rising order; event \(next) came after event \(previous)."
    case .foreign(let path, let commit):
      "The history in '\(path)' should end in a commit with the line 'Event: <number>'; neither commit \(commit) nor those before it have one."
    case .damagedObject(let path, let object):
      "Object \(object) of the history in '\(path)' is not what git would write."
    case .locked(let path):
      "A git program should have released the lock '\(path)' by now, but it is still there."
    }
  }

  public var advice: String? {
    switch self {
    case .git, .foreign, .damagedObject:
      "The catalog is the truth: move the folder aside, and the next command writes the history anew."
    case .locked:
      "If no git program works in this folder, remove that file; the next command then catches up."
    case .invalidPath, .outOfOrder: nil
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .git(let operation, let path, let code, let reason):
      [
        "operation": .string(operation), "path": .string(path), "code": .integer(code),
        "reason": .string(reason),
      ]
    case .invalidPath(let path), .locked(let path): ["path": .string(path)]
    case .outOfOrder(let previous, let next):
      ["previous": .integer(previous), "next": .integer(next)]
    case .foreign(let path, let commit): ["path": .string(path), "commit": .string(commit)]
    case .damagedObject(let path, let object):
      ["path": .string(path), "object": .string(object)]
    }
  }
}
