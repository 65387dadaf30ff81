public import JSON

/// Drops rows whose texts are not in one of some languages, as far as scripts tell.
public struct LanguageStep: CleaningStep, CleaningRun, Equatable {
  public static let name = "filter_language"
  public let fields: FieldSelection
  public let languages: [ScriptLanguage]
  /// The share of letters that must be of a language's scripts, 0 to 1.
  public let minimumShare: Double

  public init(
    fields: FieldSelection = .all, languages: [ScriptLanguage], minimumShare: Double = 0.5
  ) {
    self.fields = fields
    self.languages = languages
    self.minimumShare = minimumShare
  }

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(keys: ["fields", "languages", "min_share"])
    guard let list = members["languages"] else {
      throw setting.failure(expected: "a mapping with languages")
    }
    var languages: [ScriptLanguage] = []
    for element in try list.elements() {
      languages.append(try element.word(of: ScriptLanguage.self))
    }
    guard !languages.isEmpty else { throw list.failure(expected: "at least one language") }
    self.init(
      fields: try FieldSelection(members["fields"]), languages: languages,
      minimumShare: try members["min_share"]?.number(in: 0...1) ?? 0.5)
  }

  public var settings: [String: JSONValue] {
    [
      "fields": fields.json ?? .null,
      "languages": .array(languages.map { .string($0.rawValue) }),
      "min_share": .double(minimumShare),
    ]
  }

  public func begin() -> any CleaningRun { self }

  /// A row without a single letter is kept: nothing says that it is in another language.
  public func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
    var letters = LetterCounts()
    for text in fields.texts(of: row) { letters.add(text) }
    guard letters.total > 0 else { return .unchanged }
    let shares = languages.map { ($0, letters.share(of: $0)) }
    guard let best = shares.max(by: { $0.1 < $1.1 }), best.1 < minimumShare else {
      return .unchanged
    }
    let percent = (best.1 * 1000).rounded() / 10
    return .dropped(
      reason: "\(percent) % of the letters are \(best.0.rawValue)",
      pointer: fields.pointers.first ?? .root)
  }
}
