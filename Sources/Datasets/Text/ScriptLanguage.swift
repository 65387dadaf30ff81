/// A language that its script gives away.
///
/// Languages of one script (English and French, Russian and Ukrainian) cannot be told apart this
/// way; `en` therefore means text in Latin letters.
public enum ScriptLanguage: String, Sendable, CaseIterable {
  case ko, en, ja, zh, ru, el, ar, he, hi, th

  var scripts: Set<Script> {
    switch self {
    case .ko: [.hangul]
    case .en: [.latin]
    // Japanese mixes kana with Han; without kana Han is taken for Chinese.
    case .ja: [.kana, .han]
    case .zh: [.han]
    case .ru: [.cyrillic]
    case .el: [.greek]
    case .ar: [.arabic]
    case .he: [.hebrew]
    case .hi: [.devanagari]
    case .th: [.thai]
    }
  }
}

/// How many letters of which script some texts have.
public struct LetterCounts: Sendable, Equatable {
  public private(set) var counts: [Script: Int] = [:]
  public private(set) var total = 0

  public init() {}

  public mutating func add(_ text: String) {
    // Letters of one script stand together, so the dictionary is asked once a run.
    var (current, length) = (Script.other, 0)
    for scalar in text.unicodeScalars {
      guard let script = Script(scalar) else { continue }
      total += 1
      if script != current {
        if length > 0 { counts[current, default: 0] += length }
        (current, length) = (script, 0)
      }
      length += 1
    }
    if length > 0 { counts[current, default: 0] += length }
  }

  /// The share of letters that are of a language's scripts, 0 to 1; 0 where there is no letter.
  ///
  /// Where kana are at least a tenth of kana and Han, Han counts for Japanese, else for Chinese.
  public func share(of language: ScriptLanguage) -> Double {
    guard total > 0 else { return 0 }
    let (kana, han) = (counts[.kana] ?? 0, counts[.han] ?? 0)
    let isJapanese = kana * 10 >= kana + han && kana > 0
    if language == .ja && !isJapanese || language == .zh && isJapanese { return 0 }
    let own = language.scripts.reduce(0) { $0 + (counts[$1] ?? 0) }
    return Double(own) / Double(total)
  }
}
