import Foundation
import JSON
import Testing

/// `mlops augment` on the sample's problems, with the sample's model where one is needed.
@Suite struct AugmentCommandTests {
  private func withProblems(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    let sample = Program.project.appendingPathComponent("registry/data/problems.ndjson")
    let lines = try String(contentsOf: sample, encoding: .utf8).split(separator: "\n").prefix(60)
    try program.write(lines.joined(separator: "\n"), to: "problems.ndjson")
    #expect(try program.run("add", "problems.ndjson", "--name", "problems").code == 0)
    try body(program)
  }

  private let steps = """
    - numbers: {fields: [/problem], per_row: 2}
    - templates:
        templates: ["다음 문제의 성취기준 코드를 쓰시오: {problem}"]
        into: /problem
        set: {/id: "aug-{@number:4}"}
    - units: {fields: [/problem]}
    """

  @Test("a dataset of marked rows with counts by step, lineage, and the same digest again")
  func augmenting() throws {
    try withProblems { program in
      try program.write(steps, to: "augment.yaml")
      let arguments = [
        "augment", "problems", "--steps", "augment.yaml", "--out", "more", "--seed", "3", "--json",
      ]
      let first = try program.run(arguments)
      #expect(first.code == 0, "\(first.errors)")
      let report = try first.json["report"]
      #expect(report?["originals"] == 60)
      let made = try #require(report?["made"]?.int)
      #expect(made > 60)
      let again = try program.run(arguments)
      #expect(try again.json["is_new"] == false)
      #expect(try again.json["digest"] == first.json["digest"])
      let shown = try program.run("show", "more", "--json").json
      #expect(shown["metadata"]?["rows"] == .integer(60 + made))
      #expect(shown["metadata"]?["augmentation"]?["made"]?["templates"] == 60)
      #expect(shown["metadata"]?["augmentation"]?["seed"] == 3)
      #expect(try program.run("lineage", "more").output.contains("source: problems@v1"))
      let profile = try program.run("show", "more", "--profile")
      #expect(profile.output.contains("\(60 + made) rows, \(made) of them synthetic"))
      let text = try program.run(arguments.dropLast() + ["--seed", "4"])
      #expect(text.output.contains("STEP") && text.output.contains("line 1"), "\(text.output)")
    }
  }

  @Test("a row is traced to its source by its digest, here and through lineage")
  func tracing() throws {
    try withProblems { program in
      try program.write(steps, to: "augment.yaml")
      for (name, flags) in [("all", []), ("only", ["--only-synthetic"])] {
        let made = try program.run(
          ["augment", "problems", "--steps", "augment.yaml", "--out", name] + flags)
        #expect(made.code == 0, "\(made.errors)")
      }
      let first = try program.run("augment", "trace", "only", "1", "--json").json
      #expect(first["source"]?["dataset"] == "problems@v1")
      #expect(first["source"]?["row"]?["id"] == first["row"]?["id"])
      #expect(first["source"]?["row"]?["problem"] != first["row"]?["problem"])
      let line = try #require(first["source"]?["line"]?.int)
      let original = try program.run("augment", "trace", "all", "\(line)", "--json").json
      #expect(original["mark"] == .null)
      let lines = try #require(original["variants"]?.array?.compactMap { $0["line"]?.int })
      #expect(lines.count >= 2)
      let back = try program.run("augment", "trace", "all", "\(lines[0])", "--json").json
      #expect(back["source"]?["dataset"] == "all@v1" && back["source"]?["line"] == .integer(line))
      // The digest is that of the line's bytes, as any other program would compute it.
      let text = try program.run("augment", "trace", "all", "\(lines[0])").output
      #expect(text.contains("original") && text.contains("/problem"), "\(text)")
      #expect(try program.run("augment", "trace", "all", "100000").code == 65)
    }
  }

