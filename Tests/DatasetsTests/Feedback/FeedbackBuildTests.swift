import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Datasets

@Suite struct FeedbackBuildTests {
  /// Records in the order of their days, from text such as `q|anna|up|answer`.
  private func entries(_ lines: [String]) -> [FeedbackEntry] {
    lines.enumerated().map { index, line in
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      var record = FeedbackRecord(input: .string(parts[0]))
      record.rater = parts[1].isEmpty ? nil : parts[1]
      switch parts[2] {
      case "up", "down":
        record.rating = FeedbackRecord.Rating(rawValue: parts[2])
        record.output = .string(parts[3])
      case "corrected":
        record.corrected = .string(parts[3])
        if parts.count > 4 { record.output = .string(parts[4]) }
      default:
        record.preference = .init(chosen: .string(parts[3]), rejected: .string(parts[4]))
      }
      let date = Date(timeIntervalSince1970: Double(index) * 86_400)
      return FeedbackEntry(
        sequence: Int64(index + 1), digest: record.digest, recordedAt: date, judgedAt: date,
        record: record)
    }
  }

  private func build(
    _ lines: [String], _ method: FeedbackBuildOptions.Method = .sft,
    _ change: (inout FeedbackBuildOptions) -> Void = { _ in }
  ) throws -> FeedbackBuild.Built {
    var options = FeedbackBuildOptions(method: method)
    change(&options)
    var build = FeedbackBuild(options)
    for entry in entries(lines) { try build.add(entry) }
    return try build.finish()
  }

  private func completions(_ built: FeedbackBuild.Built) -> [String] {
    built.rows.map { $0["completion"]?.string ?? "" }
  }

  private let contested = ["q|anna|up|A", "q|ben|up|B", "q|carl|up|A", "q|dora|corrected|B|A"]

  @Test("who is right is decided as asked, and what was contested is listed with its votes")
  func policies() throws {
    let latest = try build(contested)
    #expect(completions(latest) == ["B"])
    #expect(latest.report.conflicts == 1)
    #expect(latest.conflicts[0]["kept"] == "B")
    #expect(latest.conflicts[0]["votes"]?.array?.count == 5)
    // A: anna and carl for, dora against; B: ben and dora.
    let majority = try build(contested + ["q|emil|up|A"]) { $0.conflicts = .majority }
    #expect(completions(majority) == ["A"])
    let rater = try build(contested) {
      $0.conflicts = .rater
      $0.raters = ["nobody", "anna"]
    }
    #expect(completions(rater) == ["A"])
    #expect(throws: DatasetsError.self) { try build(contested) { $0.conflicts = .drop } }
    let dropped = try build(contested + ["p|anna|up|X"]) { $0.conflicts = .drop }
    #expect(completions(dropped) == ["X"])
    #expect(dropped.report.unanswered == ["questions without a right answer": 1])
    #expect(dropped.conflicts[0]["kept"] == .null)
  }

  @Test("as many for as against: the latest of them decides")
  func tie() throws {
    let built = try build(["q|anna|up|A", "q|ben|up|B"]) { $0.conflicts = .majority }
    #expect(completions(built) == ["B"])
  }

  @Test("a rater who changes their mind contradicts nobody, whichever record arrives first")
  func revision() throws {
    let built = try build(["q|anna|up|A", "q|anna|corrected|B|A"])
    #expect(completions(built) == ["B"])
    #expect(built.report.conflicts == 0)
    #expect(built.report.revised == 1)
    var late = FeedbackBuild(FeedbackBuildOptions())
    for entry in entries(["q|anna|up|A", "q|anna|corrected|B|A"]).reversed() { try late.add(entry) }
    #expect(completions(try late.finish()) == ["B"])
  }

  @Test("a thumb down alone teaches no answer, and takes one that others gave")
  func thumbDown() throws {
    #expect(throws: DatasetsError.self) { try build(["q|anna|down|A"]) }
    let built = try build(["q|anna|up|A", "q|ben|down|A", "r|anna|up|C"])
    #expect(completions(built) == ["C"])
  }

