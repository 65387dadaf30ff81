public import MLOpsCore

/// Finds rows that are nearly the same, without comparing every row with every other.
///
/// MinHash signatures are cut into bands; rows that agree in a band are candidates, and a candidate
/// counts only when the exact similarity of the shingles reaches the threshold. So nothing below the
/// threshold is ever found, and of the pairs right at it 99 % are. Memory is 4 bytes a shingle and
/// 4 bytes a band for each row: about 200 bytes for a row of 30 characters.
///
/// - SeeAlso: Broder 1997; Indyk and Motwani 1998.
public struct NearDuplicateFinder: Sendable {
  private let options: NearDuplicateOptions
  private let shingler: Shingler
  private var store = ShingleStore()
  private var lines: [Int] = []
  private var waiting: [[String]] = []

  /// Enough rows to keep the cores busy, few enough that their texts need no memory to speak of.
  private static let batch = 8192

  public init(_ options: NearDuplicateOptions = NearDuplicateOptions()) {
    self.options = options
    shingler = Shingler(options)
  }

  /// Adds a row by its texts; rows are told apart by their order, and named by their lines.
  public mutating func add(_ texts: [String], line: Int) {
    waiting.append(texts)
    lines.append(line)
    if waiting.count == NearDuplicateFinder.batch { shingle() }
  }

  /// The clusters of the rows added.
  ///
  /// - Throws: `datasets.interrupted` where the task was cancelled.
  public consuming func report(progress: ProgressHandler? = nil) throws(DatasetsError)
    -> NearDuplicateReport
  {
    shingle()
    let hasher = MinHasher(BandingPlan(threshold: options.threshold))
    let bands = NearDuplicateFinder.bands(of: store, hasher)
    var clusters = ClusterBuilder(store: store, threshold: options.threshold)
    clusters.joinEqualSets()
    for band in 0..<hasher.plan.bands {
      clusters.join(bands.keys(of: band))
      try DatasetsError.checkInterruption(of: "near duplicates")
      progress?(
        ProgressUpdate(
          label: "comparing", done: Int64(band + 1), total: Int64(hasher.plan.bands),
          unit: "bands"))
    }
    return clusters.report(lines: lines)
  }

  private mutating func shingle() {
    let (shingler, texts) = (shingler, waiting)
    waiting.removeAll(keepingCapacity: true)
    let pieces = parallelMap((texts.count + 511) / 512) { piece in
      texts[piece * 512..<min(texts.count, piece * 512 + 512)].map(shingler.shingles)
    }
    for shingles in pieces.joined() { store.append(shingles) }
  }

  private static func bands(of store: ShingleStore, _ hasher: MinHasher) -> BandTable {
    let size = BandTable.pieceSize
    let pieces = parallelMap((store.count + size - 1) / size) { piece in
      var bands: [UInt32] = []
      let rows = piece * size..<min(store.count, (piece + 1) * size)
      bands.reserveCapacity(rows.count * hasher.plan.bands)
      for row in rows { hasher.appendBands(of: store[row], to: &bands) }
      return bands
    }
    return BandTable(pieces: pieces, bands: hasher.plan.bands)
  }
}

/// The hash of every band of every row.
struct BandTable: Sendable {
  static let pieceSize = 4096
  /// Of `pieceSize` rows each, row by row.
  let pieces: [[UInt32]]
  let bands: Int

  /// `hash · 2³² + row` of one band, ascending, so that rows with the same hash stand together.
  func keys(of band: Int) -> [UInt64] {
    var keys: [UInt64] = []
    keys.reserveCapacity(pieces.count * BandTable.pieceSize)
    for piece in pieces {
      for position in stride(from: band, to: piece.count, by: bands) {
        keys.append(UInt64(piece[position]) << 32 | UInt64(keys.count))
      }
    }
    keys.sort()
    return keys
  }
}
