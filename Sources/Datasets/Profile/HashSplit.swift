public import JSON
public import SystemPackage

/// Splits rows into training and validation by the hash of a key.
///
/// Rows with the same key stay together, so nothing leaks, and a row stays where it is when others
/// are added. Rows without the key go by their whole value.
public struct HashSplit: Sendable, Equatable {
  public enum Side: String, Sendable { case train, validation }

  private let key: JSONPointer
  private let validationShare: Double
  private let salt: String

  /// - Parameters:
  ///   - key: What belongs together, such as `/problem`.
  ///   - validationShare: Above 0 and below 1; met on average, not exactly.
  ///   - salt: Another one gives another split.
  /// - Throws: `DatasetsError.invalidShare`.
  public init(key: JSONPointer, validationShare: Double, salt: String = "") throws(DatasetsError) {
    guard validationShare > 0, validationShare < 1 else { throw .invalidShare(validationShare) }
    self.key = key
    self.validationShare = validationShare
    self.salt = salt
  }

  /// Where a row belongs.
  public func side(of row: JSONValue) -> Side {
    let group = row[key] ?? row
    let share = RowFingerprint(Array(salt.utf8) + [0] + group.canonicalBytes).share
    return share < validationShare ? .validation : .train
  }

  /// Writes both sides of a file; rows that are no JSON are counted as `skipped` and left out.
  public func split(_ input: FilePath, train: FilePath, validation: FilePath)
    throws(DatasetsError) -> (train: Int, validation: Int, skipped: Int)
  {
    var counts = (train: 0, validation: 0, skipped: 0)
    var reader = try SourceReader(input)
    var trainFile = try AtomicFile(train)
    var validationFile = try AtomicFile(validation)
    while let row = try reader.next() {
      guard case .success(let value) = row.content else {
        counts.skipped += 1
        continue
      }
      switch side(of: value) {
      case .train:
        counts.train += 1
        try trainFile.write(line: value.canonicalBytes)
      case .validation:
        counts.validation += 1
        try validationFile.write(line: value.canonicalBytes)
      }
    }
    try validationFile.commit()
    try trainFile.commit()
    return counts
  }
}
