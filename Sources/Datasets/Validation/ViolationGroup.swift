/// How many rows violate one keyword of a schema first, as `ingest` counts them.
public struct ViolationGroup: Sendable, Hashable {
  public let keyword: String
  public let schemaPointer: String
  public internal(set) var count: Int
  /// The line of the first, from 1.
  public let firstLine: Int
}

extension ViolationGroup {
  /// The most frequent first, then by place.
  static func sorted(_ groups: some Sequence<ViolationGroup>) -> [ViolationGroup] {
    groups.sorted {
      ($1.count, $0.schemaPointer, $0.keyword) < ($0.count, $1.schemaPointer, $1.keyword)
    }
  }
}
