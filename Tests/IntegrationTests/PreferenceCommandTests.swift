import Foundation
import JSON
import Testing

/// From judgements of answers to an adapter that was trained on them.
@Suite struct PreferenceCommandTests {
  private func withFeedback(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    let lines = (0..<6).flatMap { index in
      [
        #"{"input":"\#(index) 더하기 1은?","output":"모름","rating":"down","rater":"kim"}"#,
        #"{"input":"\#(index) 더하기 1은?","output":"\#(index + 1)","rating":"up","rater":"kim"}"#,
      ]
    }
    try program.write(lines.joined(separator: "\n") + "\n", to: "f.ndjson")
    #expect(try program.run("feedback", "import", "f.ndjson").code == 0)
    try program.addModel(as: "base")
    for method in ["sft", "dpo", "kto"] {
      let built = try program.run("feedback", "build", "--out", method, "--method", method)
      #expect(built.code == 0, "\(built.errors)")
    }
    try body(program)
  }

  @Test("what feedback build makes for dpo and kto trains an adapter, and the run records how")
  func loop() throws {
    try withFeedback { program in
      for (method, rows, settings) in [
        ("dpo", 6, ["--beta", "0.2", "--label-smoothing", "0.1"]),
        ("kto", 12, ["--beta", "0.2", "--undesirable-weight", "0.5"]),
      ] {
        let arguments = [
          "train", "--base", "base", "--data", method, "--out", "tuned-\(method)", "--method",
          method, "--epochs", "4", "--lr", "1e-3", "--threads", "1",
        ]
        let trained = try program.run(arguments + settings + ["--json"])
        #expect(trained.code == 0, "\(trained.errors)")
        let document = try trained.lastEvent
        #expect(document["training"]?["rows"]?.int == rows)
        let metrics = document["training"]?["metrics"]
        #expect(metrics?["rewards/margins"]?.double ?? 0 > 0.1)
        if method == "dpo" { #expect(metrics?["rewards/accuracies"] == 1) }
        if method == "kto" { #expect(metrics?["kl"]?.double ?? -1 >= 0) }
        let recorded = document["metadata"]?["training"]
        #expect(recorded?["method"]?.string == method)
        #expect(recorded?["beta"]?.double == 0.2)
        #expect(
          recorded?[method == "dpo" ? "label_smoothing" : "undesirable_weight"]?.double
            == (method == "dpo" ? 0.1 : 0.5))
        let again = try program.run(arguments + settings)
        #expect(again.output.contains("same bytes as"))
        #expect(again.output.contains("rewards"))
        #expect(again.output.contains("margin"))
      }
      #expect(try program.run("verify").code == 0)
    }
  }

  @Test("a learning rate that suits the method is taken where none is given")
  func learningRate() throws {
    try withFeedback { program in
      for (method, rate) in [("sft", Float(1e-3)), ("dpo", 5e-5), ("kto", 5e-5)] {
        let trained = try program.run(
          "train", "--base", "base", "--data", method, "--out", "a", "--method", method,
          "--epochs", "1", "--json")
        #expect(trained.code == 0, "\(trained.errors)")
        let recorded = try trained.lastEvent["metadata"]?["training"]?["learning_rate"]?.double
        #expect(recorded.map { Float($0) } == rate)
      }
    }
  }

  @Test("data of another method, and options of another method, are refused by name")
  func mistakes() throws {
    try withFeedback { program in
      for (arguments, code, text) in [
        (["--data", "dpo"], 65, "--method dpo learns"),
        (["--data", "kto"], 65, "--method kto learns"),
        (["--data", "sft", "--method", "dpo"], 65, "--method sft learns"),
        (["--data", "dpo", "--method", "kto"], 65, "--method dpo learns"),
        (["--data", "dpo", "--method", "ppo"], 64, "sft"),
        (["--data", "sft", "--beta", "0.1"], 64, "--beta"),
        (["--data", "dpo", "--method", "dpo", "--prompt", "p"], 64, "--prompt"),
        (["--data", "kto", "--method", "kto", "--loss", "ipo"], 64, "--loss"),
        (
          ["--data", "dpo", "--method", "dpo", "--desirable-weight", "2"], 64, "--desirable-weight"
        ),
        (["--data", "dpo", "--method", "dpo", "--beta", "-1"], 64, "--beta must be"),
        (
          ["--data", "dpo", "--method", "dpo", "--loss", "ipo", "--label-smoothing", "0.1"], 64,
          "--label-smoothing must be"
        ),
        (
          ["--data", "kto", "--method", "kto", "--desirable-weight", "nan"], 64,
          "--desirable-weight"
        ),
      ] as [([String], Int32, String)] {
        let outcome = try program.run(["train", "--base", "base", "--out", "a"] + arguments)
        #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(arguments): \(outcome.errors)")
      }
    }
  }
}
