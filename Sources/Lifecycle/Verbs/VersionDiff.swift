public import JSON
import MLOpsCore
public import ModelRegistry

/// What differs between two versions.
public struct VersionDiff: Sendable {
  /// One difference.
  public struct Change: Sendable, Hashable {
    /// What kind of thing differs.
    public enum Subject: String, Sendable { case kind, file, ingredient, metadata }

    public let subject: Subject
    /// A path, a role or a JSON Pointer.
    public let name: String
    /// Nil where the left side does not have it.
    public let before: String?
    /// Nil where the right side does not have it.
    public let after: String?
  }

  public let left: VersionRecord
  public let right: VersionRecord
  /// Kind first, then files, ingredients and metadata, each sorted by name.
  public let changes: [Change]

  public init(_ left: VersionRecord, _ right: VersionRecord) {
    self.left = left
    self.right = right
    var changes: [Change] = []
    if left.kind != right.kind {
      changes.append(
        Change(
          subject: .kind, name: "kind", before: left.kind.rawValue, after: right.kind.rawValue))
    }
    changes += VersionDiff.changes(
      .file, VersionDiff.files(left.manifest), VersionDiff.files(right.manifest))
    changes += VersionDiff.changes(
      .ingredient, VersionDiff.ingredients(left.manifest),
      VersionDiff.ingredients(right.manifest))
    changes += VersionDiff.changes(
      .metadata, VersionDiff.leaves(.object(left.manifest.metadata), at: .root),
      VersionDiff.leaves(.object(right.manifest.metadata), at: .root))
    self.changes = changes
  }

  /// Keys: `left`, `right`, `identical`, `changes` of `subject`, `name`, `before`, `after`.
  public var document: JSONValue {
    [
      "left": .string(left.label), "right": .string(right.label),
      "identical": .bool(left.digest == right.digest),
      "changes": .array(
        changes.map {
          [
            "subject": .string($0.subject.rawValue), "name": .string($0.name),
            "before": $0.before.map(JSONValue.string) ?? .null,
            "after": $0.after.map(JSONValue.string) ?? .null,
          ]
        }),
    ]
  }

  private static func changes(
    _ subject: Change.Subject, _ left: [String: String], _ right: [String: String]
  ) -> [Change] {
    Set(left.keys).union(right.keys).sorted().compactMap { name in
      left[name] == right[name]
        ? nil : Change(subject: subject, name: name, before: left[name], after: right[name])
    }
  }

  private static func files(_ manifest: Manifest) -> [String: String] {
    Dictionary(
      manifest.files.map {
        ($0.path.description, "\($0.digest.short) (\(Quantity.bytes($0.size)))")
      }, uniquingKeysWith: { first, _ in first })
  }

  private static func ingredients(_ manifest: Manifest) -> [String: String] {
    Dictionary(
      manifest.ingredients.map { ($0.role, "sha256:\($0.digest.short)") },
      uniquingKeysWith: { "\($0), \($1)" })
  }

  private static func leaves(_ value: JSONValue, at pointer: JSONPointer) -> [String: String] {
    guard case .object(let members) = value, !members.isEmpty || pointer == .root else {
      return [pointer.description: value.canonical]
    }
    return members.reduce(into: [:]) { result, member in
      result.merge(leaves(member.value, at: pointer.appending(member.key))) { first, _ in first }
    }
  }
}
