/// How a word ends when it is read in Korean, which decides the form of the particle behind it.
enum FinalSound: Sendable, Equatable {
  /// `사과`, 2
  case vowel
  /// `물`, 1; like a vowel for 로, like a consonant for all others.
  case rieul
  /// `책`, 3
  case consonant

  /// The sound of a number's reading: 0 is 영, 10 is 십, 10,000 is 만, 1.5 ends with its last digit.
  ///
  /// - Parameter digits: Digits with at most one point and separators of thousands; nil for others.
  init?(number digits: some StringProtocol) {
    let plain = digits.unicodeScalars.filter { $0 != "," }
    guard let last = plain.last, ("0"..."9").contains(last) else { return nil }
    let zeros = plain.contains(".") ? 0 : plain.reversed().prefix { $0 == "0" }.count
    guard zeros > 0, zeros < plain.count else {
      self = FinalSound.ofDigits[Int(last.value - 0x30)]
      return
    }
    // 십, 백 and 천 end like 만; from 만 on the unit of the lowest group of four is read last.
    guard zeros >= 4 else {
      self = .consonant
      return
    }
    guard FinalSound.ofGroups.indices.contains(zeros / 4) else { return nil }
    self = FinalSound.ofGroups[zeros / 4]
  }

  /// The sound of a word that ends with a syllable or a digit; nil for other ends.
  init?(word: some StringProtocol) {
    guard let last = word.unicodeScalars.last else { return nil }
    if (0xAC00...0xD7A3).contains(last.value) {
      self = FinalSound(final: (last.value - 0xAC00) % 28)
    } else {
      let digits = word.unicodeScalars.reversed().prefix {
        ("0"..."9").contains($0) || $0 == "," || $0 == "."
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: digits.reversed().drop { $0 == "," || $0 == "." })
      self.init(number: String(view))
    }
  }

  /// - Parameter final: The place of the final consonant in Hangul's order, 0 for none.
  private init(final: UInt32) {
    self = final == 0 ? .vowel : final == 8 ? .rieul : .consonant
  }

  /// 영 일 이 삼 사 오 육 칠 팔 구
  private static let ofDigits: [FinalSound] = [
    .consonant, .rieul, .vowel, .consonant, .vowel, .vowel, .consonant, .rieul, .rieul, .vowel,
  ]

  /// (nothing) 만 억 조 경 해
  private static let ofGroups: [FinalSound] = [
    .consonant, .consonant, .consonant, .vowel, .consonant, .vowel,
  ]
}
