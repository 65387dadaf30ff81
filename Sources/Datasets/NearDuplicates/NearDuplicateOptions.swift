public import JSON

/// What counts as nearly the same text.
public struct NearDuplicateOptions: Sendable, Equatable {
  /// The least Jaccard similarity of two sets of shingles, above 0 and at most 1.
  public var threshold: Double
  /// Tokens in a shingle that begins with a Hangul, Han, kana or Thai character, 1 to 64.
  public var characters: Int
  /// Tokens in a shingle that begins with a word or number, 1 to 64.
  public var words: Int
  /// Whether Korean particles at the end of words make no difference.
  public var ignoresParticles: Bool

  public init(
    threshold: Double = 0.8, characters: Int = 3, words: Int = 3, ignoresParticles: Bool = true
  ) {
    self.threshold = threshold
    self.characters = characters
    self.words = words
    self.ignoresParticles = ignoresParticles
  }

  static let keys = ["threshold", "shingle_characters", "shingle_words", "ignore_particles"]

  init(_ members: [String: Setting]) throws(DatasetsError) {
    self.init()
    if let setting = members["threshold"] { threshold = try setting.number(in: 0.05...1) }
    if let setting = members["shingle_characters"] { characters = try setting.whole(in: 1...64) }
    if let setting = members["shingle_words"] { words = try setting.whole(in: 1...64) }
    if let setting = members["ignore_particles"] { ignoresParticles = try setting.flag() }
  }

  /// Every option, for lineage.
  public var json: JSONValue {
    [
      "threshold": .double(threshold), "shingle_characters": .integer(characters),
      "shingle_words": .integer(words), "ignore_particles": .bool(ignoresParticles),
    ]
  }
}
