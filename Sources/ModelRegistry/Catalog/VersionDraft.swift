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
  /// Takes the newest version whose files have the same bytes for this one, whatever its name,
  /// metadata and ingredients: for files that somebody pointed at and said nothing about.
  public var acceptsOtherNames: Bool
  public var reason: String
  /// The commit and dirty state of the code repository that made it, as `CodeState.json` gives
  /// them. Recorded beside the manifest and not in it: the same content made by other code is
  /// the same version, and keeps what was recorded first.
  public var code: JSONValue?

  public init(
    name: ArtifactName, kind: ArtifactKind, files: [SourceFile], ingredients: [Ingredient] = [],
    metadata: [String: JSONValue] = [:], link: Bool = false, acceptsOtherNames: Bool = false,
    reason: String = "", code: JSONValue? = nil
  ) {
    self.name = name
    self.kind = kind
    self.files = files
    self.ingredients = ingredients
    self.metadata = metadata
    self.link = link
    self.acceptsOtherNames = acceptsOtherNames
    self.reason = reason
    self.code = code
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
