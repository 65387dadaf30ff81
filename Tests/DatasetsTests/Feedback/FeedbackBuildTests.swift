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
    #expect(latest.conflicts[0]["kept"] == [["answer": "B"]])
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
    #expect(dropped.conflicts[0]["kept"] == [])
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
    let digest = Digest(of: "d")
    func merged(_ lines: [String], _ change: (inout FeedbackBuildOptions) -> Void = { _ in })
      throws -> FeedbackBuild.Built
    {
      var options = FeedbackBuildOptions()
      change(&options)
      var build = FeedbackBuild(options)
      try build.merge(file, name: "d", digest: digest)
      for entry in entries(lines) { try build.add(entry) }
      return try build.finish()
    }
    let built = try merged(["new|a|up|N", "q|a|corrected|right|old", "same|a|up|S"])
    #expect(completions(built) == ["right", "kept", "S", "N"])
    #expect(built.sources[1] == ["rows": [["dataset": .string(digest.description), "line": 2]]])
    #expect(built.sources[2]["feedback"] != nil && built.sources[2]["rows"] != nil)
    #expect(built.report.replaced == 1)
    #expect(built.report.merged == 3)
    // What a dataset says is a judgement too: it is contradicted, taken out, and listed.
    #expect(built.conflicts.count == 1)
    #expect(completions(try merged(["q|a|down|old"])) == ["kept", "S"])
    #expect(completions(try merged(["q|a|up|x"]) { $0.conflicts = .drop }) == ["kept", "S"])
  }

  @Test("rows that contradict each other in a merged dataset are a conflict, not two rows")
  func mergedContradiction() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "d.ndjson",
      """
      {"prompt":"q","completion":"x"}
      {"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"y"}]}

      """)
    var build = FeedbackBuild(FeedbackBuildOptions())
    try build.merge(file, name: "d", digest: Digest(of: "d"))
    let built = try build.finish()
    #expect(completions(built) == ["y"])
    #expect(built.report.conflicts == 1)
  }

  @Test("KTO and DPO keep merged rows that nobody contradicted")
  func mergedPairs() throws {
    let scratch = try Scratch()
    let judged = try scratch.file(
      "k.ndjson",
      """
      {"prompt":"q","completion":"7","label":false}
      {"prompt":"q","completion":"8","label":true}

      """)
    var kto = FeedbackBuild(FeedbackBuildOptions(method: .kto))
    try kto.merge(judged, name: "k", digest: Digest(of: "k"))
    for entry in entries(["q|a|up|6", "q|b|down|8"]) { try kto.add(entry) }
    let labels = try kto.finish().rows.map { [$0["completion"], $0["label"]] }
    #expect(labels == [["7", false], ["8", false], ["6", true]])
    let pairs = try scratch.file("d.ndjson", #"{"prompt":"q","chosen":"6","rejected":"9"}"#)
    var dpo = FeedbackBuild(FeedbackBuildOptions(method: .dpo))
    try dpo.merge(pairs, name: "d", digest: Digest(of: "d"))
    for entry in entries(["q|a|prefer|6|10"]) { try dpo.add(entry) }
    #expect(try dpo.finish().rows.map { $0["rejected"] } == ["9", "10"])
  }

  @Test("preferences that go in a circle lose their weakest pair, or all where contested ones go")
  func circles() throws {
    let lines = ["q|a|prefer|x|y", "q|b|prefer|y|z", "q|c|prefer|z|x"]
    let latest = try build(lines, .dpo)
    #expect(latest.rows.map { $0["chosen"] } == ["y", "z"])
    #expect(latest.report.conflicts == 1)
    #expect(throws: DatasetsError.self) { try build(lines, .dpo) { $0.conflicts = .drop } }
    let other = try build(lines + ["p|a|prefer|x|y"], .dpo) { $0.conflicts = .drop }
    #expect(other.rows.count == 1)
    let majority = try build(lines + ["q|d|prefer|x|y"], .dpo) { $0.conflicts = .majority }
    #expect(majority.rows.map { $0["chosen"] } == ["x", "z"])
  }

  @Test("who corrects a second time takes the first back, and who repeats takes nothing back")
  func correctedTwice() throws {
    let built = try build(["q|a|corrected|X", "q|a|corrected|Y"], .kto)
    #expect(built.rows.map { $0["completion"] } == ["Y"])
    #expect(built.report.revised == 1)
    let repeated = try build(["q|a|up|X", "q|a|up|X"])
    #expect(repeated.report.revised == 0)
  }

  @Test("a text and one user turn are one question")
  func sameQuestion() throws {
    let day = Date(timeIntervalSince1970: 0)
    var build = FeedbackBuild(FeedbackBuildOptions())
    for (index, record) in [
      FeedbackRecord(input: "1+1?", corrected: "2"),
      FeedbackRecord(input: [["role": "user", "content": "1+1?"]], corrected: "3"),
    ].enumerated() {
      try build.add(
        FeedbackEntry(
          sequence: Int64(index), digest: record.digest, recordedAt: day, judgedAt: day,
          record: record))
    }
    let built = try build.finish()
    #expect(built.rows.count == 1)
    #expect(built.report.conflicts == 1)
  }

  @Test("an order of members that fits no label, and a class that no row has, are refused")
  func settings() throws {
    let day = Date(timeIntervalSince1970: 0)
    let record = FeedbackRecord(input: "q", corrected: ["a": "x"])
    var build = FeedbackBuild(FeedbackBuildOptions(labelKeys: ["b"]))
    try build.add(
      FeedbackEntry(
        sequence: 1, digest: record.digest, recordedAt: day, judgedAt: day, record: record))
    #expect(throws: DatasetsError.self) { try build.finish() }
    #expect(throws: DatasetsError.self) {
      try self.build(["q|a|up|A"]) {
        $0.balance = .cap
        $0.balanceBy = JSONPointer(["input", "nothing"])
      }
    }
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
