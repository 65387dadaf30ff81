import GRDB
import JSON
import MLOpsCore

/// The words by which a version is found.
struct VersionText {
  let name: String
  let aliases: String
  let metadata: String
  let reason: String

  init(manifest: Manifest, name: ArtifactName, aliases: [Alias], reason: String) {
    self.name = "\(name) \(manifest.kind.rawValue)"
    self.aliases = aliases.map(\.description).joined(separator: " ")
    self.reason = reason
    var words: [String] = manifest.files.prefix(100).map(\.path.description)
    for (key, value) in manifest.metadata.sorted(by: { $0.key < $1.key }) {
      words.append(key)
      VersionText.collect(value, into: &words)
    }
    metadata = words.joined(separator: " ")
  }

  /// Texts and numbers of a value; long texts (chat templates, schemas) only by their beginning.
  private static func collect(_ value: JSONValue, into words: inout [String]) {
    guard words.count < 500 else { return }
    switch value {
    case .string(let text): words.append(String(text.prefix(200)))
    case .number(let number): words.append(number.canonical)
    case .array(let elements): for element in elements { collect(element, into: &words) }
    case .object(let members):
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        words.append(key)
        collect(member, into: &words)
      }
    case .bool, .null: break
    }
  }

  func insert(_ database: Database, version: Int64) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO version_texts (rowid, name, aliases, metadata, reason) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [version, name, aliases, metadata, reason])
  }

  /// Writes the aliases that point at a version now.
  static func refreshAliases(_ database: Database, version: Int64) throws {
    try database.execute(
      sql: """
        UPDATE version_texts SET aliases = coalesce(
          (SELECT group_concat(alias, ' ') FROM aliases WHERE version_id = ?1), '') WHERE rowid = ?1
        """, arguments: [version])
  }
}

extension Registry {
  /// Versions whose name, aliases, file names, metadata or reason hold words that begin so.
  ///
  /// All words must occur; the best match is first. A text without a word finds nothing.
  public func search(_ text: String, limit: Int = 50) throws -> [VersionRecord] {
    let words = text.split { !($0.isLetter || $0.isNumber) }
    guard !words.isEmpty else { return [] }
    let pattern = words.map { "\"\($0)\"*" }.joined(separator: " ")
    return try read {
      try VersionRecord.all(
        $0,
        """
        JOIN version_texts ON version_texts.rowid = v.id WHERE version_texts MATCH ?
        ORDER BY bm25(version_texts, 8, 6, 1, 2), v.id DESC LIMIT ?
        """, [pattern, limit])
    }
  }
}
