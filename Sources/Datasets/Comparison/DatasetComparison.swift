public import JSON
public import SystemPackage

/// Compares two files of rows in memory bounded but for about 150 bytes for each row of the old one:
/// fingerprints, not rows, are held.
public struct DatasetComparison: Sendable {
  private let key: [JSONPointer]
  private let exampleLimit: Int

  /// - Parameters:
  ///   - key: Where two rows with equal values are the same row; empty to compare by content.
  ///     Rows without any of them are compared by content too.
  ///   - examples: How many rows of each kind are shown.
  public init(key: [JSONPointer] = [], examples: Int = 10) {
    self.key = key
    exampleLimit = max(0, examples)
  }

  /// - Throws: `DatasetsError.fileFailed`, `.malformedSource`.
  public func compare(
    old: FilePath, new: FilePath, format: SourceFormat? = nil
  ) throws(DatasetsError) -> DatasetDiff {
    var diff = DatasetDiff()
    var index = RowIndex()
    var source = try SourceReader(old, format: format)
    while let row = try source.next() {
      guard case .success(let value) = row.content else {
        diff.old.addDefective()
        continue
      }
      diff.old.add(value)
      let content = RowFingerprint(value.canonicalBytes)
      index.add(key: fingerprint(value, content), content: content)
    }
    var wanted: [Int: (newLine: Int, new: JSONValue)] = [:]
    try readNew(new, format, &index, &diff, &wanted)
    diff.removed = index.remaining
    try readExamples(old, format, index, &diff, wanted)
    diff.repeatedKeys += index.repeated
    diff.schema = SchemaChange.changes(from: diff.old, to: diff.new)
    diff.distributions = DistributionChange.changes(from: diff.old, to: diff.new)
    return diff
  }

  private func readNew(
    _ file: FilePath, _ format: SourceFormat?, _ index: inout RowIndex, _ diff: inout DatasetDiff,
    _ wanted: inout [Int: (newLine: Int, new: JSONValue)]
  ) throws(DatasetsError) {
    var source = try SourceReader(file, format: format)
    while let row = try source.next() {
      guard case .success(let value) = row.content else {
        diff.new.addDefective()
        continue
      }
      diff.new.add(value)
      let content = RowFingerprint(value.canonicalBytes)
      switch index.take(key: fingerprint(value, content), content: content) {
      case .equal: diff.equal += 1
      case .changed(let ordinal):
        diff.changed += 1
        if wanted.count < exampleLimit { wanted[ordinal] = (row.line, value) }
      case .absent(let isRepeated):
        diff.added += 1
        if isRepeated { diff.repeatedKeys += 1 }
        if diff.addedExamples.count < exampleLimit {
          diff.addedExamples.append(
            .init(oldLine: nil, newLine: row.line, old: nil, new: value))
        }
      }
    }
  }

  /// Reads the old file once more, only for the few rows that are shown.
  private func readExamples(
    _ file: FilePath, _ format: SourceFormat?, _ index: RowIndex, _ diff: inout DatasetDiff,
    _ wanted: [Int: (newLine: Int, new: JSONValue)]
  ) throws(DatasetsError) {
    let removed = Set(index.remainingRows(exampleLimit))
    guard !removed.isEmpty || !wanted.isEmpty else { return }
    var source = try SourceReader(file, format: format)
    var ordinal = -1
    while let row = try source.next() {
      guard case .success(let value) = row.content else { continue }
      ordinal += 1
      if removed.contains(ordinal) {
        diff.removedExamples.append(.init(oldLine: row.line, newLine: nil, old: value, new: nil))
      } else if let (line, new) = wanted[ordinal] {
        diff.changedExamples.append(.init(oldLine: row.line, newLine: line, old: value, new: new))
      }
    }
  }

  private func fingerprint(_ row: JSONValue, _ content: RowFingerprint) -> RowFingerprint {
    let values = key.map { row[$0] }
    guard values.contains(where: { $0 != nil }) else { return content }
    let key = JSONValue.array(values.map { $0.map { .array([$0]) } ?? .null })
    return RowFingerprint([0] + key.canonicalBytes)
  }
}
