/// Finds, for a text, those of some others that are nearly the same.
struct SimilarityIndex: Sendable {
  private let shingler: Shingler
  private let hasher: MinHasher
  private let threshold: Double
  private let sets: [[UInt32]]
  /// For each band, which texts have which hash.
  private var bands: [[UInt32: [Int]]]

  init(_ texts: [String], _ options: NearDuplicateOptions) {
    let shingler = Shingler(options)
    self.shingler = shingler
    hasher = MinHasher(BandingPlan(threshold: options.threshold))
    threshold = options.threshold
    sets = texts.map { shingler.shingles(of: [$0]) }
    bands = Array(repeating: [:], count: hasher.plan.bands)
    for (ordinal, set) in sets.enumerated() where !set.isEmpty {
      var hashes: [UInt32] = []
      hasher.appendBands(of: set[...], to: &hashes)
      for (band, hash) in hashes.enumerated() { bands[band][hash, default: []].append(ordinal) }
    }
  }

  /// In order, each with its exact similarity.
  func matches(_ text: String) -> [(ordinal: Int, similarity: Double)] {
    let set = shingler.shingles(of: [text])
    guard !set.isEmpty else { return [] }
    var hashes: [UInt32] = []
    hasher.appendBands(of: set[...], to: &hashes)
    var candidates: Set<Int> = []
    for (band, hash) in hashes.enumerated() { candidates.formUnion(bands[band][hash] ?? []) }
    return candidates.sorted().compactMap { ordinal in
      let similarity = Jaccard.similarity(sets[ordinal][...], set[...], atLeast: threshold)
      return similarity > 0 ? (ordinal, similarity) : nil
    }
  }
}
