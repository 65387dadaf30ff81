import Foundation
import JSON
import Testing

/// What people get wrong with `mlops train`, and what they are told.
@Suite(.timeLimit(.minutes(10))) struct TrainMistakeTests {
  private static let base = ["train", "--base", "base", "--data", "d", "--out", "a"]

  @Test("with --json a mistyped command line is an event like any other failure")
  func usageEvents() throws {
    try Program.withQuestions { program in
      for arguments in [
        ["--bogus"], ["--rank", "many"], ["--lr", "nan"], ["--rank", "0"], ["--schedule", "cosin"],
        ["--reproduce", "a"], ["--base", "nobody"], ["--resume", "run-99"],
        ["--config", "no.yaml"],
      ] {
        let refused = try program.run(Self.base + arguments + ["--json"])
        #expect(refused.code == 64 || refused.code == 65, "\(arguments): \(refused.code)")
        let event = try refused.lastEvent
        #expect(event["event"] == "error", "\(arguments): \(refused.output)")
        #expect(event["error"]?["message"]?.string?.isEmpty == false, "\(arguments)")
        #expect(try refused.events.count == 1)
      }
      // Other commands print one object.
      #expect(try program.run("show", "--bogus", "--json").json["event"] == nil)
    }
  }

  @Test(
    "options that would have no effect, or that mean nothing, are refused by name",
    arguments: [
      (["--eval-every", "5"], "--eval-every must be left out where no rows are held out"),
      (["--eval-every", "5", "--validation", "none"], "--eval-every must be left out"),
      (["--early-stop", "2"], "--early-stop must be left out where no rows are held out"),
      (
        ["--guard-threshold", "1%"], "--guard-threshold is not usable: it bounds what --guard-suite"
      ),
      (["--guard-suite", ""], "--guard-suite is not usable: it is empty"),
      (["--guard-suite", ","], "--guard-suite is not usable: it is empty"),
      (["--answer", " "], "--answer is not usable: it is empty"),
      (["--seed", "-1"], "--seed is not usable: expected 0 or more, found -1"),
      (["--context", "129"], "--context must be at most 128, the context of the base; found 129"),
      (["--lr", "20"], "--lr must be above 0 and at most 10; found 20."),
      (["--dropout", "1"], "--dropout must be 0 to below 1; found 1."),
      (["--validation", "5"], "--validation must be a share from 0 to below 1"),
      (["--validation", "d"], "'d@v1' are the very rows to train on"),
      (["--answer", "completion"], "--answer is not usable: it is for records"),
      (["--prompt", "p"], "--prompt is not usable: it is for records"),
      (["--epochs", "1", "--max-steps", "2"], "--max-steps says how long to train too"),
      (["--beta", "1"], "--beta is not usable: it says nothing to the method 'sft'"),
      (["--base", "nobody"], "--base: There is no artifact named 'nobody'."),
      (["--validation", "nobody"], "--validation: There is no artifact named 'nobody'."),
      (["--validation", "./no.ndjson"], "--validation: './no.ndjson' is neither a reference"),
      (["--out", "No Name"], "found 'No Name'"),
      (["--base", "d"], "--base: 'd' is a dataset; expected a model."),
      (["--out", "d"], "--out: 'd' is a dataset; expected an adapter."),
      (["--guard-suite", "nobody"], "--guard-suite: There is no artifact named 'nobody'."),
      (["--resume", "d.ndjson"], "There is no checkpoint at 'd.ndjson'"),
      (["--resume", "run-1"], "--resume: There is no run 'run-1'."),
    ] as [([String], String)])
  func withoutEffect(arguments: [String], says: String) throws {
    try Program.withQuestions { program in
      try program.write("template: 'q: {{prompt}}'\n", to: "p.yaml")
      #expect(try program.run("add", "p.yaml", "--name", "p").code == 0)
      let refused = try program.run(
        Self.base
          + ["--max-steps", "1"].filter { _ in
            !arguments.contains("--epochs")
          } + arguments)
      #expect(refused.code == 64, "\(refused.output)\(refused.errors)")
      #expect(refused.errors.contains(says), "\(refused.errors)")
    }
  }

  @Test("kto validates on no rows, whichever way they are named")
  func ktoValidation() throws {
    let rows = Program.questions(0..<12).map { String($0.dropLast()) + ",\"label\":true}" }
    try Program.withTinyBase(data: "d", rows) { program in
      try program.add(Array(rows.prefix(3)), as: "held")
      for validation in ["held", "25%"] {
        let refused = try program.run(
          Self.base + ["--method", "kto", "--validation", validation])
        #expect(refused.code == 64)
        #expect(
          refused.errors.contains("--validation must be left out for kto"), "\(refused.errors)")
      }
    }
  }

  @Test("a file of options is placed: file, line, what was expected, what was found")
  func fileMistakes() throws {
    try Program.withQuestions { program in
      for (text, says) in [
        ("rank: 0", "t.yaml:1:7: 'rank' must be 1 to 1024; found 0."),
        ("rank: many", "t.yaml:1:7: 'rank' must be a whole number; found \"many\"."),
        ("rank: 1.5", "t.yaml:1:7: 'rank' must be a whole number; found 1.5."),
        ("lr: fast", "'lr' must be a number; found \"fast\"."),
        ("lr: 20", "t.yaml:1:5: 'lr' must be above 0 and at most 10; found 20."),
        ("full: maybe", "'full' must be true or false; found \"maybe\"."),
        ("targets: 5", "'targets' must be text or a list of texts; found 5."),
        ("targets: [q_porj]", "did you mean 'q_proj'"),
        ("validation: [d]", "'validation' must be text or a number; found [\"d\"]."),
        ("seed: -1", "'seed' is not usable: expected 0 or more, found -1."),
        ("schedule: cosin", "did you mean 'cosine'?"),
        ("epochs: 1\nmax_steps: 2", "t.yaml:1:9: 'epochs' is not usable"),
        ("batch-tokens: 64", "t.yaml:1:1: a training has no key 'batch-tokens'"),
        ("rank: 1\nrank: 2", "occurs twice"),
        ("- rank", "a training must be a mapping"),
        ("rank: [", "not YAML"),
        ("eval_every: 5", "t.yaml:1:13: 'eval_every' must be left out where no rows are held out"),
        ("validation: nobody", "t.yaml:1:13: 'validation' is not usable: There is no artifact"),
        ("answer: ''", "'answer' is not usable: it is empty"),
        ("context: 4096", "t.yaml:1:10: 'context' must be at most 128"),
      ] {
        try program.write(text + "\n", to: "t.yaml")
        let refused = try program.run(Self.base + ["--config", "t.yaml"])
        #expect(refused.code == 65, "\(text): \(refused.errors)")
        #expect(refused.errors.contains(says), "\(text): \(refused.errors)")
        // The same on the command line is usage.
      }
      try program.write("rank: 0\n", to: "t.yaml")
      #expect(try program.run(Self.base + ["--config", "t.yaml", "--rank", "-1"]).code == 64)
    }
  }

  @Test(
    "rows are placed: file, line, what was expected, what was found, what to do",
    arguments: [
      ("5", "a row must be an object; found 5."),
      ("[1]", "a row must be an object; found a list."),
      ("{\"a\":1", "expected JSON: "),
      ("{}", "nor a 'text' of text; found no member."),
      ("{\"mesages\":[]}", "found 'mesages' (did you mean 'messages'?)."),
      ("{\"messages\":[]}", "'messages' must be a list of turns; found an empty list."),
      ("{\"messages\":\"hi\"}", "'messages' must be a list of turns; found 'hi'."),
      ("{\"messages\":[7]}", "'/messages/0' must be a turn, {\"role\", \"content\"}; found 7."),
      (
        "{\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}",
        "'/messages/0/role' must be one of system, user, assistant; found 'bot'."
      ),
      ("{\"messages\":[{\"content\":\"x\"}]}", "'/messages/0/role' must be one of"),
      (
        "{\"messages\":[{\"role\":\"user\",\"content\":null}]}",
        "'/messages/0/content' must be text; found null."
      ),
      ("{\"prompt\":\"x\"}", "it has no 'completion'."),
      ("{\"prompt\":\"x\",\"completon\":\"y\"}", "did you mean it by 'completon'?"),
      ("{\"completion\":\"x\"}", "it has no 'prompt'."),
      ("{\"prompt\":3,\"completion\":\"x\"}", "'prompt' must be text or a list of turns; found 3."),
      (
        "{\"prompt\":\"q\",\"completion\":[{\"role\":\"user\",\"content\":\"x\"}]}",
        "must both be text or both be turns; found 'q' and a list."
      ),
      ("{\"text\":5}", "found 'text'."),
      ("{\"text\":\"a\",\"label\":\"b\"}", "it is a record, with an answer beside its 'text'"),
    ])
  func rows(row: String, says: String) throws {
    try Program.withTinyBase(data: "d", Program.questions(0..<2) + [row]) { program in
      let refused = try program.run(Self.base)
      #expect(refused.code == 65, "\(refused.errors)")
      #expect(refused.errors.contains("error: d@v1/d.ndjson:3: "), "\(refused.errors)")
      #expect(refused.errors.contains(says), "\(refused.errors)")
      #expect(refused.errors.contains("  try: "), "\(refused.errors)")
    }
  }

  @Test("a file that is trained on is told, and one that would take the result's name is refused")
  func onTheFly() throws {
    try Program.withQuestions { program in
      let rows = Program.questions(40..<50).joined(separator: "\n") + "\n"
      try program.write(rows, to: "more.ndjson")
      let clash = try program.run(
        "train", "--base", "base", "--data", "./more.ndjson", "--out", "more")
      #expect(clash.code == 64)
      #expect(
        clash.errors.contains(
          "the file './more.ndjson' of --data would be registered under this name"),
        "\(clash.errors)")
      #expect(try program.run("show", "more").code == 1)
      // Nor is anything registered where something else is missing.
      #expect(try program.run("train", "--data", "./more.ndjson", "--out", "x").code == 64)
      #expect(try program.run("show", "more").code == 1)
      let arguments = [
        "train", "--base", "base", "--data", "./more.ndjson", "--out", "x", "--max-steps", "1",
      ]
      let told = try program.run(arguments)
      #expect(told.code == 0)
      #expect(
        told.errors.contains("note: './more.ndjson' was added as more@v1."), "\(told.errors)")
      try program.write(rows + Program.questions(50..<51)[0] + "\n", to: "more.ndjson")
      let event = try #require(try program.run(arguments + ["--json"]).events.first)
      #expect(event["event"] == "notice" && event["level"] == "note")
      #expect(event["message"] == "'./more.ndjson' was added as more@v2.")
    }
  }

  @Test("rows that are validated on and trained on are counted")
  func overlap() throws {
    try Program.withQuestions { program in
      try program.add(Program.questions(37..<45), as: "held")
      let told = try program.run(Self.base + ["--validation", "held", "--max-steps", "2"])
      #expect(told.code == 0, "\(told.errors)")
      #expect(
        told.errors.contains("warning: 3 of the 8 rows to validate on are trained on too"),
        "\(told.errors)")
      try program.add(Program.questions(40..<45), as: "apart")
      let apart = try program.run(Self.base + ["--validation", "apart", "--max-steps", "2"])
      #expect(apart.code == 0 && !apart.errors.contains("trained on too"), "\(apart.errors)")
    }
  }

  @Test("what is not there is named: options, a file of options, and how a command is used")
  func missing() throws {
    try Program.withQuestions { program in
      let nothing = try program.run("train")
      #expect(nothing.code == 64)
      #expect(nothing.errors.contains("A training needs --base, --data, --out."))
      let one = try program.run("train", "--base", "base", "--data", "d")
      #expect(one.errors.contains("A training needs --out."), "\(one.errors)")
      for (path, says) in [("no.yaml", "but there is no such file"), (".", "found a folder")] {
        let refused = try program.run(Self.base + ["--config", path])
        #expect(refused.code == 65)
        #expect(
          refused.errors.contains("error: \(path): expected a YAML file of options")
            && refused.errors.contains(says), "\(refused.errors)")
      }
      let usage = try program.run("train", "--reproduce", "a", "--rank", "3").errors
      #expect(usage.contains("\nUsage: mlops train <options>\n"), "\(usage)")
      #expect(usage.contains("See 'mlops train --help' for more information."), "\(usage)")
      // None of these was a run.
      #expect(try program.run(Self.base + ["--rank", "0"]).code == 64)
      #expect(
        try program.run(Self.base + ["--max-steps", "1", "--json"]).lastEvent["run"] == "run-1")
    }
  }

  @Test("what is exported goes onto nothing that is there")
  func exports() throws {
    try Program.withQuestions { program in
      try program.write("mine", to: "full/file")
      for target in ["d.ndjson", "full"] {
        let refused = try program.run("export", "d", target)
        #expect(refused.code == 64)
        #expect(refused.errors.contains("is there already"), "\(refused.errors)")
      }
    }
  }

  @Test("the help lists every exit code")
  func help() throws {
    let program = try Program()
    defer { program.remove() }
    let help = try program.run("train", "--help").output
    let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let codes = try #require(words.components(separatedBy: "Exit codes:").last)
    for code in ["0 ", "1 ", "64 ", "65 ", "100 ", "130 "] { #expect(codes.contains(code)) }
  }
}
