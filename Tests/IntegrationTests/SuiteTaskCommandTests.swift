import Foundation
import JSON
import Testing

/// What suites may ask, and what becomes of models and suites that are broken, as CI runs it.
@Suite(.timeLimit(.minutes(10))) struct SuiteTaskCommandTests {
  /// A workspace with two releases of a tiny base that differ in their prompts.
  private func withReleases(base: Data? = nil, _ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    let file = program.folder.appendingPathComponent("base.gguf")
    try (base ?? SuiteTaskCommandTests.tiny()).write(to: file)
    let added = try program.run("add", "base.gguf", "--name", "base")
    #expect(added.code == 0, "\(added.errors)")
    for (name, template) in [("p", "{{q}}"), ("k", "good or bad? {{q}}")] {
      try program.write("template: '\(template)'\nmax_tokens: 30\n", to: "\(name).yaml")
      #expect(try program.run("add", "\(name).yaml", "--name", name).code == 0)
      let made = try program.run("release", "create", "r", "--model", "base", "--prompt", name)
      #expect(made.code == 0, "\(made.errors)")
    }
    try body(program)
  }

  private static func tiny() throws -> Data {
    try Data(
      contentsOf: Program.project.appendingPathComponent(
        "Tests/TrainingTests/Fixtures/tiny-llama.gguf"))
  }

  private static let compared = ["evaluate", "--candidate", "r@v2", "--baseline", "r@v1"]

  private func outputs(_ outcome: Program.Outcome) throws -> [String] {
    try #require(try outcome.json["cases"]?.array).flatMap { one in
      ["baseline", "candidate"].compactMap { one[$0]?["output"]?.string }
    }
  }

  @Test(
    "constrained answers are what the schema or the labels say; their files are kept with the suite"
  )
  func constrained() throws {
    try withReleases { program in
      try program.write(
        #"{"type":"object","required":["k"],"properties":{"k":{"enum":["good","bad"]}}}"#,
        to: "kind.json")
      try program.write("{\"q\":\"z\",\"a\":{\"k\":\"bad\"}}\n", to: "few.ndjson")
      let head = "name: l\ntask: label\ninput: q\nexpected: a\n"
      try program.write(
        head + """
          schema: kind.json
          constrained: true
          max_tokens: 80
          metrics: [accuracy, valid_json, exact_match: k]
          examples: {data: few.ndjson, count: 1}
          cases: [{q: one, a: {k: good}}, {q: two, a: {k: bad}}]

          """, to: "l.yaml")
      #expect(try program.run("add", "l.yaml", "--name", "l").code == 0)
      for name in ["kind.json", "few.ndjson", "l.yaml"] {
        try FileManager.default.removeItem(at: program.folder.appendingPathComponent(name))
      }
      let outcome = try program.run(Self.compared + ["--suite", "l", "--json"])
      #expect([0, 100, 101].contains(outcome.code), "\(outcome.errors)")
      for text in try outputs(outcome) {
        #expect(["good", "bad"].contains(try JSONValue(parsing: text)["k"]?.string), "\(text)")
      }
      #expect(try program.run("verify").code == 0)

      let short = try String(
        decoding: Data(program.run("show", "l@v1", "--json").output.utf8), as: UTF8.self)
      #expect(short.contains("schema.json") && short.contains("examples.ndjson"))

      let labels = head + "labels: [good, bad]\ncases: [{q: one, a: good}, {q: two, a: bad}]\n"
      try program.write(labels, to: "free.yaml")
      let free = try program.run(Self.compared + ["--suite", "./free.yaml"])
      #expect(free.output.contains("none of the 2 labels"), "\(free.output)")
      #expect(free.output.contains("answers of the baseline are not readable and count as wrong"))
      #expect(
        free.errors.contains(
          "warning: free@v1/suite.yaml:5:9: The prompt of r@v1 mentions none of the 2 labels"),
        "\(free.errors)")
      #expect(!free.errors.contains("The prompt of r@v2"))
      #expect(free.output.contains("note: The prompt of r@v1 mentions none of the 2 labels"))
      try program.write(labels + "constrained: true\n", to: "bound.yaml")
      let bound = try program.run(Self.compared + ["--suite", "./bound.yaml", "--json"])
      #expect(!bound.errors.contains("warning"), "\(bound.errors)")
      for text in try outputs(bound) {
        #expect(["good", "bad", "\"good\"", "\"bad\""].contains(text), "\(text)")
      }
    }
  }

  @Test("a suite that cannot be asked is told with its place, and nothing is stored")
  func mistakes() throws {
    try withReleases { program in
      let head = "name: g\ntask: generate\ninput: q\nexpected: a\ncases: [{q: a, a: b}]\n"
      for (text, reason) in [
        ("grammar: |\n  root ::= x\n  x ::= \"a\n", "bad.yaml:9: grammar: expected '\"'"),
        ("grammar: |\n  root ::= x\n", "bad.yaml:7: grammar: the rule 'x' is used"),
        ("metrics: [over_refusal: bad]\n", "bad.yaml:6:25: 'bad' of the case 'case-1' must be"),
        ("rephrasings: more\n", "bad.yaml:6:14: no case has other wordings in 'more'"),
        ("examples: {count: 2, cases: [{q: x, a: y}]}\n", "bad.yaml:6:19: count asks for 2"),
        ("metrics: [accuracy\n", "bad.yaml:7:1: not YAML"),
      ] {
        try program.write(head + text, to: "bad.yaml")
        for arguments in [["add", "bad.yaml"], Self.compared + ["--suite", "./bad.yaml"]] {
          let bad = try program.run(arguments)
          #expect(bad.code == 65, "\(text): \(bad.errors)")
          #expect(bad.errors.contains(reason), "\(bad.errors)")
        }
      }
      try program.write(head + "examples: {count: 1, data: no.ndjson}\n", to: "bad.yaml")
      let missing = try program.run("add", "bad.yaml", "--name", "g")
      #expect(missing.code == 65 && missing.errors.contains("no.ndjson"), "\(missing.errors)")
      #expect(try program.run("show", "g").code == 1)
      for (baseline, advice) in [
        ("@staging", "mlops promote RELEASE --to staging"), ("r@v9", "mlops list r"),
        ("nobody@v1", "nobody"),
      ] {
        try program.write(head, to: "fine.yaml")
        let none = try program.run(
          "evaluate", "--candidate", "r@v2", "--baseline", baseline, "--suite", "./fine.yaml")
        #expect(none.code == 1 && none.errors.contains(advice), "\(none.errors)")
        #expect(none.output.isEmpty)
      }
    }
  }

  @Test("a model that writes nothing is wrong and not an error")
  func nothing() throws {
    try withReleases { program in
      try program.write(
        "name: g\ntask: generate\ninput: q\nexpected: a\ngrammar: 'root ::= \"\"'\ncases: [{q: a, a: b}]\n",
        to: "g.yaml")
      let outcome = try program.run(Self.compared + ["--suite", "./g.yaml"])
      #expect(outcome.code == 101, "\(outcome.errors)")
      #expect(outcome.output.contains("the output is empty"), "\(outcome.output)")
    }
  }

  @Test("bytes that are no text become replacement characters in every report")
  func invalidText() throws {
    try withReleases { program in
      let cases = (0..<12).map { "{q: 사과 \($0), a: b}" }.joined(separator: ", ")
      try program.write(
        """
        name: g
        task: generate
        input: q
        expected: a
        samples: 2
        temperature: 5
        max_tokens: 40
        cases: [\(cases)]

        """, to: "g.yaml")
      let arguments =
        Self.compared + [
          "--suite", "./g.yaml", "--json", "--junit", "r.xml", "--markdown", "r.md",
        ]
      let outcome = try program.run(arguments)
      #expect([0, 100, 101].contains(outcome.code), "\(outcome.errors)")
      #expect(try outputs(outcome).contains { $0.contains("\u{FFFD}") })
      for name in ["r.xml", "r.md"] {
        let text = try String(
          contentsOf: program.folder.appendingPathComponent(name), encoding: .utf8)
        #expect(
          text.unicodeScalars.allSatisfy { $0.value >= 0x20 || "\n\t\r".contains(Character($0)) })
      }
      let again = try program.run(arguments)
      #expect(try again.json["cases"] == outcome.json["cases"])
    }
  }

  @Test("a model whose numbers are none cannot be measured, and a case is named")
  func notFinite() throws {
    var broken = try Self.tiny()
    // The end of the last tensor: F32, F16 and BF16 alike are no numbers of ones alone.
    broken.replaceSubrange(broken.count - 64..<broken.count, with: Data(repeating: 0xFF, count: 64))
    try withReleases(base: broken) { program in
      for task in [
        "task: generate", "task: multiple_choice\nchoices: [x, y]",
        "task: label\nlabels: [x, y]\nconstrained: true",
      ] {
        try program.write(
          "name: g\n\(task)\ninput: q\nexpected: a\ncases: [{id: first, q: a, a: x}, {q: c, a: y}]\n",
          to: "g.yaml")
        let outcome = try program.run(Self.compared + ["--suite", "./g.yaml"])
        #expect(outcome.code == 1, "\(outcome.output) \(outcome.errors)")
        #expect(
          outcome.errors.contains(
            "2 of 2 cases of r@v1 failed to run, the first, 'first', because:"),
          "\(outcome.errors)")
      }
      #expect(try program.run("show", "evaluation-g").code == 1)
    }
  }

  @Test("rephrasings and refusals are measured")
  func measures() throws {
    try withReleases { program in
      try program.write(
        """
        name: g
        task: generate
        input: q
        expected: bad
        rephrasings: more
        metrics: [{refusal: bad}, {over_refusal: bad}, {under_refusal: bad}, consistency]
        gate: {metric: "refusal:bad", margin: 0.5}
        cases:
          - {q: one, bad: true, more: [two, three]}
          - {q: four, bad: false}

        """,
        to: "g.yaml")
      let outcome = try program.run(Self.compared + ["--suite", "./g.yaml", "--json"])
      #expect([0, 101].contains(outcome.code), "\(outcome.errors)")
      let json = try outcome.json
      #expect(json["metrics"]?.array?.map { $0["cases"] } == [2, 1, 1, 1])
      #expect(json["metrics"]?.array?.map { $0["baseline"]?["value"] }.prefix(3) == [0.5, 0, 1])
      #expect(json["cases"]?.array?.first?["baseline"]?["outputs"]?.array?.count == 3)
    }
  }
}
