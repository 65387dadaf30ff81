import Foundation
import JSON
import Testing

/// `mlops train --full` and `--from-scratch`, as people run them.
@Suite(.timeLimit(.minutes(10))) struct FullTrainCommandTests {
  private func withRows(_ body: (Program) throws -> Void) throws {
    let texts = (0..<40).map { "{\"text\":\"row \($0) is \($0 % 2 == 0 ? "even" : "odd")\"}" }
    try Program.withTinyBase(data: "texts", texts, body)
  }

  private static let base = [
    "train", "--base", "base", "--data", "texts", "--batch-tokens", "64", "--max-steps", "20",
  ]

  private func digest(_ event: JSONValue) -> String? {
    event["files"]?.array?.first { $0["path"] == "model.gguf" }?["digest"]?.string
  }

  @Test("texts make a model of its own, with its lineage, its card and its curve")
  func model() throws {
    try withRows { program in
      let outcome = try program.run(Self.base + ["--full", "--out", "whole", "--json"])
      #expect(outcome.code == 0, "\(outcome.output)")
      let plan = try #require(try outcome.events.first)
      #expect(plan["settings"]?["full"] == true)
      #expect(plan["settings"]?["rank"] == nil)
      #expect(plan["settings"]?["learning_rate"] == 0.0001)
      #expect(plan["trainable_share"] == 1.0)
      let result = try outcome.lastEvent
      #expect(result["kind"] == "model")
      #expect(digest(result) != nil)
      let curve = try String(contentsOfFile: try #require(result["curve"]?.string), encoding: .utf8)
      #expect(curve.contains("<polyline"))
      let lineage = try program.run("lineage", "whole").output
      #expect(lineage.contains("base: base@v1") && lineage.contains("data: texts@v1"))
      let folder = program.folder.appendingPathComponent("out")
      #expect(try program.run("export", "whole", folder.path).code == 0)
      let card = try String(
        contentsOf: folder.appendingPathComponent("model-card.md"), encoding: .utf8)
      #expect(card.contains("# Model") && card.contains("All parameters of the base"))
      // It serves like any model.
      #expect(try program.run("release", "create", "r", "--model", "whole").code == 0)
      let again = try program.run("train", "--reproduce", "whole")
      #expect(again.code == 0, "\(again.output)\(again.errors)")
      #expect(again.output.contains("identical: whole@v1"))
    }
  }

  @Test("from scratch is said in a file or on the command line, with the same result")
  func scratch() throws {
    try withRows { program in
      let line = try program.run(Self.base + ["--from-scratch", "--out", "a", "--json"])
      #expect(line.code == 0, "\(line.output)")
      let settings = try #require(try line.events.first?["settings"])
      #expect(settings["from_scratch"] == true && settings["full"] == true)
      #expect(settings["weight_decay"] == 0.1)
      try program.write(
        """
        base: base
        data: texts
        batch_tokens: 64
        max_steps: 20
        from_scratch: true
        out: b
        """, to: "t.yaml")
      let file = try program.run("train", "--config", "t.yaml", "--json")
      #expect(file.code == 0, "\(file.output)")
      #expect(try digest(file.lastEvent) == digest(line.lastEvent))
      let told = try program.run(Self.base + ["--from-scratch", "--out", "c"])
      #expect(told.errors.contains("parameters from random ones"), "\(told.errors)")
      #expect(try program.run("show", "a").output.contains("trained from random weights on data"))
      try program.write("full: maybe\n", to: "bad.yaml")
      let bad = try program.run("train", "--config", "bad.yaml")
      #expect(bad.errors.contains("'full' must be true or false"), "\(bad.errors)")
    }
  }

  @Test("what an adapter alone has, and what cannot be trained whole, is refused by name")
  func refusals() throws {
    try withRows { program in
      for (option, value) in [
        ("rank", "4"), ("alpha", "8"), ("targets", "attention"), ("dropout", "0.1"),
      ] {
        let refused = try program.run(Self.base + ["--full", "--out", "a", "--\(option)", value])
        #expect(refused.code == 64)
        #expect(
          refused.errors.contains("--\(option) is not usable: it is an adapter's"),
          "\(refused.errors)")
      }
      #expect(
        try program.run("model", "quantize", "base", "--type", "q8_0", "--name", "small").code
          == 0)
      let small = try program.run(
        "train", "--base", "small", "--data", "texts", "--full", "--out", "a")
      #expect(small.code == 65)
      #expect(small.errors.contains("training.quantised_base"), "\(small.errors)")
      #expect(small.errors.contains("Leave --full out"), "\(small.errors)")
      // A text with an answer beside it is a record.
      try program.add(["{\"text\":\"a\",\"label\":\"b\"}"], as: "records")
      let records = try program.run(
        "train", "--base", "base", "--data", "records", "--full", "--out", "a")
      #expect(records.errors.contains("it is a record"), "\(records.errors)")
      // An adapter's name is no model's.
      #expect(try program.run(Self.base + ["--out", "taken"]).code == 0)
      let taken = try program.run(Self.base + ["--full", "--out", "taken"])
      #expect(taken.errors.contains("'taken' is an adapter; expected a model"), "\(taken.errors)")
      let method = try program.run(
        Self.base + ["--from-scratch", "--method", "dpo", "--out", "a"])
      #expect(method.code != 0)
    }
  }

  @Test("killed, a training of all parameters goes on to the same model")
  func resume() throws {
    try withRows { program in
      let options = ["--full", "--checkpoint-every", "1", "--max-steps", "200"]
      let arguments = Array(Self.base.dropLast(2)) + options
      let straight = try program.run(arguments + ["--out", "a", "--json"])
      #expect(straight.code == 0, "\(straight.output)")
      let (process, _) = try program.start(arguments + ["--out", "b"])
      let checkpoints = program.folder
        .appendingPathComponent("registry/store/runs/run-2/checkpoints")
      func written() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path))?.count ?? 0
      }
      while process.isRunning, written() < 2 { usleep(2_000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      let resumed = try program.run("train", "--resume", "run-2", "--json")
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(try resumed.events.first?["steps_done"]?.int ?? 0 > 0)
      #expect(try digest(resumed.lastEvent) == digest(straight.lastEvent))
    }
  }
}