  @Test("splitting an augmented dataset leaks nothing")
  func splitting() throws {
    try withProblems { program in
      try program.write(steps, to: "augment.yaml")
      #expect(
        try program.run(
          "augment", "problems", "--steps", "augment.yaml", "--out", "more", "--mark", "origin"
        ).code == 0)
      let split = try program.run(
        "split", "more", "--out", "p", "--parts", "train=50,test=50", "--json")
      #expect(split.code == 0, "\(split.errors)")
      // The mark's name is known from the dataset's metadata.
      let groups = try split.json["report"]?["parts"]?.array?.compactMap { $0["groups"]?.int }
      #expect(groups?.reduce(0, +) == 60)
      #expect(groups?.allSatisfy { $0 > 10 } == true)
      // By names that the recipe gives anew, each synthetic row still goes with its source.
      let named = try program.run(
        "split", "more", "--out", "q", "--parts", "train=50,test=50", "--by", "/id", "--json")
      let parts = try named.json["report"]?["parts"]?.array?.compactMap { $0["groups"]?.int }
      #expect(parts?.reduce(0, +) == 60, "\(named.errors)")
      let absent = try program.run("split", "more", "--out", "n", "--by", "/idd")
      #expect(absent.code == 65 && absent.errors.contains("'/idd', which none has"))
      #expect(absent.errors.contains("Did you mean '/id'?"), "\(absent.errors)")
      #expect(try program.run("show", "n-train").code != 0)
    }
  }

  @Test("rows that the sample's schema refuses are dropped and told")
  func schema() throws {
    try withProblems { program in
      try program.write("- numbers: {fields: [/problem], set: {/id: '{@step}'}}\n", to: "a.yaml")
      let schema = Program.project.appendingPathComponent("registry/schemas/problem.json").path
      let refused = try program.run(
        "augment", "problems", "--steps", "a.yaml", "--out", "x", "--schema", schema)
      #expect(refused.code == 65)
      #expect(refused.errors.contains("against the schema"), "\(refused.errors)")
      try program.write(
        "- numbers: {fields: [/problem], set: {/id: 'aug-{@number:4}'}}\n", to: "a.yaml")
      let made = try program.run(
        "augment", "problems", "--steps", "a.yaml", "--out", "x", "--schema", schema, "--json")
      #expect(made.code == 0, "\(made.errors)")
      #expect(try made.json["report"]?["steps"]?.array?[0]["rejected"] == [:])
    }
  }

  /// The sample's model answers with labels, so its paraphrases are none: what is tested is that
  /// answers are marked, repeatable and filtered, not that they are good.
  @Test("a registered model paraphrases: marked, repeatable in any company, and filtered")
  func paraphrasing() throws {
    try withProblems { program in
      try program.addModel(as: "base")
      try program.write(
        """
        - paraphrase:
            field: /problem
            prompt: "{text}"
            per_row: 2
            temperature: 2
            set: {/source: "{id}"}
            max_tokens: 24
            where: {/label/하위분류: ["[2수01-01]", "[2수01-02]"]}
            keep: []
            length: [0.05, 20]
            similarity: [0, 0.9]
        """, to: "loose.yaml")
      func run(_ name: String, of data: String = "problems", _ more: String...) throws
        -> Program.Outcome
      {
        try program.run(
          ["augment", data, "--steps", "loose.yaml", "--out", name, "--model", "base", "--json"]
            + more)
      }
      let first = try run("loose")
      #expect(first.code == 0, "\(first.errors)")
      #expect(try first.json["report"]?["made"]?.int ?? 0 > 5)
      #expect(try first.json["models"] == ["base@v1"])
      #expect(try run("loose").json["digest"] == first.json["digest"])
      #expect(try run("loose", "--seed", "9").json["digest"] != first.json["digest"])
      #expect(try program.run("lineage", "loose@v1").output.contains("paraphraser: base@v1"))
      let model = try program.run("show", "base", "--json").json["digest"]
      let row = try program.run("augment", "trace", "loose@v1", "61", "--json").json
      #expect(row["mark"]?["step"] == "paraphrase")
      #expect(row["mark"]?["model"] == model)
      #expect(row["row"]?["problem"] != row["source"]?["row"]?["problem"])

      // Whatever else is asked before: the rows the other way round give the same texts.
      let lines = try String(
        contentsOf: program.folder.appendingPathComponent("problems.ndjson"), encoding: .utf8
      ).split(separator: "\n")
      try program.write(lines.reversed().joined(separator: "\n"), to: "turned.ndjson")
      _ = try run("turned", of: "./turned.ndjson", "--only-synthetic")
      _ = try run("straight", of: "problems", "--only-synthetic")
      let diff = try program.run("diff", "--rows", "straight", "turned", "--json").json
      #expect(diff["equal"]?.int ?? 0 > 5, "\(diff)")
      #expect(diff["added"] == 0 && diff["removed"] == 0, "\(diff)")
      let together = try run("together", "--slots", "4")
      #expect(together.code == 0)
      #expect(
        try program.run("show", "together", "--json").json["metadata"]?["augmentation"]?["slots"]
          == 4)

      try program.write(
        "- paraphrase: {field: /problem, prompt: '{text}', max_tokens: 24, per_row: 2}\n",
        to: "loose.yaml")
      let strict = try run("strict")
      #expect(strict.code == 65)
      let steps = try strict.json["error"]?["facts"]?["steps"]?.array?.first?.string ?? ""
      #expect(steps.contains("lost what must stay") && steps.contains("too"), "\(steps)")
    }
  }

  @Test("a model that is missing, and a field that is mistyped, are told before anything is made")
  func mistakes() throws {
    try withProblems { program in
      try program.write("- paraphrase: {field: /problem, prompt: '{text}'}\n", to: "a.yaml")
      let arguments = ["augment", "problems", "--steps", "a.yaml", "--out", "x"]
      let none = try program.run(arguments)
      #expect(none.code == 65 && none.errors.contains("--model"), "\(none.errors)")
      #expect(try program.run(arguments + ["--model", "nobody"]).code == 1)
      try program.write("- numbers: {fields: [/problm]}\n", to: "a.yaml")
      let typo = try program.run(arguments)
      #expect(typo.code == 65)
      #expect(typo.errors.contains("a.yaml[0].numbers.fields[0]"), "\(typo.errors)")
      #expect(typo.errors.contains("Did you mean '/problem'?"), "\(typo.errors)")
      #expect(try program.run("show", "x").code != 0)
    }
  }
}
