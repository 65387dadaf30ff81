import JSON
import Testing

@testable import Evaluation

struct TextAssertionTests {
  private func holds(
    _ condition: TextAssertion.Condition, of output: String, foldsCase: Bool = false,
    composes: Bool = true
  ) -> Bool {
    TextAssertion(condition, foldsCase: foldsCase, composes: composes).failure(of: output) == nil
  }

  @Test func `each condition holds where it should and fails where it should`() throws {
    let date = try BoundedPattern(#"\d{4}-\d{2}"#)
    let cases: [(TextAssertion.Condition, holds: String, fails: String)] = [
      (.equals("네"), "네", "네."), (.contains("환불"), "환불 안내", "배송 안내"),
      (.notContains("환불"), "배송 안내", "환불 안내"), (.startsWith("안녕"), "안녕하세요", "네, 안녕"),
      (.endsWith("다."), "맞습니다.", "맞습니다"), (.containsAny(["a", "b"]), "xb", "xc"),
      (.containsAll(["a", "b"]), "ba", "b"), (.matches(date), "in 2024-05", "in May"),
      (.notMatches(date), "in May", "in 2024-05"), (.contains(""), "", "\u{0}"),
    ]
    for (condition, held, failed) in cases.dropLast() {
      #expect(holds(condition, of: held), "\(condition)")
      #expect(!holds(condition, of: failed), "\(condition)")
    }
    #expect(holds(.contains(""), of: ""))
    #expect(holds(.startsWith("ab"), of: "ab"))
    #expect(!holds(.startsWith("abc"), of: "ab"))
    #expect(!holds(.containsAny([]), of: "x"))
    let contains = TextAssertion(.contains("a"))
    #expect(contains.value(of: ["a", "b"].flatMap(contains.numbers)) == 0.5)
  }

  @Test func `Hangul by letters and by syllables is the same unless told otherwise`() {
    let apart = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"
    #expect(holds(.equals("한국"), of: apart))
    #expect(!holds(.equals("한국"), of: apart, composes: false))
    #expect(!holds(.contains("하"), of: apart), "a syllable is not a part of another")
  }

  @Test func `case is folded as Unicode's case folding does`() throws {
    for one in try AlgorithmFixture.cases("case_folds") {
      let one = try #require(one.array)
      let (left, right) = (try #require(one[0].string), try #require(one[1].string))
      let same = one[2] == JSONValue.bool(true)
      #expect(holds(.equals(left), of: right, foldsCase: true) == same, "\(left) \(right)")
    }
    #expect(!holds(.equals("A"), of: "a"))
  }

  @Test func `a failure says what was expected and what was found`() throws {
    let contains = TextAssertion(.contains("b")).failure(of: "a\n")
    #expect(contains?.reason == #"expected a text that contains "b", found "a\n""#)
    let long = TextAssertion(.equals("x")).failure(of: String(repeating: "가", count: 1000))
    #expect((long?.found.count ?? 0) == 121)
    let pattern = TextAssertion(.notMatches(try BoundedPattern("[0-9]+"))).failure(of: "no 12 3")
    #expect(pattern?.reason == #"expected a text without a match of [0-9]+, found the match "12""#)
  }

  @Test func `a search for bytes finds what the naive one finds`() {
    let text = Array("aabaaabaaacaabaa".utf8)
    for start in text.indices {
      for end in start...text.count {
        let wanted = Array(text[start..<end])
        let naive = text.indices.first { text[$0...].starts(with: wanted) }
        #expect(ByteSearch(wanted).first(in: text) == (wanted.isEmpty ? 0 : naive))
      }
    }
    #expect(!ByteSearch(Array("aacd".utf8)).isFound(in: text))
  }

  @Test func `a hopeless pattern gives up and is neither a match nor none`() throws {
    let hopeless = try BoundedPattern("(a+)+$")
    let text = String(repeating: "a", count: 60) + "b"
    #expect(hopeless.search(text) == .tooCostly)
    #expect(!holds(.matches(hopeless), of: text))
    #expect(!holds(.notMatches(hopeless), of: text))
    #expect(hopeless.search("aaa") == .found(["aaa", "aaa"]))
    // ICU's stack fills up: an error that would otherwise look like no match.
    let deep = try BoundedPattern("((((((((((((a)|b)))))))))))*c")
    #expect(deep.search(String(repeating: "ab", count: 30_000)) == .tooCostly)
    let short = try BoundedPattern("x")
    let long = String(repeating: "y", count: BoundedPattern.longestText)
    #expect(short.search(long) == .absent)
    #expect(short.search(long + "x") == .tooCostly)
  }

  @Test func `patterns find first and last matches with their groups`() throws {
    let pattern = try BoundedPattern("(a)?([0-9]+)")
    #expect(pattern.search("a1 22 a3 44") == .found(["a1", "a", "1"]))
    #expect(pattern.search("a1 22 a3 44", for: .last) == .found(["44", nil, "44"]))
    #expect(pattern.search("none") == .absent)
    #expect(try BoundedPattern("[가-힣]+").search("👍 한국 x") == .found(["한국"]))
    #expect(try BoundedPattern("ok", ignoresCase: true).search("OK") == .found(["OK"]))
    #expect(try BoundedPattern("ok", ignoresCase: true) != BoundedPattern("ok"))
    #expect(throws: InvalidPattern.self) { try BoundedPattern("(") }
    #expect(throws: InvalidPattern.self) {
      try BoundedPattern(String(repeating: "a", count: BoundedPattern.longestPattern + 1))
    }
  }
}
