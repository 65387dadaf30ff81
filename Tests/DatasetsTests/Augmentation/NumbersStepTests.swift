import Datasets
import JSON
import Testing

@Suite struct NumbersStepTests {
  private func texts(_ row: JSONValue, _ settings: [String: JSONValue], seed: UInt64 = 0)
    async throws -> [String]
  {
    let step: [String: JSONValue] = ["fields": ["/t"], "per_row": 40].merging(settings) { $1 }
    return try await AugmentedRows([row], [["numbers": .object(step)]], seed: seed).texts("t")
  }

  /// Every number of a text, as a test of its own reads them.
  private func numbers(_ text: String) -> [String] {
    text.split { !($0.isNumber || $0 == "." || $0 == ",") }.map { part in
      String(part.last == "," ? part.dropLast() : part)
    }.filter { !$0.isEmpty }
  }

  @Test("new numbers keep digits, decimals, separators and order, and equal ones stay equal")
  func shape() async throws {
    let made = try await texts(["t": "300원과 1,250원, 3.14와 5개, 다시 5개, 8개"], [:])
    #expect(made.count > 20)
    for text in made {
      let found = numbers(text)
      try #require(found.count == 6, "\(text)")
      let first = try #require(Int(found[0]))
      #expect((150...450).contains(first))
      #expect(found[1].count == 5 && found[1].dropFirst().first == ",", "\(text)")
      let decimal = try #require(Double(found[2]))
      #expect((1.57...4.71).contains(decimal) && found[2].count == 4 && !found[2].hasSuffix("0"))
      #expect(found[3] == found[4])
      #expect(try #require(Int(found[3])) < (try #require(Int(found[5]))), "\(text)")
    }
  }

  @Test("Korean particles fit the new number")
  func particles() async throws {
    let open = Set(["2", "4", "5", "9"])
    let made = try await texts(["t": "5와 8을 더하면"], [:])
    #expect(made.count > 5)
    for text in made {
      let found = numbers(text)
      #expect(
        text == "\(found[0])\(open.contains(found[0]) ? "와" : "과") \(found[1])"
          + "\(open.contains(found[1]) ? "를" : "을") 더하면")
    }
  }

  @Test("codes, dates and exceptions stay while the rest changes, in Korean and in English")
  func untouched() async throws {
    let made = try await texts(
      ["t": "[4수01-01] 3월 5일에 10개씩 7묶음, call 010-1234-5678 about 25 pens"],
      ["except": [10]])
    #expect(!made.isEmpty)
    for text in made {
      #expect(text.contains("[4수01-01] 3월 5일에 10개씩 "), "\(text)")
      #expect(text.contains("call 010-1234-5678 about "))
      #expect(!text.contains(" 7묶음") || !text.contains(" 25 pens"))
    }
  }

  @Test("fractions stay whole while the rest changes")
  func fractions() async throws {
    let text = "피자의 3분의 1을, 4분의 3과 8분의 5, \\frac{1}{2}개를 "
    let made = try await texts(["t": .string(text + "7명이")], [:])
    #expect(made.count > 2)
    for other in made { #expect(other.hasPrefix(text) && !other.hasSuffix(" 7명이"), "\(other)") }
  }

  @Test(
    "an answer that is a fraction is one with numbers",
    arguments: ["3분의 1", "1/2", "2 / 3", #"\frac{1}{2}"#])
  func fractionAnswers(_ answer: String) async throws {
    let rows: [JSONValue] = [
      ["t": "사과 6개를 3명이", "answer": .string(answer)], ["t": "배 5개", "answer": "2026/3/9"],
    ]
    let made = try await AugmentedRows(rows, [["numbers": ["fields": ["/t"]]]])
    #expect(made.report.steps[0].skipped == ["the answer has a number": 1])
    #expect(made.synthetic.count == 1)
  }

  @Test("a range decides whatever the number was, and its ends are reached")
  func range() async throws {
    let made = try await texts(["t": "사과 50개"], ["range": [2, 4]])
    #expect(Set(made) == ["사과 2개", "사과 3개", "사과 4개"])
  }

  @Test("a number that is not zero never becomes zero", arguments: [0, 1, 2] as [UInt64])
  func zero(_ seed: UInt64) async throws {
    for settings: [String: JSONValue] in [[:], ["spread": 1], ["range": [0, 2]]] {
      let made = try await texts(["t": "0.1km와 0.02L, 1개"], settings, seed: seed)
      #expect(made.count > 1)
      for text in made {
        #expect(numbers(text).allSatisfy { Double($0).map { $0 > 0 } == true }, "\(text)")
      }
    }
  }

  @Test("a plural does not become one apple")
  func plural() async throws {
    let made = try await texts(["t": "There are 2 apples."], ["range": [1, 3]])
    #expect(Set(made) == ["There are 3 apples."])
  }

  @Test("one row is one row")
  func wording() async throws {
    let made = try await AugmentedRows(
      [["t": "사과 5개"]], [["numbers": ["fields": ["/t"]]]])
    #expect(made.report.text == "1 row: 1 original; 1 made")
  }

  @Test("a row whose answer has a number is skipped unless told otherwise")
  func answers() async throws {
    let rows: [JSONValue] = [
      ["t": "3과 5의 합", "answer": "8"], ["t": "4와 6의 합", "answer": 10],
      ["t": "7과 9의 합", "answer": ["v": ["16개"]]],
      ["t": "2와 3 중 큰 수", "answer": "둘째", "label": "[2수01-03]"],
    ]
    func made(_ settings: [String: JSONValue]) async throws -> AugmentedRows {
      let step: [String: JSONValue] = ["fields": ["/t"]].merging(settings) { $1 }
      return try await AugmentedRows(rows, [["numbers": .object(step)]])
    }
    let skipped = try await made([:])
    #expect(skipped.report.steps[0].skipped == ["the answer has a number": 3])
    #expect(skipped.synthetic.count == 1)
    #expect(skipped.synthetic[0]["answer"] == "둘째")
    let kept = try await made(["answer": "keep"])
    #expect(Set(kept.synthetic.map { $0["answer"] }) == Set(rows.map { $0["answer"] }))
    #expect(kept.synthetic.count == 4)
    let dropped = try await made(["answer": "drop", "answer_field": "/answer"])
    #expect(dropped.synthetic.count == 4)
    #expect(dropped.synthetic.allSatisfy { $0["answer"] == nil })
  }

  @Test("huge numbers, bare zeros and control characters change nothing and stop nothing")
  func hostile() async throws {
    let huge = "1" + String(repeating: "0", count: 400)
    let rows: [JSONValue] = [
      ["t": .string("\(huge)개")], ["t": "0개"], ["t": "\u{0}"], ["t": ""], ["t": ["a", 1, .null]],
      ["t": "\u{0}6개\u{0}"], ["t": "999999999999999개"], ["t": "0.00000000000001 L"],
    ]
    let made = try await AugmentedRows(rows, [["numbers": ["fields": ["/t"], "spread": 100]]])
    #expect(made.report.steps[0].skipped == ["no number": 5])
    #expect(made.report.made == 3)
    #expect(made.texts("t")[0].hasPrefix("\u{0}"))
    let ranged = try await AugmentedRows(
      rows, [["numbers": ["fields": ["/t"], "range": [0, 1_000_000_000]]]])
    #expect(ranged.report.made == 3)
  }
}
