import Testing

@testable import Datasets

@Suite struct NumberScannerTests {
  private func found(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return NumberScanner.numbers(in: scalars).map { String(scalars: scalars[$0.range]) }
  }

  @Test(
    "numbers that count or measure are found",
    arguments: [
      ("사과 3개와 귤 12개", ["3", "12"]), ("1,204원과 3.14m", ["1,204", "3.14"]),
      ("300과 500 사이", ["300", "500"]), ("12-5=7", ["12", "5", "7"]), ("3~5개", ["3", "5"]),
      ("1,2,3을 더하면", ["1", "2", "3"]), ("-5도", ["5"]), ("0.5 L", ["0.5"]), ("50%는", ["50"]),
      ("5등분", ["5"]), ("대부분의 3명", ["3"]), ("3분의 1과 7개", ["7"]), (#"\sqrt{5}"#, ["5"]),
      ("3시간 20분", ["3", "20"]), ("2000원", ["2000"]), ("2000 km", ["2000"]),
      ("There are 12 apples and 7 pears.", ["12", "7"]), ("5m²", ["5"]),
    ])
  func counted(_ text: String, _ numbers: [String]) { #expect(found(text) == numbers) }

  @Test(
    "codes, dates, times, phones, ordinals, fractions and names are left alone",
    arguments: [
      "[4수01-01]", "[12미적01-02]과 [10공수1-01-02]", "4수01-01", "2026-03-09", "2026.3.9.",
      "3월 5일", "10시 30분", "10:30", "010-1234-5678", "1588-1234", "제3회", "제 3 회", "3번째", "2등",
      "3학년", "3/4", "3분의", "3분의 1", "3분의1", "4분의 3과 8분의 5", "3 분의 1", "1 / 2", "십분의 3",
      #"\frac{3}{4}"#, #"\dfrac{2x+3}{4}"#, "A4", "mp3", "x2", "2nd", "10^3", "3²", "007", "v1.2.3",
      "0", "1234567890123456", "No. 5", "Chapter 3", "March 9", "9 March", "in 2026", "1 apple",
      "user_5", "#12", "5@x",
    ])
  func tied(_ text: String) { #expect(found(text).isEmpty, "\(found(text))") }

  @Test("a text is read in time linear in its length, whatever it holds")
  func hostile() {
    #expect(found(String(repeating: "9", count: 200_000)).isEmpty)
    #expect(found(String(repeating: "1,", count: 100_000)).isEmpty)
    #expect(found(String(repeating: "1-", count: 100_000)).isEmpty)
    #expect(found("\u{0}5개\u{0}") == ["5"])
    #expect(found(String(repeating: "1 / ", count: 50_000)).isEmpty)
    #expect(found(String(repeating: "{1}", count: 50_000)).count == 50_000)
    #expect(Fractions.numbers(in: Array("분의/ 3분의".unicodeScalars)).isEmpty)
    // No code is whole, and 01 is none but looks like part of one.
    #expect(found(String(repeating: "4수01-", count: 20_000)) == ["4"])
  }

  @Test(
    "a number is written with its decimals and separators",
    arguments: [
      (1_234_567, 0, true, "1,234,567"), (5, 2, false, "0.05"), (150, 2, false, "1.50"),
      (123_456, 2, true, "1,234.56"), (999, 0, true, "999"),
    ])
  func written(_ scaled: Int, _ decimals: Int, _ isGrouped: Bool, _ text: String) {
    #expect(NumberKey(scaled: scaled, decimals: decimals).text(isGrouped: isGrouped) == text)
  }
}
