import Foundation
import JSON
import Testing

/// `mlops ab`, as its users and those who wish it ill run it.
@Suite(.timeLimit(.minutes(20))) struct ABCommandTests {
  private static let begin = [
    "ab", "start", "t", "--baseline", "@production", "--candidate", "r@v2", "--weight", "50%",
    "--outcome", "proxy:score", "--range", "0..1", "--id", "x", "--since", "2026-01-01", "--json",
  ]

  /// A workspace with two releases, the first of which serves.
  private func withReleases(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.addModel(as: "base")
    let prompt = Program.project.appendingPathComponent("registry/prompts/labeler.yaml").path
    for parts in [["--model", "base"], ["--model", "base", "--prompt", prompt]] {
      let created = try program.run(["release", "create", "r"] + parts)
      #expect(created.code == 0, "\(created.errors)")
    }
    #expect(try program.run("promote", "r@v1", "--to", "production").code == 0)
    try body(program)
  }

  /// Subjects with a value, one a line, all on one day; the candidate's is another where it is given.
  private func lines(_ subjects: Range<Int>, day: Int, _ value: (Int) -> String) -> String {
    subjects.map {
      "{\"subject\":\"u\($0)\",\"value\":\(value($0)),\"at\":\"2026-01-0\(day)T12:00:00Z\",\"id\":\"r\($0)\"}\n"
    }.joined()
  }

  @Test("a test runs from its start to a stored result that nothing changes any more")
  func life() throws {
    try withReleases { program in
      let begun = try program.run(Self.begin)
      #expect(begun.code == 0, "\(begun.errors)")
      #expect(try begun.json["state"] == "running" && begun.json["id"] == "x")
      #expect(try program.run("ab", "status", "t").code == 0)
      #expect(try program.run("ab", "status", "t", "--gate").code == 101)
      #expect(try program.run("ab", "status", "t").output.contains("no outcomes yet"))

      // Equal outcomes, then again: ids make it idempotent.
      try program.write(lines(0..<200, day: 2) { "0.\($0 % 10)" }, to: "one.ndjson")
      #expect(try program.run("ab", "record", "t", "one.ndjson", "--json").json["added"] == 200)
      let again = try program.run("ab", "record", "t", "one.ndjson", "--json").json
      #expect(again["added"] == 0 && again["repeated"] == 200)
      let early = try program.run("ab", "status", "t", "--json").json
      #expect(early["decision"] == "go_on" && early["outcomes"] == 200)
      #expect(early["looks"]?.array?.count == 1 && (early["more"]?.int ?? 0) > 0)
      #expect(early["sample_ratio"]?["suspicious"] == false)
      let text = try program.run("ab", "status", "t").output
      #expect(text.contains("Looking early is allowed") && text.contains("2026-01-02"))
      let before = try program.run("ab", "status", "t", "--at", "2026-01-02", "--json").json
      #expect(before["outcomes"] == 0)

      let events = try program.run("log", "--json").json["events"]?.array ?? []
      #expect(events.first?["action"] == "run_begun" && events.first?["reason"] == "ab")
      #expect(try program.run("gc", "--older-than", "0d").code == 0)
      #expect(try program.run("show", "r@v2").code == 0)

      let stopped = try program.run("ab", "stop", "t", "--reason", "enough", "--json")
      #expect(stopped.code == 0, "\(stopped.errors)")
      let result = try stopped.json
      #expect(result["state"] == "stopped" && result["reference"] == "ab-t@v1")
      #expect(result["looks"] == early["looks"] && result["p_value"] == early["p_value"])
      #expect(try program.run("ab", "stop", "t").code == 1)
      #expect(try program.run("ab", "record", "t", "one.ndjson").code == 1)
      #expect(try program.run("ab", "status", "t", "--at", "2026-01-03").code == 64)
      #expect(try program.run(Self.begin).code == 64)
      #expect(try program.run("ab", "status", "t", "--json").json["looks"] == early["looks"])

      let version = try program.run("show", "ab-t", "--json").json
      #expect(version["kind"] == "evaluation" && version["digest"] == result["evaluation"])
      #expect(try program.run("export", "ab-t", "out").code == 0)
      let evidence = try JSONValue(
        parsing: String(
          contentsOf: program.folder.appendingPathComponent("out/report.json"), encoding: .utf8))
      #expect(evidence["format"] == "mlops.ab/v1")
      #expect(evidence["sums"]?["powers"]?.array?.count == 4)
      #expect(evidence["candidate"]?["digest"] == early["candidate"]?["digest"])
      #expect(try program.run("verify").code == 0)
      let all = try program.run("ab", "list", "--json").json["tests"]?.array
      #expect(all?.map { $0["state"] } == ["stopped"])
    }
  }

  @Test("harm is told by the exit code as soon as it is found, and stays")
  func harm() throws {
    try withReleases { program in
      #expect(try program.run(Self.begin).code == 0)
      #expect(try program.run("ab", "stop", "t").code == 0)
      // One id is one assignment, and no other test may have it.
      var start = Self.begin
      start[2] = "u"
      #expect(try program.run(start).code == 64)
      start = start.map { $0 == "x" ? "y" : $0 }
      #expect(try program.run(start).code == 0)
      // Whoever gets the candidate is told by the arm that fits.
      var lines: [String] = []
      for subject in 0..<400 {
        for (arm, value) in [("candidate", "0.1"), ("baseline", "0.9")] {
          lines.append(
            "{\"subject\":\"u\(subject)\",\"value\":\(value),\"arm\":\"\(arm)\",\"at\":\"2026-01-02\"}"
          )
        }
      }
      try program.write(lines.joined(separator: "\n"), to: "harm.ndjson")
      let recorded = try program.run("ab", "record", "u", "harm.ndjson", "--json").json
      #expect(recorded["added"] == 400 && recorded["misassigned"] == 400)
      let status = try program.run("ab", "status", "u", "--json")
      #expect(status.code == 100)
      #expect(try status.json["decision"] == "worse" && status.json["decided_on"] == "2026-01-02")
      #expect(try program.run("ab", "status", "u", "--gate").code == 100)
      #expect(try program.run("ab", "status", "u").output.contains("HARM"))
      #expect(try program.run("ab", "stop", "u").code == 0)
      #expect(try program.run("ab", "status", "u").code == 100)
    }
  }

  @Test("lines that are no outcomes are told with their numbers, and nothing is recorded")
  func wrongLines() throws {
    try withReleases { program in
      #expect(try program.run(Self.begin).code == 0)
      let wrong = [
        "{", "[]", "{\"subject\":\"a\"}", "{\"value\":1}", "{\"subject\":\"\",\"value\":1}",
        "{\"subject\":7,\"value\":1}", "{\"subject\":\"a\",\"value\":\"1\"}",
        "{\"subject\":\"a\",\"value\":1.01}", "{\"subject\":\"a\",\"value\":-0.01}",
        "{\"subject\":\"a\",\"value\":1e999}", "{\"subject\":\"a\",\"value\":null}",
        "{\"subject\":\"a\",\"value\":1,\"at\":\"yesterday\"}",
        "{\"subject\":\"a\",\"value\":1,\"at\":\"2999-01-01\"}",
        "{\"subject\":\"a\",\"value\":1,\"at\":\"2025-12-31\"}",
        "{\"subject\":\"a\",\"value\":1,\"arm\":\"both\"}",
        "{\"subject\":\"a\",\"value\":1,\"id\":\"\"}", "{\"subject\":\"a\",\"value\":1,\"x\":1}",
      ]
      let good = "{\"subject\":\"a\",\"value\":1}"
      try program.write(
        ([good] + wrong).joined(separator: "\n"), to: "wrong.ndjson")
      let refused = try program.run("ab", "record", "t", "wrong.ndjson")
      #expect(refused.code == 65)
      for line in 2..<(wrong.count + 2) {
        #expect(refused.errors.contains("wrong.ndjson:\(line):"), "\(line)")
      }
      #expect(!refused.errors.contains("wrong.ndjson:1:"))
      #expect(try program.run("ab", "status", "t", "--json").json["outcomes"] == 0)
      try program.write("\n\n", to: "blank.ndjson")
      #expect(try program.run("ab", "record", "t", "blank.ndjson").code == 65)
      #expect(try program.run("ab", "record", "t", "missing.ndjson").code == 1)
      try program.write(
        "{\"subject\":\"a\",\"value\":1,\"id\":\"i\"}\n{\"subject\":\"a\",\"value\":0,\"id\":\"i\"}\n",
        to: "twice.ndjson")
      let conflict = try program.run("ab", "record", "t", "twice.ndjson")
      #expect(conflict.code == 65 && conflict.errors.contains("twice.ndjson:2:"))
    }
  }

  @Test("a test that could not be begun leaves nothing behind")
  func wrongStarts() throws {
    try withReleases { program in
      func start(_ options: String...) throws -> Int32 {
        try program.run(
          ["ab", "start", "t", "--baseline", "r@v1", "--candidate", "r@v2"] + options
        ).code
      }
      let proxy = ["--outcome", "proxy:n"]
      #expect(try start("--weight", "0%") == 64 && start("--weight", "100%") == 64)
      #expect(try start("--weight", "nan") == 64 && start("--weight", "-10%") == 64)
      #expect(try start("--outcome", "thumbs") == 64 && start("--outcome", "proxy:") == 64)
      #expect(try start("--outcome", "proxy:n") == 64)
      for range in ["1..0", "0..0", "0", "..", "0..inf", "nan..1", "0..1e300", "a..b"] {
        #expect(try start(proxy[0], proxy[1], "--range", range) == 64, "\(range)")
      }
      #expect(try start("--range", "0..2") == 64 && start("--direction", "lower") == 64)
      #expect(try start("--direction", "up") == 64)
      #expect(try start("--margin", "0") == 64 && start("--margin", "-1") == 64)
      #expect(try start("--margin", "2") == 64 && start("--margin", "nan") == 64)
      #expect(try start("--alpha", "0") == 64 && start("--alpha", "60%") == 64)
      #expect(try start("--min-subjects", "-1") == 64 && start("--id", "a:b") == 64)
      #expect(try start("--since", "2999-01-01") == 64 && start("--since", "soon") == 64)
      #expect(try start("--environment", "productoin") == 1)
      #expect(try start("--baseline", "r@v2") == 64)
      #expect(try start("--candidate", "@production") == 64)
      #expect(try start("--candidate", "nothing") == 64)
      #expect(try program.run("ab", "list", "--json").json["tests"] == [])
      #expect(try start() == 0)
      let second = try program.run(
        "ab", "start", "u", "--baseline", "r@v1", "--candidate", "r@v2")
      #expect(second.code == 1 && second.errors.contains("'t' runs in 'production'"))
      #expect(try program.run("ab", "record", "t", "-").code == 64)
      #expect(try program.run("ab", "status", "tt").errors.contains("Did you mean 't'?"))
      #expect(try program.run("ab", "status", "tt").code == 1)
    }
  }

  @Test("thumbs of the feedback log are outcomes of the release that they name")
  func thumbs() throws {
    try withReleases { program in
      #expect(
        try program.run(
          "ab", "start", "t", "--baseline", "r@v1", "--candidate", "r@v2", "--weight", "50%",
          "--since", "2026-01-01"
        ).code == 0)
      func row(_ subject: Int, _ release: String, _ rating: String, _ day: String) -> String {
        "{\"input\":\"q\(subject)\",\"output\":\"a\",\"rating\":\"\(rating)\",\"subject\":\"u\(subject)\",\"at\":\"\(day)\"}\n"
      }
      for (release, rating) in [("r@v1", "up"), ("r@v2", "down")] {
        let subjects = release == "r@v1" ? 0..<150 : 150..<300
        var rows = subjects.map { row($0, release, rating, "2026-01-0\(2 + $0 % 3)") }.joined()
        // Before the test began, and of nobody.
        rows += row(subjects.lowerBound, release, "up", "2025-12-01")
        rows +=
          "{\"input\":\"q\",\"output\":\"a\",\"rating\":\"up\",\"at\":\"2026-01-02\"}\n"
        try program.write(rows, to: "rows.ndjson")
        let imported = try program.run("feedback", "import", "rows.ndjson", "--release", release)
        #expect(imported.code == 0, "\(imported.errors)")
      }
      let status = try program.run("ab", "status", "t", "--json")
      #expect(status.code == 100)
      let document = try status.json
      #expect(document["outcomes"] == 300 && document["anonymous"] == 2)
      #expect(document["candidate"]?["mean"] == 0 && document["baseline"]?["mean"] == 1)
      #expect(document["candidate"]?["subjects"] == 150)
      #expect(try program.run("ab", "status", "t").output.contains("2 thumbs left out"))
      #expect(try program.run("ab", "stop", "t", "--json").json["anonymous"] == 2)
    }
  }
}