  @Test("pairs: preferences as they are, and the right answer against every wrong one")
  func pairs() throws {
    let built = try build(
      [
        "q|anna|corrected|R|W1", "q|ben|down|W2", "p|anna|prefer|X|Y", "p|ben|prefer|Y|X",
        "p|carl|prefer|Y|X", "s|anna|up|only",
      ], .dpo
    ) { $0.conflicts = .majority }
    #expect(
      built.rows == [
        ["prompt": "q", "chosen": "R", "rejected": "W1"],
        ["prompt": "q", "chosen": "R", "rejected": "W2"],
        ["prompt": "p", "chosen": "Y", "rejected": "X"],
      ])
    #expect(built.sources[1]["feedback"]?.array?.count == 2)
    #expect(built.report.unanswered == ["questions without a better and a worse answer": 1])
  }

  @Test("KTO takes every judged answer with its verdict, and several may be good")
  func kto() throws {
    let built = try build(["q|anna|up|A", "q|ben|up|B", "q|anna|down|C", "q|ben|up|C"], .kto)
    #expect(
      built.rows == [
        ["prompt": "q", "completion": "A", "label": true],
        ["prompt": "q", "completion": "B", "label": true],
        ["prompt": "q", "completion": "C", "label": true],
      ])
    #expect(built.report.conflicts == 1)
  }

  @Test("classes are evened out by leaving out or repeating, the same rows every time")
  func balance() throws {
    let lines = (0..<9).map { "q\($0)|anna|up|\($0 < 6 ? "many" : $0 < 8 ? "some" : "one")" }
    let capped = try build(lines) { $0.balance = .cap }
    #expect(capped.report.classes == 3)
    #expect(completions(capped).filter { $0 == "many" }.count == 2)
    #expect(capped.rows.count == 5)
    #expect(capped.report.balancedAway == 4)
    #expect(try build(lines) { $0.balance = .cap }.rows == capped.rows)
    let filled = try build(lines) {
      $0.balance = .fill
      $0.perClass = 6
    }
    #expect(filled.rows.count == 18)
    #expect(filled.report.repeated == 9)
    #expect(filled.sources.count == 18)
    let labels = try build(["q|a|up|A", "p|a|up|B", "r|a|up|C", "s|a|down|D"], .kto) {
      $0.balance = .cap
    }
    #expect(labels.rows.map { $0["label"] } == [true, false])
  }

  @Test("feedback stands in the place of a merged row that it answers otherwise")
  func merging() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "d.ndjson",
      """
      {"prompt":"q","completion":"old"}
      {"prompt":"p","completion":"kept"}
      {"prompt":"same","completion":"S"}

      """)
    var build = FeedbackBuild(FeedbackBuildOptions())
    try build.merge(file, name: "d")
    for entry in entries(["new|a|up|N", "q|a|corrected|right|old", "same|a|up|S"]) {
      try build.add(entry)
    }
    let built = try build.finish()
    #expect(completions(built) == ["right", "kept", "S", "N"])
    #expect(built.sources[1] == ["dataset": "d", "line": 2])
    #expect(built.report.replaced == 1)
    #expect(built.report.merged == 3)
  }

  @Test("a prompt makes questions of fields and texts; all rows get one form")
  func prompts() throws {
    let prompt = PromptTemplate(system: "Label.", template: "Problem: {{problem}}")
    var build = FeedbackBuild(FeedbackBuildOptions(labelKeys: ["b", "a"]), prompt: prompt)
    let day = Date(timeIntervalSince1970: 0)
    let records = [
      FeedbackRecord(input: ["problem": "1+1"], corrected: ["a": "x", "b": "y"]),
      FeedbackRecord(input: "{{problem}}", corrected: "z"),
    ]
    for (index, record) in records.enumerated() {
      try build.add(
        FeedbackEntry(
          sequence: Int64(index), digest: record.digest, recordedAt: day, judgedAt: day,
          record: record))
    }
    let turns = try build.finish().rows.map { $0["messages"]?.array ?? [] }
    #expect(turns.map(\.count) == [3, 3])
    #expect(turns[0][2]["content"] == #"{"b":"y","a":"x"}"#)
    // What a record brings in is not read as a template again.
    #expect(turns[1][1]["content"] == "Problem: {{problem}}")
    var without = FeedbackBuild(FeedbackBuildOptions())
    #expect(throws: DatasetsError.needsPrompt) {
      try without.add(
        FeedbackEntry(
          sequence: 1, digest: records[0].digest, recordedAt: day, judgedAt: day, record: records[0]
        )
      )
    }
  }

  @Test("what is refused is never used, and what teaches nothing is counted")
  func consent() throws {
    let day = Date(timeIntervalSince1970: 0)
    var build = FeedbackBuild(FeedbackBuildOptions())
    for record in [
      FeedbackRecord(input: "q", output: "A", rating: .up, consent: false),
      FeedbackRecord(input: "q", comment: "hm"), FeedbackRecord(rating: .up, receipt: "r"),
      FeedbackRecord(input: "p", output: "B", rating: .up, consent: true),
    ] {
      try build.add(
        FeedbackEntry(
          sequence: 1, digest: record.digest, recordedAt: day, judgedAt: day, record: record))
    }
    let built = try build.finish()
    #expect(built.rows == [["prompt": "p", "completion": "B"]])
    #expect(built.report.withoutConsent == 1)
    #expect(
      built.report.unusable == [
        "records that judge no answer": 1, "records without a question": 1,
      ])
  }
}
