import JSON

/// What a paraphrase has to be like to be taken.
struct ParaphraseChecks: Sendable {
  /// The length in characters as a multiple of the original's; both ends included.
  let lengths: ClosedRange<Double>
  /// The Jaccard similarity of the sets of shingles; both ends included, 0 to 1.
  let similarity: ClosedRange<Double>
  let kept: [KeptPattern]
  private let shingler = Shingler(NearDuplicateOptions())

  static let keys = ["length", "similarity", "keep"]

  init(_ members: [String: Setting]) throws(DatasetsError) {
    lengths =
      try members["length"].map { setting throws(DatasetsError) in
        try ParaphraseChecks.range(setting, in: 0...100)
      } ?? 0.5...2
    similarity =
      try members["similarity"].map { setting throws(DatasetsError) in
        try ParaphraseChecks.range(setting, in: 0...1)
      } ?? 0.1...0.95
    guard let keep = members["keep"] else {
      kept = [.numbers, .codes]
      return
    }
    var patterns: [KeptPattern] = []
    for element in try keep.elements() { patterns.append(try KeptPattern(element)) }
    kept = patterns
  }

  private static func range(_ setting: Setting, in limits: ClosedRange<Double>)
    throws(DatasetsError) -> ClosedRange<Double>
  {
    let ends = try setting.elements()
    guard ends.count == 2 else { throw setting.failure(expected: "a list of two numbers") }
    let (low, high) = (try ends[0].number(in: limits), try ends[1].number(in: limits))
    guard low <= high else { throw setting.failure(expected: "a list whose first is the smaller") }
    return low...high
  }

  var json: [String: JSONValue] {
    [
      "length": [.double(lengths.lowerBound), .double(lengths.upperBound)],
      "similarity": [.double(similarity.lowerBound), .double(similarity.upperBound)],
      "keep": .array(kept.map(\.json)),
    ]
  }

  /// Why a text is no paraphrase of another; nil where it may be one.
  func rejection(of text: String, for original: String) -> (reason: String, detail: String?)? {
    guard text.contains(where: { !$0.isWhitespace }) else { return ("empty", nil) }
    guard !text.utf8.elementsEqual(original.utf8) else { return ("the same as the original", nil) }
    let ratio = Double(text.unicodeScalars.count) / Double(max(1, original.unicodeScalars.count))
    if ratio < lengths.lowerBound { return ("too short", "\(ParaphraseChecks.short(ratio)) times") }
    if ratio > lengths.upperBound { return ("too long", "\(ParaphraseChecks.short(ratio)) times") }
    for pattern in kept {
      if let lost = pattern.lost(from: original, in: text) {
        return ("lost what must stay", "'\(lost)'")
      }
    }
    let overlap = ParaphraseChecks.overlap(
      shingler.shingles(of: [original]), shingler.shingles(of: [text]))
    let shown = "similarity \(ParaphraseChecks.short(overlap))"
    if overlap < similarity.lowerBound { return ("too far", shown) }
    if overlap > similarity.upperBound { return ("too near", shown) }
    return nil
  }

  /// The Jaccard similarity of two ascending lists without repetitions.
  private static func overlap(_ left: [UInt32], _ right: [UInt32]) -> Double {
    let common = Set(left).intersection(right).count
    let all = left.count + right.count - common
    return all == 0 ? 0 : Double(common) / Double(all)
  }

  private static func short(_ value: Double) -> String {
    JSONValue.double((value * 1000).rounded() / 1000).canonical
  }
}
