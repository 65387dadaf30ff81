import Foundation
import JSON
import Testing

/// `mlops evaluate`, as CI runs it.
@Suite(.timeLimit(.minutes(10))) struct EvaluateCommandTests {
  private static let suite = """
    name: choices
    task: multiple_choice
    format: text
    template: "{{q}}"
    input: q
    expected: a
    choices: c
    metrics: [accuracy, accuracy_norm]
    gate: {margin: 0.9}
    cases:
      - {q: "one and one is", a: 0, c: [two, three]}
      - {q: "two and two is", a: 1, c: [five, four]}

    """

  /// A workspace with two releases of a tiny base, `r@v1` and `r@v2`, and a suite.
  private func withReleases(_ body: (Program) throws -> Void) throws {
    try Program.withQuestions(8) { program in
      #expect(
        try program.run(
          "train", "--base", "base", "--data", "d", "--out", "a", "--max-steps", "2"
        ).code == 0)
      try program.write("template: '{{q}}'\n", to: "prompt.yaml")
      #expect(try program.run("add", "prompt.yaml", "--name", "p").code == 0)
      let release = ["release", "create", "r", "--model", "base", "--prompt", "p"]
      #expect(try program.run(release).code == 0)
      #expect(try program.run(release + ["--adapter", "a"]).code == 0)
      try program.write(Self.suite, to: "choices.yaml")
      #expect(try program.run("add", "choices.yaml", "--name", "s").code == 0)
      try body(program)
    }
  }

  private static let compared = ["evaluate", "--candidate", "r@v2", "--baseline", "r@v1"]

  @Test("a second run only reads, and says so; a damaged cache is made anew")
  func cache() throws {
    try withReleases { program in
      let arguments = Self.compared + ["--suite", "s"]
      func run(_ more: String...) throws -> (found: Bool, figures: JSONValue?) {
        let text = try program.run(arguments + more)
        #expect([0, 101].contains(text.code), "\(text.errors)")
        let json = try program.run(arguments + more + ["--json"]).json
        return (text.output.contains("4 answers of earlier evaluations"), json["cases"])
      }
      let alone = try run("--no-cache")
      let first = try run("--refresh")
      let second = try run()
      #expect(!alone.found && !first.found && second.found)
      #expect(second.figures == first.figures && alone.figures == first.figures)
      #expect(first.figures?.array?.count == 2)
      let cache = program.folder.appendingPathComponent("registry/store/answers.db")
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: cache.path + suffix)
      }
      try Data(repeating: 7, count: 9000).write(to: cache)
      let mended = try run()
      #expect(mended.figures == first.figures)
      #expect(try run().found)
      #expect(try program.run("verify").code == 0)
    }
  }

  @Test("reports for machines are written, the verdict is the exit code")
  func reports() throws {
    try withReleases { program in
      let arguments = Self.compared + ["--suite", "s"]
      let outcome = try program.run(
        arguments + ["--junit", "report.xml", "--markdown", "report.md", "--github"]
          + ["--html", "report.html"])
      #expect([0, 101].contains(outcome.code))
      #expect(outcome.output.hasPrefix("::"), "\(outcome.output)")
      let junit = try String(
        contentsOf: program.folder.appendingPathComponent("report.xml"), encoding: .utf8)
      #expect(junit.contains("name=\"case case-1\""))
      let page = try String(
        contentsOf: program.folder.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("r@v2"))
      #expect(try program.run(arguments + ["--html", "nowhere/report.html"]).code == 64)
      #expect(try program.run(arguments + ["--github", "--json"]).code == 64)
      #expect(try program.run(arguments + ["--refresh", "--no-cache"]).code == 64)
      let same = try program.run(
        "evaluate", "--candidate", "r@v1", "--baseline", "r@v1", "--suite", "s")
      #expect(same.code == 0 && same.output.contains("the same release"), "\(same.output)")
    }
  }

  @Test("a gate from a file judges but proves nothing; questions and answers can be written")
  func gateAndSamples() throws {
    try withReleases { program in
      let arguments = Self.compared + ["--suite", "s"]
      try program.write("margin: 0.9\nmin_cases: 2\n", to: "lax.yaml")
      try program.write("environments:\n  production:\n    suites: [s]\n", to: "mlops.yaml")
      #expect(try program.run("promote", "r@v1", "--to", "production").code == 0)
      let judged = try program.run(
        arguments + ["--gate", "lax.yaml", "--log-samples", "samples.ndjson", "--json"])
      #expect(judged.code == 101 || judged.code == 0, "\(judged.errors)")
      #expect(try judged.json["suite"]?["foreign_gate"]?["file"] == "lax.yaml")
      let refused = try program.run("promote", "r@v2", "--to", "production")
      #expect(refused.errors.contains("deployment.no_evidence"), "\(refused.errors)")
      let lines = try String(
        contentsOf: program.folder.appendingPathComponent("samples.ndjson"), encoding: .utf8
      ).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(lines.map { $0["side"] } == ["baseline", "baseline", "candidate", "candidate"])
      #expect(lines[1]["request"]?["continuations"] == [" five", " four"])
      #expect(lines[1]["request"]?["text"] == "two and two is")
      #expect(lines[2]["log_likelihoods"]?.array?.count == 2 && lines[2]["case"] == "case-1")
      let over = try program.run(arguments + ["--gate", "lax.yaml", "--markdown", "lax.yaml"])
      #expect(over.code == 64, "\(over.errors)")
      try program.write("margin: 2\n", to: "bad.yaml")
      let bad = try program.run(arguments + ["--gate", "bad.yaml"])
      #expect(bad.code == 65 && bad.errors.contains("bad.yaml:1:9"), "\(bad.errors)")
    }
  }

  @Test("a time limit ends with 1 and what it is for")
  func timeLimit() throws {
    try withReleases { program in
      let arguments = Self.compared + ["--suite", "s"]
      for limit in ["0s", "5", "-3m", "1x"] {
        #expect(try program.run(arguments + ["--time-limit", limit]).code == 64)
      }
      let enough = try program.run(arguments + ["--time-limit", "10m"])
      #expect([0, 101].contains(enough.code), "\(enough.errors)")
    }
  }

  @Test("a run that is killed goes on where it was")
  func killed() throws {
    try withReleases { program in
      let lines = (0..<800).map { #"{"q":"\#($0) and \#($0 + 1) is","a":"\#(2 * $0 + 1)"}"# }
      try program.write(lines.joined(separator: "\n"), to: "long.ndjson")
      try program.write(
        """
        name: long
        task: generate
        data: long.ndjson
        template: "{{q}}"
        input: q
        expected: a
        max_tokens: 48
        """, to: "long.yaml")
      #expect(try program.run("add", "long.yaml", "--name", "long").code == 0)
      let arguments = Self.compared + ["--suite", "long"]
      let process = try program.start(arguments, output: FileHandle.nullDevice)
      // Answers are written every two seconds.
      let log = program.folder.appendingPathComponent("registry/store/answers.db-wal").path
      while process.isRunning {
        let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        if size ?? 0 > 20_000 { break }
        usleep(20_000)
      }
      let isKilled = process.isRunning
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(isKilled, "it was over before it could be killed")
      let again = try program.run(arguments)
      let found = try #require(again.output.firstMatch(of: /(\d+) answers of earlier/))
      #expect(try #require(Int(found.1)) > 20 && Int(found.1) ?? 0 < 1600, "\(again.output)")
      #expect(try program.run("verify").code == 0)
    }
  }

  @Test(
    "labels that no prompt mentions are told of a base, and not of an adapter, which may know them")
  func unknownLabels() throws {
    try withReleases { program in
      try program.write(
        "name: l\ntask: label\ninput: q\nexpected: a\ncases: [{q: x, a: odd}, {q: y, a: even}]\n",
        to: "l.yaml")
      let outcome = try program.run(Self.compared + ["--suite", "./l.yaml"])
      #expect(outcome.errors.contains("The prompt of r@v1 mentions none of the 2 labels"))
      #expect(!outcome.errors.contains("r@v2 mentions"), "\(outcome.errors)")
    }
  }

  @Test("what is not there or not valid ends with a sentence and its code")
  func mistakes() throws {
    try withReleases { program in
      let missing = try program.run(
        "evaluate", "--candidate", "r@v2", "--baseline", "@staging", "--suite", "s")
      #expect(missing.code == 1 && missing.errors.contains("staging"), "\(missing.errors)")
      for (text, reason) in [
        ("cases: []", "a suite needs at least one case"),
        ("cases: [{q: x, c: [y, z]}]", "a case has no 'a', its right answer"),
        ("cases: [{q: x, a: 5, c: [y, z]}]", "there are 2, counted from 0"),
        ("cases: [", "not YAML"),
      ] {
        try program.write(
          Self.suite.components(separatedBy: "cases:")[0] + text + "\n", to: "bad.yaml")
        let bad = try program.run(Self.compared + ["--suite", "./bad.yaml"])
        #expect(bad.code == 65, "\(text): \(bad.errors)")
        #expect(bad.errors.contains(reason) && bad.errors.contains("bad.yaml:"), "\(bad.errors)")
      }
    }
  }
}
