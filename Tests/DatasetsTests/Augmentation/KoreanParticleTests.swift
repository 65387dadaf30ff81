import Testing

@testable import Datasets

@Suite struct KoreanParticleTests {
  @Test(
    "the sound of a number is that of its reading",
    arguments: [
      ("0", FinalSound.consonant), ("1", .rieul), ("2", .vowel), ("3", .consonant), ("4", .vowel),
      ("5", .vowel), ("6", .consonant), ("7", .rieul), ("8", .rieul), ("9", .vowel),
      ("10", .consonant), ("300", .consonant), ("12", .vowel), ("10,000", .consonant),
      ("100000000", .consonant), ("1000000000000", .vowel), ("1.5", .vowel), ("3.10", .consonant),
    ])
  func numbers(_ digits: String, _ sound: FinalSound) {
    #expect(FinalSound(number: digits) == sound)
  }

  private func edited(_ text: String, _ new: String) -> String {
    let scalars = Array(text.unicodeScalars)
    let end = scalars.firstIndex { !NumberScanner.isDigit($0) } ?? scalars.count
    return TextEdit.applied(
      [TextEdit.Replacement(range: 0..<end, text: new, sound: FinalSound(number: new))],
      to: scalars)
  }

  @Test(
    "the particle behind a new number takes the form that fits",
    arguments: [
      ("3은 홀수", "4", "4는 홀수"), ("4는 짝수", "3", "3은 짝수"), ("3이 크다", "5", "5가 크다"),
      ("5가 크다", "6", "6이 크다"), ("3을 더하면", "9", "9를 더하면"), ("2와 5", "3", "3과 5"),
      ("3과의 차", "2", "2와의 차"), ("3으로 나누면", "7", "7로 나누면"), ("7로부터", "6", "6으로부터"),
      ("3이나 4", "2", "2나 4"), ("3이랑", "4", "4랑"), ("2라고 하면", "3", "3이라고 하면"),
      ("3이", "4", "4가"),
      // What looks like a particle and is none, and what is written with both forms.
      ("3가지", "6", "6가지"), ("4이상", "3", "3이상"), ("3은행", "4", "4은행"),
      ("3은(는)", "4", "4은(는)"), ("3(을/를)", "4", "4(을/를)"), ("3개는", "4", "4개는"),
      ("3 은", "4", "4 은"), ("10을/를", "15", "15을/를"), ("10를/을 더", "15", "15를/을 더"),
      ("3은/는", "4", "4은/는"), ("3이/가", "4", "4이/가"), ("3과/와", "4", "4과/와"),
      ("3(으)로", "4", "4(으)로"), ("3으로/로", "4", "4으로/로"), ("3은/4는", "5", "5는/4는"),
    ])
  func particles(_ text: String, _ new: String, _ expected: String) {
    #expect(edited(text, new) == expected)
  }

  @Test("of both forms behind a slot the one that fits is chosen")
  func both() {
    #expect(KoreanParticle.chosen(in: "(은/는) 몇", after: "사과") == "는 몇")
    #expect(KoreanParticle.chosen(in: "(으로/로)", after: "연필") == "로")
    #expect(KoreanParticle.chosen(in: "(이/)는", after: "지훈") == "이는")
    #expect(KoreanParticle.chosen(in: "(은/는)", after: "apple") == "(은/는)")
    #expect(KoreanParticle.chosen(in: "(주의)", after: "사과") == "(주의)")
  }
}
