import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// How the origin of an ingested dataset reads.
enum OriginText {
  /// `a/x.csv  1,000 rows  1.2 MB  sha256:…`
  static func line(_ input: IngestOrigin.Input) -> String {
    var parts = [TerminalText.escaped(input.name)]
    if let rows = input.rows { parts.append(Quantity.count(Int64(rows), of: "row")) }
    if let size = input.size { parts.append(Quantity.bytes(size)) }
    if let digest = input.digest { parts.append(short(digest)) }
    if let query = input.query { parts.append(Excerpt.of(query, width: 60)) }
    return parts.joined(separator: "  ")
  }

  /// The steps of a dataset's cleaning: `unicode, scrub_pii`; nil where there were none.
  static func cleaning(_ version: VersionRecord) -> String? {
    let steps = version.manifest.metadata["cleaning"]?.array ?? []
    let names = steps.compactMap { $0.object?.keys.first ?? $0.string }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  /// A schema that is no version: its digest; nil where there is none.
  static func fileSchema(_ version: VersionRecord) -> String? {
    guard !version.manifest.ingredients.contains(where: { $0.role == "schema" }),
      let digest = version.manifest.metadata["schema"]?.string
    else { return nil }
    return "\(short(digest))  (a file, not in this registry)"
  }

  /// `d-quarantine@v1  (3 rows: 1 invalid, 2 dropped by cleaning)`
  static func quarantine(_ version: VersionRecord) -> String {
    let metadata = version.manifest.metadata
    guard let rows = metadata["rows"]?.int, let mark = metadata["quarantine"] else {
      return version.label
    }
    let counts = [("invalid", "invalid"), ("dropped", "dropped by cleaning")].compactMap {
      name, words in
      mark[name]?.int.flatMap { $0 > 0 ? "\(Quantity.grouped(Int64($0))) \(words)" : nil }
    }
    return "\(version.label)  (\(Quantity.count(Int64(rows), of: "row")): "
      + "\(counts.joined(separator: ", ")))"
  }

  private static func short(_ digest: String) -> String { String(digest.prefix(7 + 12)) }
}
