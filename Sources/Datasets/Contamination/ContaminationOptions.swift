public import JSON

/// When a row of training data counts as a case of a suite.
public struct ContaminationOptions: Sendable, Equatable {
  /// How many words in a row must agree, 2 to 100.
  ///
  /// - SeeAlso: Brown et al., arXiv:2005.14165, appendix C, for 13.
  public var words: Int
  /// How many Hangul, Han, kana or Thai characters in a row must agree, spaces aside, 2 to 200.
  public var characters: Int
  /// What counts as nearly the same text; nil to look for none.
  public var nearDuplicates: NearDuplicateOptions?
  /// The share of cases, 0 to 1, above which a run of words is taken for the suite's template, and
  /// not for a leak; only where there are at least ten cases. 1 takes none for that.
  public var templateShare: Double
  /// How many hits are kept to be shown; all are counted.
  public var hitLimit: Int

  public init(
    words: Int = 13, characters: Int = 20,
    nearDuplicates: NearDuplicateOptions? = NearDuplicateOptions(), templateShare: Double = 0.5,
    hitLimit: Int = 1000
  ) {
    self.words = words
    self.characters = characters
    self.nearDuplicates = nearDuplicates
    self.templateShare = templateShare
    self.hitLimit = hitLimit
  }

  /// Reads a mapping with any of `words`, `characters`, `near_duplicates` (a mapping, or false),
  /// `template_share` and `hits`.
  public init(_ value: JSONValue, place: String = "contamination") throws(DatasetsError) {
    let members = try Setting(value: value, place: place).members(
      keys: ["words", "characters", "near_duplicates", "template_share", "hits"])
    self.init()
    if let setting = members["words"] { words = try setting.whole(in: 2...100) }
    if let setting = members["characters"] { characters = try setting.whole(in: 2...200) }
    if let setting = members["near_duplicates"] {
      nearDuplicates =
        setting.value == false
        ? nil : try NearDuplicateOptions(setting.members(keys: NearDuplicateOptions.keys))
    }
    if let setting = members["template_share"] { templateShare = try setting.number(in: 0...1) }
    if let setting = members["hits"] { hitLimit = try setting.whole(in: 0...1_000_000) }
  }

  public var json: JSONValue {
    [
      "words": .integer(words), "characters": .integer(characters),
      "near_duplicates": nearDuplicates?.json ?? false, "template_share": .double(templateShare),
      "hits": .integer(hitLimit),
    ]
  }
}
