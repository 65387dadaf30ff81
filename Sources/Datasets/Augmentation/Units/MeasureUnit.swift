/// A unit of measure: how large it is and how it is written.
struct MeasureUnit: Sendable, Equatable {
  enum Dimension: Sendable { case length, mass, volume, time, money }

  /// A way of writing units; a converted quantity stays in the one it was written in.
  enum Style: Sendable, CaseIterable { case korean, latin, english }

  let name: String
  let dimension: Dimension
  /// In the smallest unit of the dimension; whole.
  let size: Int
  /// The first is the one that is written.
  let korean: [String]
  let latin: [String]
  /// Singular and plural, one after the other.
  let english: [String]
  /// How its Korean name ends.
  let sound: FinalSound

  init(
    _ name: String, _ dimension: Dimension, _ size: Int, korean: [String], latin: [String] = [],
    english: [String] = []
  ) {
    self.name = name
    self.dimension = dimension
    self.size = size
    self.korean = korean
    self.latin = latin
    self.english = english
    sound = FinalSound(word: korean[0]) ?? .vowel
  }

  func spellings(_ style: Style) -> [String] {
    switch style {
    case .korean: korean
    case .latin: latin
    case .english: english
    }
  }

  /// How a quantity is written in a style; nil where the unit has no such form.
  func spelling(_ style: Style, of value: NumberKey) -> String? {
    guard style == .english, english.count >= 2 else { return spellings(style).first }
    return value == NumberKey(scaled: 1, decimals: 0) ? english[0] : english[1]
  }
}
