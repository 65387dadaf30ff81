public import JSON

/// The path of a file inside a version: relative, `/`-separated, without `.`, `..` or empty parts.
public struct ContentPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String

  /// - Throws: `CoreError.malformedPath`.
  public init(_ text: String) throws(CoreError) {
    guard !text.isEmpty, text.utf8.count <= 4096 else {
      throw .malformedPath(text, reason: "it is empty or longer than 4096 bytes")
    }
    guard !text.utf8.contains(0) else { throw .malformedPath(text, reason: "it contains a NUL") }
    guard !text.contains("\\") else {
      throw .malformedPath(text, reason: "it contains a backslash")
    }
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      guard !part.isEmpty, part != ".", part != ".." else {
        throw .malformedPath(text, reason: "a part of it is empty, '.' or '..'")
      }
    }
    description = text
  }

  public static func < (left: ContentPath, right: ContentPath) -> Bool {
    left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
  }
}

/// One file of a version.
public struct ContentFile: Sendable, Hashable {
  public let path: ContentPath
  public let digest: Digest
  /// Bytes.
  public let size: Int64
  /// Such as `application/vnd.cncf.model.weight.v1.gguf`.
  public let mediaType: String

  public init(path: ContentPath, digest: Digest, size: Int64, mediaType: String) {
    self.path = path
    self.digest = digest
    self.size = size
    self.mediaType = mediaType
  }
}

/// What a version was made from: a role (`base`, `data`, `suite` …) and the digest of a version.
public struct Ingredient: Sendable, Hashable {
  public let role: String
  public let digest: Digest

  public init(role: String, digest: Digest) {
    self.role = role
    self.digest = digest
  }
}

/// The immutable description of a version; its canonical JSON's digest is the version's digest.
///
/// It holds no time, no host and no user, so that equal inputs give an equal digest anywhere.
/// When, who and why are in the events of the registry.
public struct Manifest: Sendable, Hashable {
  /// The value of `format`; raised when a reader of this one could misread a newer manifest.
  public static let format = "mlops.manifest/v1"

  public let kind: ArtifactKind
  /// Sorted by path, each path once.
  public let files: [ContentFile]
  /// Sorted by role, then digest.
  public let ingredients: [Ingredient]
  /// What was recognised in or said about the content: architecture, parameters, rows …
  public let metadata: [String: JSONValue]

  public init(
    kind: ArtifactKind, files: [ContentFile], ingredients: [Ingredient] = [],
    metadata: [String: JSONValue] = [:]
  ) {
    self.kind = kind
    self.files = files.sorted { $0.path < $1.path }
    self.ingredients = Set(ingredients).sorted { ($0.role, $0.digest) < ($1.role, $1.digest) }
    self.metadata = metadata
  }

  /// The digest of the version.
  public var digest: Digest { Digest(of: json) }

  /// The sum of the sizes of the files, in bytes.
  public var size: Int64 { files.reduce(0) { $0 + $1.size } }

  /// The manifest as JSON; `Digest(of:)` of it is the version's digest.
  public var json: JSONValue {
    [
      "format": .string(Manifest.format),
      "kind": .string(kind.rawValue),
      "files": .array(
        files.map {
          [
            "path": .string($0.path.description), "digest": .string($0.digest.description),
            "size": .integer($0.size), "media_type": .string($0.mediaType),
          ]
        }),
      "ingredients": .array(
        ingredients.map {
          ["role": .string($0.role), "digest": .string($0.digest.description)]
        }),
      "metadata": .object(metadata),
    ]
  }

  /// Reads a manifest back, strictly.
  ///
  /// - Throws: `CoreError.malformedManifest` and the errors of the words in it.
  public init(json: JSONValue) throws(CoreError) {
    guard json["format"]?.string == Manifest.format else {
      throw .malformedManifest(
        reason:
          "its format is \(json["format"]?.canonical ?? "absent"), expected \(Manifest.format)")
    }
    guard let kind = json["kind"]?.string.flatMap(ArtifactKind.init(rawValue:)),
      let files = json["files"]?.array, let ingredients = json["ingredients"]?.array,
      let metadata = json["metadata"]?.object
    else { throw .malformedManifest(reason: "kind, files, ingredients or metadata is missing") }
    self.init(
      kind: kind, files: try Manifest.map(files, Manifest.file),
      ingredients: try Manifest.map(ingredients, Manifest.ingredient), metadata: metadata)
  }

  private static func map<Value>(
    _ values: [JSONValue], _ read: (JSONValue) throws(CoreError) -> Value
  ) throws(CoreError) -> [Value] {
    var result: [Value] = []
    for value in values { result.append(try read(value)) }
    return result
  }

  private static func file(_ json: JSONValue) throws(CoreError) -> ContentFile {
    guard let path = json["path"]?.string, let digest = json["digest"]?.string,
      let size = json["size"]?.int, size >= 0, let mediaType = json["media_type"]?.string
    else { throw .malformedManifest(reason: "a file lacks path, digest, size or media_type") }
    return ContentFile(
      path: try ContentPath(path), digest: try Digest(digest), size: Int64(size),
      mediaType: mediaType)
  }

  private static func ingredient(_ json: JSONValue) throws(CoreError) -> Ingredient {
    guard let role = json["role"]?.string, let digest = json["digest"]?.string else {
      throw .malformedManifest(reason: "an ingredient lacks role or digest")
    }
    return Ingredient(role: role, digest: try Digest(digest))
  }
}
