import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Datasets

@Suite struct FeedbackIntakeTests {
  private func record(_ json: JSONValue, form: FeedbackForm? = nil) throws -> FeedbackRecord {
    try FeedbackIntake(form: form).take(json).record
  }

  @Test("a record says something about an answer, and nothing that is unknown")
  func schema() throws {
    let sound: [JSONValue] = [
      ["input": "q", "output": "a", "rating": "up"], ["rating": "down", "receipt": "r-1"],
      ["input": ["problem": "p"], "corrected": ["label": "x"]],
      ["input": [["role": "user", "content": "q"]], "chosen": "a", "rejected": "b"],
      ["comment": "slow", "at": "2026-11-21"],
    ]
    for json in sound { #expect(try record(json).json == json || json["at"] != nil) }
    let broken: [JSONValue] = [
      [:], ["input": "q"], ["rating": "up"], ["rating": "up", "input": "q"],
      ["rating": 3, "receipt": "r"],
      ["input": [["role": "user", "content": "q", "name": "kim"]], "corrected": "x"],
      ["rating": "good", "receipt": "r"],
      ["corrected": "x"], ["input": "q", "chosen": "a"], ["input": "q", "rejected": "b"],
      ["input": "q", "output": "a", "rating": "up", "surprise": 1],
      ["comment": "x", "at": "yesterday"], ["comment": "x", "release": "sha256:abc"],
      ["input": [["role": "robot", "content": "q"]], "corrected": "x"], "text", [1],
    ]
    for json in broken {
      #expect(throws: DatasetsError.self, "\(json.canonical)") { try record(json) }
    }
  }

  @Test("TRL's rows are feedback")
  func trl() throws {
    let pair = try record([
      "prompt": [["role": "user", "content": "q"]],
      "chosen": [["role": "assistant", "content": "a"]],
      "rejected": [["role": "assistant", "content": "b"]],
    ])
    #expect(pair.preference == .init(chosen: "a", rejected: "b"))
    #expect(pair.input == [["role": "user", "content": "q"]])
    let implicit = try record([
      "chosen": [["role": "user", "content": "q"], ["role": "assistant", "content": "a"]],
      "rejected": [["role": "user", "content": "q"], ["role": "assistant", "content": "b"]],
    ])
    #expect(implicit.input == pair.input)
    #expect(implicit.preference == pair.preference)
    let judged = try record(["prompt": "q", "completion": "a", "label": false])
    #expect(judged.rating == .down)
    #expect(judged.output == "a")
  }

  @Test("an export of Open WebUI gives the rated message and the turns before it")
  func openWebUI() throws {
    let taken = try record([
      "id": "f-1", "user_id": "u-1", "type": "rating", "updated_at": 1_704_067_200,
      "data": [
        "rating": -1, "model_id": "labeler", "reason": "not_helpful", "comment": "too long",
      ],
      "meta": ["message_id": "m3", "chat_id": "c"],
      "snapshot": [
        "chat": [
          "chat": [
            "history": [
              "currentId": "m5",
              "messages": [
                "m0": ["role": "user", "content": "hello", "parentId": .null],
                "m1": ["role": "assistant", "content": "hi", "parentId": "m0"],
                "m2": ["role": "user", "content": "more", "parentId": "m1"],
                "m3": ["role": "assistant", "content": "the answer", "parentId": "m2"],
                "m4": ["role": "user", "content": "later", "parentId": "m3"],
              ],
            ]
          ]
        ]
      ],
    ])
    #expect(taken.rating == .down)
    #expect(taken.output == "the answer")
    #expect(taken.input?.array?.map { $0["content"] } == ["hello", "hi", "more"])
    #expect(taken.tags == ["not_helpful", "model:labeler"])
    #expect(taken.rater == "u-1")
    #expect(taken.json["at"] == "2024-01-01T00:00:00Z")
    // A chat whose parents go in a circle ends.
    #expect(throws: Never.self) {
      _ = try record([
        "data": ["rating": 1], "meta": ["message_id": "a"],
        "snapshot": [
          "history": [
            "messages": [
              "a": ["role": "assistant", "content": "x", "parentId": "b"],
              "b": ["role": "user", "content": "y", "parentId": "a"],
            ]
          ]
        ],
      ])
    }
  }

