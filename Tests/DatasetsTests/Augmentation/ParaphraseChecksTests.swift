import JSON
import Testing

@testable import Datasets

/// The checks alone; the step is tested with a model by the tests of the command.
@Suite struct ParaphraseChecksTests {
  private func reason(_ text: String, for original: String, _ settings: JSONValue = [:]) throws
    -> String?
  {
    let members = try Setting(value: settings, place: "p").members(keys: ParaphraseChecks.keys)
    return try ParaphraseChecks(members).rejection(of: text, for: original)?.reason
  }

  private let original = "상자에 빨간 공이 12개, 파란 공이 7개 있습니다. 공은 모두 몇 개인가요?"

  @Test(
    "what is no paraphrase is told by its reason",
    arguments: [
      ("", "empty"), (" \n", "empty"), ("공 12개와 7개", "too short"),
      ("상자에 빨간 공이 열두 개, 파란 공이 7개 들어 있어요. 공은 모두 몇 개일까요?", "lost what must stay"),
      ("12명의 학생이 버스 7대에 나누어 타고 소풍을 가려고 합니다. 한 대에 몇 명일까요?", "too far"),
      ("상자에 빨간 공이 12개, 파란 공이 7개 있습니다! 공은 모두 몇 개인가요?", "too near"),
    ])
  func rejected(_ text: String, _ expected: String) throws {
    #expect(try reason(text, for: original) == expected)
  }

  @Test("a fraction is numbers that a paraphrase keeps")
  func fractions() throws {
    #expect(
      try reason(
        "피자 한 판에서 4분의 1을 먹었다면 남은 피자는 얼마만큼인가요?", for: "피자 한 판의 4분의 3을 먹었습니다. 남은 피자는 얼마인가요?")
        == "lost what must stay")
  }

  @Test("a good one passes, the original does not, nor one that is far too long")
  func passed() throws {
    let good = "상자 안에 빨간 공 12개와 파란 공 7개가 있습니다. 공은 모두 몇 개일까요?"
    #expect(try reason(good, for: original) == nil)
    #expect(try reason(original, for: original) == "the same as the original")
    #expect(try reason(String(repeating: good, count: 3), for: original) == "too long")
  }

  @Test("codes and what patterns match must stay")
  func kept() throws {
    let text = "성취기준 [4수01-01]에 맞는 <b>문제</b>를 골라 보세요."
    let other = "[4수01-02]에 맞는 문제를 골라 보세요. 성취기준"
    #expect(try reason(other, for: text) == "lost what must stay")
    #expect(try reason(other, for: text, ["keep": ["/<[a-z]>/"]]) == "lost what must stay")
    #expect(try reason(other, for: text, ["keep": []]) == nil)
  }
}
