/// The units that are known.
enum Units {
  static let all: [MeasureUnit] = [
    MeasureUnit(
      "mm", .length, 1, korean: ["밀리미터"], latin: ["mm", "㎜"],
      english: ["millimeter", "millimeters", "millimetre", "millimetres"]),
    MeasureUnit(
      "cm", .length, 10, korean: ["센티미터", "센치미터"], latin: ["cm", "㎝"],
      english: ["centimeter", "centimeters", "centimetre", "centimetres"]),
    MeasureUnit(
      "m", .length, 1000, korean: ["미터"], latin: ["m"],
      english: ["meter", "meters", "metre", "metres"]),
    MeasureUnit(
      "km", .length, 1_000_000, korean: ["킬로미터"], latin: ["km", "㎞"],
      english: ["kilometer", "kilometers", "kilometre", "kilometres"]),
    MeasureUnit(
      "mg", .mass, 1, korean: ["밀리그램"], latin: ["mg", "㎎"],
      english: ["milligram", "milligrams"]),
    MeasureUnit("g", .mass, 1000, korean: ["그램"], latin: ["g"], english: ["gram", "grams"]),
    MeasureUnit(
      "kg", .mass, 1_000_000, korean: ["킬로그램"], latin: ["kg", "㎏"],
      english: ["kilogram", "kilograms"]),
    MeasureUnit(
      "t", .mass, 1_000_000_000, korean: ["톤"], latin: ["t"],
      english: ["ton", "tons", "tonne", "tonnes"]),
    MeasureUnit(
      "mL", .volume, 1, korean: ["밀리리터"], latin: ["mL", "ml", "㎖"],
      english: ["milliliter", "milliliters", "millilitre", "millilitres"]),
    MeasureUnit(
      "dL", .volume, 100, korean: ["데시리터"], latin: ["dL", "dl", "㎗"],
      english: ["deciliter", "deciliters", "decilitre", "decilitres"]),
    MeasureUnit(
      "L", .volume, 1000, korean: ["리터"], latin: ["L", "l", "ℓ"],
      english: ["liter", "liters", "litre", "litres"]),
    MeasureUnit(
      "초", .time, 1, korean: ["초"], latin: ["s", "sec"], english: ["second", "seconds"]),
    MeasureUnit("분", .time, 60, korean: ["분"], latin: ["min"], english: ["minute", "minutes"]),
    MeasureUnit("시간", .time, 3600, korean: ["시간"], latin: ["h"], english: ["hour", "hours"]),
    MeasureUnit("원", .money, 1, korean: ["원"]),
    MeasureUnit("천 원", .money, 1000, korean: ["천 원", "천원"]),
    MeasureUnit("만 원", .money, 10_000, korean: ["만 원", "만원"]),
  ]

  /// A unit by any of its spellings.
  static func named(_ spelling: String) -> MeasureUnit? { bySpelling[spelling]?.unit }

  /// Every spelling, for hints.
  static let spellings = bySpelling.keys.sorted()

  /// Whether a word is a unit in Latin letters.
  static func isLatin(_ word: String) -> Bool {
    bySpelling[word].map { $0.style != .korean } ?? false
  }

  private static let bySpelling: [String: (unit: MeasureUnit, style: MeasureUnit.Style)] = {
    var table: [String: (MeasureUnit, MeasureUnit.Style)] = [:]
    for unit in all {
      for style in MeasureUnit.Style.allCases {
        for spelling in unit.spellings(style) { table[spelling] = (unit, style) }
      }
    }
    return table
  }()

  /// The longest spelling that begins at a place and ends where the word does.
  static func unit(in scalars: [Unicode.Scalar], at place: Int)
    -> (unit: MeasureUnit, style: MeasureUnit.Style, end: Int)?
  {
    for length in lengths {
      let end = place + length
      guard end <= scalars.count, let found = bySpelling[String(scalars: scalars[place..<end])]
      else { continue }
      if found.style == .korean {
        // 분 and 원 begin many words, and longer names some: 24시간제 is no amount.
        if end < scalars.count, KoreanParticle.isSyllable(scalars[end]),
          !endings.contains(scalars[end]),
          length == 1 || !endingsOfLonger.contains(scalars[end])
        {
          continue
        }
      } else if end < scalars.count,
        NumberScanner.isLatin(scalars[end]) || NumberScanner.isDigit(scalars[end])
          || ["²", "³", "/", "^"].contains(scalars[end])
      {
        continue
      }
      return (found.unit, found.style, end)
    }
    return nil
  }

  /// The units that are written outside of some ranges, such as both in `m와 cm의 관계`.
  ///
  /// A syllable within a word is no unit, as 원 in 병원; what else only looks like one counts too.
  ///
  /// - Parameter ranges: In the order of the text.
  static func named(in scalars: [Unicode.Scalar], outside ranges: [Range<Int>]) -> [MeasureUnit] {
    var found: [MeasureUnit] = []
    var place = 0
    var ranges = ranges[...]
    while place < scalars.count {
      if let range = ranges.first, place >= range.lowerBound {
        place = max(place, range.upperBound)
        ranges = ranges.dropFirst()
        continue
      }
      guard firstScalars.contains(scalars[place]), place == 0 || begins(after: scalars[place - 1]),
        let match = unit(in: scalars, at: place)
      else {
        place += 1
        continue
      }
      found.append(match.unit)
      place = match.end
    }
    return found
  }

  /// Whether a word may begin behind a scalar; 몇 is written without a space too.
  private static func begins(after scalar: Unicode.Scalar) -> Bool {
    scalar == "몇"
      || !KoreanParticle.isSyllable(scalar) && !NumberScanner.isLatin(scalar) && scalar != "'"
        && scalar != "’"
  }

  private static let firstScalars = Set(bySpelling.keys.compactMap(\.unicodeScalars.first))

  /// Of spellings in scalars, the longest first.
  private static let lengths = Set(bySpelling.keys.map(\.unicodeScalars.count)).sorted(by: >)

  /// What may follow a unit of one syllable: particles, the copula, and what goes with amounts.
  private static let endings = Set("은는이가을를과와에로으도만씩짜입인이였동보까부후전정쯤간어".unicodeScalars)

  /// What may follow a longer one besides, which begins fewer words.
  private static let endingsOfLonger = Set("의당하랑나마내밖뿐미초째또걸달라여뒤앞안반".unicodeScalars)
}
