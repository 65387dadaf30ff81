/// Cuts a text into the tokens by which it is compared, in time linear in its length.
///
/// Case, width, composition, spaces and punctuation make no difference; mathematical signs do, since
/// `3 + 5` and `3 × 5` are different problems.
struct TextTokeniser: Sendable {
  /// Whether a Korean particle at the end of a word is left out, so that `문제를` equals `문제는`.
  var ignoresParticles: Bool

  func tokens(of text: String) -> [TextToken] {
    var builder = TokenBuilder(ignoresParticles: ignoresParticles)
    if UnicodeForm.nfc.isPlainlyIn(text) {
      var position = 0
      for scalar in text.unicodeScalars {
        builder.add(scalar, position..<position + 1)
        position += 1
      }
    } else {
      // A character at a time, so that every composed scalar still knows where it came from.
      var position = 0
      for character in text {
        let end = position + character.unicodeScalars.count
        for scalar in UnicodeForm.nfc.normalised(String(character)).unicodeScalars {
          builder.add(scalar, position..<end)
        }
        position = end
      }
    }
    return builder.finished()
  }
}

private struct TokenBuilder {
  let ignoresParticles: Bool
  private var tokens: [TextToken] = []
  private var wordHash: UInt64 = 0
  private var wordRange: Range<Int>?
  /// The last character, and how many tokens there are since the last space or punctuation.
  private var lastCharacter: Unicode.Scalar?
  private var unitLength = 0
  private var isPrecededByHangul = false

  init(ignoresParticles: Bool) { self.ignoresParticles = ignoresParticles }

  mutating func add(_ original: Unicode.Scalar, _ range: Range<Int>) {
    let scalar = TokenBuilder.folded(original)
    switch TokenBuilder.kind(of: scalar) {
    case .letter:
      wordHash = (wordHash ^ UInt64(scalar.value)) &* 0x0000_0100_0000_01B3
      wordRange = (wordRange?.lowerBound ?? range.lowerBound)..<range.upperBound
    case .character:
      endWord()
      append(UInt64(scalar.value), range, isCharacter: true)
      isPrecededByHangul = lastCharacter.map { Script($0) == .hangul } ?? false
      lastCharacter = scalar
    case .sign:
      endUnit()
      append(UInt64(scalar.value), range, isCharacter: false)
      unitLength = 0
    case .mark: break
    case .separator: endUnit()
    }
  }

  mutating func finished() -> [TextToken] {
    endUnit()
    return tokens
  }

  private mutating func append(_ hash: UInt64, _ range: Range<Int>, isCharacter: Bool) {
    tokens.append(TextToken(hash: mixed(hash &+ 1), range: range, isCharacter: isCharacter))
    unitLength += 1
  }

  private mutating func endWord() {
    guard let range = wordRange else { return }
    append(wordHash, range, isCharacter: false)
    wordHash = 0
    wordRange = nil
    lastCharacter = nil
  }

  /// Ends what stands between spaces, and drops its particle.
  private mutating func endUnit() {
    endWord()
    // A noun of two syllables may end like a particle (`사과`), so at least two are left of it.
    if ignoresParticles, let last = lastCharacter, unitLength >= (isPrecededByHangul ? 3 : 2),
      TokenBuilder.particles.contains(last)
    {
      tokens.removeLast()
    }
    unitLength = 0
    lastCharacter = nil
    isPrecededByHangul = false
  }

  private enum Kind { case letter, character, sign, mark, separator }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.value {
    case 0x30...0x39, 0x61...0x7A: return .letter
    case 0xAC00...0xD7A3, 0x4E00...0x9FFF, 0x3041...0x3096: return .character
    case 0x2B, 0x3C...0x3E, 0x7C, 0x7E: return .sign
    case 0..<0x80: return .separator
    default: break
    }
    if let script = Script(scalar) { return script.isCutIntoCharacters ? .character : .letter }
    switch scalar.properties.generalCategory {
    case .mathSymbol: return .sign
    case .decimalNumber, .letterNumber, .otherNumber: return .letter
    case .nonspacingMark, .enclosingMark, .spacingMark, .format: return .mark
    default: return .separator
    }
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x41...0x5A: return Unicode.Scalar(UInt8(scalar.value + 0x20))
    case 0..<0x80, 0xAC00...0xD7A3, 0x4E00...0x9FFF: return scalar
    case 0xFF01...0xFF5E:
      // Full-width forms stand in the order of ASCII.
      return folded(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
    default:
      guard scalar.properties.changesWhenLowercased else { return scalar }
      return scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
    }
  }

  /// Particles of one syllable: topic, subject, object, genitive, place, direction, company.
  private static let particles: Set<Unicode.Scalar> = [
    "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만",
  ]
}
