/// Why a Parquet file gives no rows; the texts are phrases without a full stop.
enum ParquetFault: Error {
  /// Its bytes contradict the format or each other.
  case damaged(String)
  /// It is well formed as far as was looked, but in a way that is not read here.
  case unsupported(String)
  /// The file itself could not be read.
  case failed(DatasetsError)

  /// With a place in front.
  func within(_ place: String) -> ParquetFault {
    switch self {
    case .damaged(let reason): .damaged("\(place): \(reason)")
    case .unsupported(let reason): .unsupported("\(place): \(reason)")
    case .failed: self
    }
  }

  func error(_ source: String) -> DatasetsError {
    switch self {
    case .damaged(let reason):
      .sourceFailed(
        .damagedSource, source: source, reason: "the Parquet file is damaged: \(reason)",
        advice: "Was it copied to its end? Fetch or write it again.")
    case .unsupported(let reason):
      .sourceFailed(
        .unsupportedSource, source: source, reason: "the Parquet file is not read: \(reason)",
        advice: "Write it again with ordinary settings, or as NDJSON.")
    case .failed(let error): error
    }
  }
}

/// How much of a Parquet file is held in memory, whatever the file says.
enum ParquetLimit {
  /// The description of the file at its end, in bytes.
  static let footer = 32 << 20
  /// One page after decompression, in bytes.
  static let page = 256 << 20
  /// The dictionary of a column of a row group after decompression, in bytes.
  static let dictionary = 64 << 20
  /// All pages and dictionaries that are held at a time, in bytes.
  static let total = 1 << 30
  /// The header of a page, statistics included, in bytes.
  static let pageHeader = 4 << 20
  /// Columns and groups of a schema.
  static let fields = 65_536
  /// Groups within groups.
  static let depth = 32
}
