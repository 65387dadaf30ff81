import Datasets
import JSON
import Testing

@Suite struct ConversationProfileTests {
  private func statistics(_ rows: [JSONValue]) -> RowStatistics {
    var statistics = RowStatistics()
    for row in rows { statistics.add(row) }
    return statistics
  }

  private func turn(_ role: String, _ text: String) -> JSONValue {
    ["role": .string(role), "content": .string(text)]
  }

  @Test("messages: the last question before the last answer, their lengths, and answers' members")
  func messages() throws {
    let statistics = statistics([
      [
        "messages": [
          turn("system", "s"), turn("user", "첫"), turn("assistant", "no"), turn("user", "다섯글자임"),
          turn("assistant", #"{"label":"a","n":1}"#), turn("user", "and then?"),
        ]
      ],
      ["messages": [turn("user", "셋째다"), turn("assistant", #" {"label":"b","n":3}"#)]],
      ["messages": [turn("user", "셋째다"), turn("assistant", #"{"label":"a","n":2}"#)]],
    ])
    #expect(
      statistics.conversation.map(\.pointer) == ["question", "answer", "answer/label", "answer/n"])
    let question = statistics.conversation[0]
    #expect((question.rows, question.lengths.least, question.lengths.greatest) == (3, 3, 5))
    #expect(statistics.conversation[1].lengths.quantile(0.5) == 19)
    #expect(statistics.conversation[2].labels == ["a": 2, "b": 1])
    #expect(statistics.conversation[3].numbers.mean == 2)
    let json = statistics.json()["conversation"]?.array
    #expect(json?[2]["labels"]?.array?.first == ["label": "a", "rows": 2])
    #expect(statistics.fields.map(\.pointer) == ["/messages"])
  }

  @Test("prompt and completion as turns or texts; few answers are a distribution")
  func completions() {
    let statistics = statistics([
      [
        "prompt": [turn("user", "질문"), turn("assistant", "x"), turn("user", "넷글자다")],
        "completion": [turn("assistant", "예")], "label": true,
      ],
      ["prompt": "둘째", "completion": "예", "label": false],
    ])
    #expect(statistics.conversation.map(\.pointer) == ["question", "answer"])
    #expect(statistics.conversation[0].lengths.least == 2)
    #expect(statistics.conversation[0].lengths.greatest == 4)
    #expect(statistics.conversation[1].labels == ["예": 2])
    #expect(statistics.field("/label")?.labels == ["true": 1, "false": 1])
  }

  @Test("chosen and rejected, with a prompt or as whole conversations")
  func preferences() {
    let statistics = statistics([
      ["prompt": [turn("user", "q")], "chosen": [turn("assistant", "좋음")], "rejected": "n"],
      [
        "chosen": [turn("user", "어때"), turn("assistant", "a")],
        "rejected": [turn("user", "어때"), turn("assistant", "bbb")],
      ],
    ])
    #expect(statistics.conversation.map(\.pointer) == ["question", "chosen", "rejected"])
    #expect(statistics.conversation.map(\.lengths.greatest) == [2, 2, 3])
  }

  @Test(
    "what is no conversation has none, and hostile turns stop nothing",
    arguments: [
      ["a": 1], ["messages": []], ["messages": "text"], ["messages": [1, .null]],
      ["messages": [["role": 1]]], ["prompt": "p"], ["completion": "c"], [1, 2], "x",
      ["chosen": "a", "rejected": "b"], ["prompt": 3, "completion": "c"],
    ] as [JSONValue])
  func others(_ row: JSONValue) {
    #expect(statistics([row]).conversation.isEmpty)
  }

  @Test("pictures are left out, broken JSON is a text")
  func parts() {
    let statistics = statistics([
      [
        "messages": [
          ["role": "user", "content": [["type": "text", "text": "abc"], ["type": "image"]]],
          turn("assistant", "{\"label\":"), ["role": "tool"],
        ]
      ]
    ])
    #expect(statistics.conversation.map(\.pointer) == ["question", "answer"])
    #expect(statistics.conversation.map(\.lengths.greatest) == [3, 9])
  }
}