  @Test("rows of one's own are mapped, and thumbs understood in the ways people write them")
  func mapping() throws {
    let form = FeedbackForm.mapped(
      try FeedbackMapping([
        ("input/problem", "/q"), ("output", "/a"), ("rating", "/thumb"), ("rater", "/who"),
      ]))
    let taken = try record(
      ["q": "1+1", "a": "2", "thumb": 1, "who": "kim", "other": 5], form: form)
    #expect(taken.input == ["problem": "1+1"])
    #expect(taken.rating == .up)
    #expect(taken.rater == "kim")
    for (word, rating) in [
      (JSONValue.bool(false), FeedbackRecord.Rating.down), ("👍", .up), (-1, .down), ("Good", .up),
    ] {
      #expect(
        try record(["q": "1", "a": "2", "thumb": word], form: form).rating == rating)
    }
    let unknown = #expect(throws: DatasetsError.self) { try FeedbackMapping([("ratng", "/x")]) }
    #expect(unknown?.advice == "Did you mean 'rating'?")
    let pointer = #expect(throws: DatasetsError.self) { try FeedbackMapping([("rating", "x")]) }
    #expect(pointer?.advice == "Did you mean '/x'?")
  }

  @Test("what identifies a person is replaced everywhere, also in labels and turns, and counted")
  func scrubbing() throws {
    let taken = try FeedbackIntake().take([
      "input": [["role": "user", "content": "제 번호는 010-1234-5678 입니다"]],
      "output": ["contact": "kim@example.com"], "corrected": "mail lee@example.com",
      "comment": "call 010-9876-5432", "rater": "park@example.com", "id": "choi@example.com",
      "rating": "down",
    ])
    let text = taken.record.json.canonical
    for secret in ["1234-5678", "kim@", "lee@", "9876", "choi@"] {
      #expect(!text.contains(secret), "\(secret)")
    }
    #expect(taken.scrubbed[.email] == 3)
    #expect(taken.scrubbed[.phone] == 2)
    #expect(taken.ratersNameTells)
    #expect(taken.record.origin == nil)
    let hidden = try FeedbackIntake().take([
      "input": ["hong@example.com": "q", "card": 4_111_111_111_111_111], "output": "a",
      "rating": "up", "receipt": "jung@example.com",
    ])
    #expect(hidden.record.input == ["<EMAIL>": "q", "card": "<CARD>"])
    #expect(hidden.record.receipt == "<EMAIL>")
    let kept = try FeedbackIntake(scrubber: nil).take(["comment": "call 010-9876-5432"])
    #expect(kept.record.comment == "call 010-9876-5432")
  }

  @Test("a file's invalid rows are told with their places, and the rest is taken")
  func file() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "f.ndjson",
      """
      {"comment":"fine"}
      {"comment":
      {"comment":"fine","rating":5}
      """)
    let content = try FeedbackFile(FeedbackIntake(), maxErrors: 20).read(path)
    #expect(content.rows == 3)
    #expect(content.records.count == 1)
    #expect(content.invalid == 2)
    #expect(content.violations.map(\.line).contains(2))
    #expect(content.violations.contains { $0.line == 3 && $0.pointer == "/rating" })
  }

  @Test("answers of tables are texts, and empty cells say nothing")
  func table() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "f.csv", "input,output,rating,comment,consent\n1+1,2,up,,true\n1+2,4,down,wrong,\n")
    let content = try FeedbackFile(FeedbackIntake(form: nil)).read(path)
    #expect(content.violations.map(\.text) == [])
    let mapping = FeedbackForm.mapped(
      try FeedbackMapping([("input", "/input"), ("output", "/output"), ("rating", "/rating")]))
    let mapped = try FeedbackFile(FeedbackIntake(form: mapping)).read(path)
    #expect(mapped.records.map(\.record.output) == ["2", "4"])
    #expect(mapped.records.map(\.record.rating) == [.up, .down])
  }

  @Test("hostile records are refused or taken, and never crash")
  func hostile() throws {
    var generator = SystemRandomNumberGenerator()
    let values: [JSONValue] = [
      .null, .bool(true), 0, -1, 1e300, "", "x", "\u{0}", [], [[:]], [:], ["role": "user"],
      ["messages": [:]], ["chat": ["chat": ["history": 5]]], [["role": "user", "content": "c"]],
    ]
    let names = [
      "input", "output", "rating", "corrected", "chosen", "rejected", "comment", "tags", "at",
      "prompt", "completion", "label", "snapshot", "data", "meta", "updated_at", "release",
      "consent",
    ]
    var taken = 0
    for _ in 0..<3000 {
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        guard let name = names.randomElement(using: &generator),
          let value = values.randomElement(using: &generator)
        else { continue }
        members[name] = value
      }
      do throws(DatasetsError) {
        let record = try FeedbackIntake().take(.object(members)).record
        #expect(FeedbackRecord(record.json) == record)
        taken += 1
      } catch {
        #expect(error.code == "datasets.malformed_feedback")
      }
    }
    #expect(taken > 0)
  }
}
