public import JSON
public import MLOpsCore

/// A version that is to be added.
public struct VersionDraft: Sendable {
  public var name: ArtifactName
  public var kind: ArtifactKind
  public var files: [SourceFile]
  public var ingredients: [Ingredient]
  public var metadata: [String: JSONValue]
  /// Gives files of the same file system a second name instead of copying them.
  ///
  /// The file then *is* the blob: it becomes read-only, and whoever makes it writable and edits it
  /// in place damages the blob (`verify` tells). Replacing the file by renaming is harmless.
  public var link: Bool
  public var reason: String

  public init(
    name: ArtifactName, kind: ArtifactKind, files: [SourceFile], ingredients: [Ingredient] = [],
    metadata: [String: JSONValue] = [:], link: Bool = false, reason: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.files = files
    self.ingredients = ingredients
    self.metadata = metadata
    self.link = link
    self.reason = reason
  }
}

/// What adding came to.
public struct AddOutcome: Sendable {
  public let record: VersionRecord
  /// False where the artifact has a version of equal content already; nothing was written then.
  public let isNew: Bool
  public let bytesCopied: Int64
  public let bytesLinked: Int64
  /// Bytes that the store had already.
  public let bytesPresent: Int64
}
