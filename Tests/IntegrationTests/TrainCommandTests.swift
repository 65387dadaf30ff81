import Foundation
import JSON
import Testing

/// `mlops train`, as people run, stop and resume it.
@Suite(.timeLimit(.minutes(10))) struct TrainCommandTests {
  private static let base = ["train", "--base", "base", "--data", "d", "--batch-tokens", "64"]

  private func digest(_ event: JSONValue) -> String? {
    event["files"]?.array?.first { $0["path"] == "adapter.gguf" }?["digest"]?.string
  }

  @Test("base, data and out suffice, and what was chosen is told")
  func defaults() throws {
    try Program.withQuestions(240) { program in
      let outcome = try program.run(
        "train", "--base", "base", "--data", "d", "--out", "a", "--json")
      #expect(outcome.code == 0, "\(outcome.output)")
      let events = try outcome.events
      let plan = try #require(events.first)
      #expect(plan["event"] == "plan")
      #expect(plan["rows"] == 228)
      #expect(plan["validation_rows"] == 12)
      #expect(plan["settings"]?["epochs"] == 3)
      #expect(events.dropFirst().first?["event"] == "validation")
      let steps = events.filter { $0["event"] == "step" }
      #expect(steps.compactMap { $0["step"]?.int } == Array(1...(plan["steps"]?.int ?? 0)))
      let result = try #require(events.last)
      #expect(result["event"] == "result")
      #expect(result["training"]?["memory"]?["peak"]?.int ?? 0 > 0)
      #expect(result["training"]?["trainable_share"]?.double ?? 0 > 0)
      let curve = try String(contentsOfFile: try #require(result["curve"]?.string), encoding: .utf8)
      #expect(curve.hasPrefix("<svg") && curve.contains("<polyline"))
      let again = try program.run("train", "--base", "base", "--data", "d", "--out", "a")
      #expect(again.output.contains("trained again, same bytes as a@v1"), "\(again.output)")
      #expect(again.output.contains("loss by step"))
      #expect(again.errors.contains("228 rows to train on, 12 held out"), "\(again.errors)")
      let card = program.folder.appendingPathComponent("card")
      #expect(try program.run("export", "a", card.path).code == 0)
      #expect(
        try String(
          contentsOf: card.appendingPathComponent("model-card.md"), encoding: .utf8
        ).contains("| base | base@v1"))
    }
  }

  @Test("Ctrl-C leaves a checkpoint, and --resume makes the adapter of an undisturbed run")
  func interrupt() throws {
    try Program.withQuestions { program in
      let options = ["--max-steps", "60", "--dropout", "0.1", "--accumulate", "2", "--seed", "3"]
      let straight = try program.run(Self.base + options + ["--out", "a", "--json"])
      #expect(straight.code == 0, "\(straight.output)")
      let (process, output) = try program.start(Self.base + options + ["--out", "b", "--json"])
      try program.waitForStep(5, process, output)
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 130)
      let events = try program.events(output)
      let error = try #require(events.last)
      #expect(error["event"] == "error")
      #expect(error["error"]?["code"] == "training.interrupted")
      let run = try #require(error["error"]?["facts"]?["resume"]?.string)
      #expect(error["error"]?["advice"]?.string?.contains("mlops train --resume \(run)") == true)
      // gc keeps what can be resumed.
      #expect(try program.run("gc").code == 0)
      let other = try program.run("train", "--resume", run, "--lr", "0.5")
      #expect(other.code == 64)
      #expect(other.errors.contains("--lr was 0.001 and is 0.5"), "\(other.errors)")
      let resumed = try program.run("train", "--resume", run, "--json")
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(try resumed.events.first?["steps_done"]?.int ?? 0 >= 5)
      #expect(try digest(resumed.lastEvent) == digest(straight.lastEvent))
      #expect(try digest(straight.lastEvent) != nil)
      // A run that ended well, and the one that it went on from, keep no checkpoints, nor do they leave
      // what they made before it was added.
      let left = FileManager.default.enumerator(atPath: program.folder.path)?
        .compactMap { $0 as? String }
        .filter { $0.hasSuffix(".checkpoint") || $0.contains("/tmp/work-") }
      #expect(left == [])
    }
  }

  @Test(
    "killed at any moment, a run goes on from its last checkpoint to the same adapter",
    arguments: [3, 20])
  func kill9(step: Int) throws {
    try Program.withQuestions { program in
      let options = ["--max-steps", "60", "--dropout", "0.1", "--checkpoint-every", "1"]
      let straight = try program.run(Self.base + options + ["--out", "a", "--json"])
      #expect(straight.code == 0, "\(straight.output)")
      var arguments = Self.base + options + ["--out", "b", "--json"]
      var target = step
      for attempt in 0..<3 {
        let (process, output) = try program.start(arguments)
        try program.waitForStep(target, process, output)
        // A checkpoint is written after each step, so moments apart hit different parts of it.
        usleep(UInt32(attempt * 700 + step * 13))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        // The killed run is the newest: its number is the attempt's, after the straight one.
        arguments = ["train", "--resume", "run-\(attempt + 2)", "--json"]
        target += 8
      }
      let resumed = try program.run(arguments)
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(try digest(resumed.lastEvent) == digest(straight.lastEvent))
    }
  }

  @Test("killed again and again at random times, a run comes to the adapter of an undisturbed one")
  func randomKills() throws {
    try Program.withQuestions { program in
      let options = [
        "--max-steps", "250", "--dropout", "0.1", "--accumulate", "2", "--checkpoint-every", "1",
        "--json",
      ]
      let clock = ContinuousClock()
      let begun = clock.now
      let straight = try program.run(Self.base + options + ["--out", "a"])
      #expect(straight.code == 0, "\(straight.output)")
      let whole = (clock.now - begun) / .microseconds(1)
      var arguments = Self.base + options + ["--out", "b"]
      var (kills, isDone) = (0, false)
      while !isDone {
        let (process, output) = try program.start(arguments)
        // The last ones may go through; which is which is left to chance.
        let delay = UInt32(Double.random(in: 0...(kills < 8 ? 0.2 : 3)) * whole)
        usleep(delay)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        kills += 1
        if process.terminationReason == .exit {
          let text = try String(contentsOf: output, encoding: .utf8)
          // A run that was killed between its end and the removal of its checkpoints is done too.
          isDone = process.terminationStatus == 0 || text.contains("lifecycle.not_resumable")
          try #require(isDone, "kill \(kills) after \(delay) µs: \(text.suffix(500))")
        } else if let run = try newestCheckpoint(program) {
          arguments = ["train", "--resume", run, "--json"]
        }
        try #require(kills < 60)
      }
      #expect(kills > 3)
      #expect(try digest(program.run("show", "b", "--json").json) == digest(straight.lastEvent))
      #expect(try digest(straight.lastEvent) != nil)
      // Killed at the very end, a run's checkpoints are garbage.
      #expect(try program.run("gc").code == 0)
      #expect(try newestCheckpoint(program) == nil)
      #expect(try program.run("verify").code == 0)
    }
  }

  /// The latest run that left a checkpoint.
  private func newestCheckpoint(_ program: Program) throws -> String? {
    let runs = program.folder.appendingPathComponent("registry/store/runs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []
    let left = names.filter { name in
      let folder = runs.appendingPathComponent("\(name)/checkpoints").path
      return (try? FileManager.default.contentsOfDirectory(atPath: folder))?
        .contains { $0.hasSuffix(".checkpoint") } == true
    }
    return left.max { Int($0.dropFirst(4)) ?? 0 < Int($1.dropFirst(4)) ?? 0 }
  }

  @Test("layers computed again give the same adapter, from the command line and from a file")
  func recompute() throws {
    try Program.withQuestions { program in
      let options = Self.base + ["--max-steps", "8", "--dropout", "0.2", "--json"]
      let kept = try program.run(options + ["--out", "a"])
      #expect(kept.code == 0, "\(kept.output)")
      #expect(try kept.events.first?["settings"]?["recompute"] == nil)
      try program.write("recompute: layers\n", to: "train.yaml")
      for (name, choice) in [("b", ["--recompute", "layers"]), ("c", ["--config", "train.yaml"])] {
        let again = try program.run(options + choice + ["--out", name])
        #expect(again.code == 0, "\(again.output)")
        #expect(try again.events.first?["settings"]?["recompute"] == "layers")
        // What changes no result is no part of the version.
        #expect(try again.lastEvent["digest"] == kept.lastEvent["digest"])
        #expect(try digest(again.lastEvent) == digest(kept.lastEvent))
      }
      let means = ["--recompute", "layers", "--weights", "expanded"]
      let reproduced = try program.run(["train", "--reproduce", "b", "--json"] + means)
      #expect(try reproduced.lastEvent["identical"] == true)
      #expect(try reproduced.events.first?["settings"]?["recompute"] == "layers")
      let wrong = try program.run(Self.base + ["--out", "e", "--recompute", "layer"])
      #expect(wrong.code == 64)
      #expect(wrong.errors.contains("did you mean 'layers'"), "\(wrong.errors)")
    }
  }

  @Test("a damaged checkpoint is refused, and the one before it goes on")
  func damage() throws {
    try Program.withQuestions { program in
      let options = Self.base + ["--max-steps", "30000", "--checkpoint-every", "2", "--out", "b"]
      let (process, output) = try program.start(options + ["--json"])
      try program.waitForStep(9, process, output)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let folder = program.folder.appendingPathComponent("registry/store/runs/run-1/checkpoints")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".checkpoint") }.sorted()
      #expect(files.count == 2)
      let newest = folder.appendingPathComponent(try #require(files.last))
      try Data(contentsOf: newest).dropLast(100).write(to: newest)
      let refused = try program.run("train", "--resume", "run-1")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("is damaged"), "\(refused.errors)")
      let before = folder.appendingPathComponent(files[0]).path
      #expect(refused.errors.contains("--resume \(before)"), "\(refused.errors)")
      let (again, events) = try program.start(["train", "--resume", before, "--json"])
      try program.waitForStep(12, again, events)
      kill(again.processIdentifier, SIGKILL)
      again.waitUntilExit()
      #expect(try String(contentsOf: events, encoding: .utf8).contains("\"event\":\"step\""))
    }
  }

  @Test("a reader of the events that goes away ends a training as Ctrl-C does")
  func closedPipe() throws {
    try Program.withQuestions { program in
      let pipe = Pipe()
      let process = try program.start(
        Self.base + ["--max-steps", "2000", "--out", "a", "--json"], output: pipe)
      #expect(try pipe.fileHandleForReading.read(upToCount: 4000)?.isEmpty == false)
      try pipe.fileHandleForReading.close()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 130)
      #expect(try newestCheckpoint(program) != nil)
    }
  }

  @Test("a quantised base trains packed or expanded, and both give the same version")
  func weights() throws {
    try Program.withQuestions { program in
      let quantised = try program.run(
        "model", "quantize", "base", "--type", "q8_0", "--name", "small")
      #expect(quantised.code == 0, "\(quantised.errors)")
      let options = ["train", "--base", "small", "--data", "d", "--max-steps", "4", "--out", "a"]
      var digests: [String?] = []
      for weights in ["expanded", "packed"] {
        let outcome = try program.run(options + ["--weights", weights, "--json"])
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(try outcome.events.first?["weights"]?.string == weights)
        #expect(try outcome.lastEvent["training"]?["weights"]?.string == weights)
        digests.append(try outcome.lastEvent["digest"]?.string)
      }
      #expect(digests[0] != nil && digests[0] == digests[1])
      // Few bytes: expanded; a base that products read as it is: neither.
      try program.write(
        "base: small\ndata: d\nout: b\nmax_steps: 1\nweights: packed\n", to: "t.yaml")
      let file = try program.run("train", "--config", "t.yaml", "--json")
      #expect(try file.events.first?["weights"] == "packed", "\(file.output)")
      let small = try program.run("train", "--config", "t.yaml", "--weights", "auto", "--json")
      #expect(try small.events.first?["weights"] == "expanded", "\(small.output)")
      let plain = try program.run("train", "--config", "t.yaml", "--base", "base", "--json")
      #expect(try plain.events.first?["weights"] == "mapped", "\(plain.output)")
      let wrong = try program.run(options + ["--weights", "pakced"])
      #expect(wrong.code != 0)
      #expect(wrong.errors.contains("did you mean 'packed'?"), "\(wrong.errors)")
    }
  }

  @Test("a file says what options say, options win, and mistakes are placed")
  func file() throws {
    try Program.withQuestions { program in
      try program.write(
        "base: base\ndata: d\nout: a\nmax_steps: 3\nrank: 4\ntargets: [q_proj, attn_v]\nlr: 2e-3\nvalidation: 10%\n",
        to: "train.yaml")
      let outcome = try program.run("train", "--config", "train.yaml", "--rank", "2", "--json")
      #expect(outcome.code == 0, "\(outcome.output)")
      let plan = try #require(try outcome.events.first)
      #expect(plan["settings"]?["rank"] == 2)
      #expect(plan["settings"]?["targets"] == ["attn_q", "attn_v"])
      #expect(plan["settings"]?["learning_rate"] == 0.002)
      #expect(plan["steps"] == 3)
      #expect(plan["validation_rows"] == 4)
      try program.write("base: base\nbatch_token: 3\n", to: "bad.yaml")
      let bad = try program.run("train", "--config", "bad.yaml")
      #expect(bad.code == 65)
      #expect(bad.errors.contains("bad.yaml:2:1"), "\(bad.errors)")
      #expect(bad.errors.contains("did you mean 'batch_tokens'"), "\(bad.errors)")
      try program.write("rank: many\n", to: "bad.yaml")
      let many = try program.run("train", "--config", "bad.yaml")
      #expect(many.errors.contains("'rank' must be a whole number"), "\(many.errors)")
      let missing = try program.run("train", "--base", "base", "--out", "x")
      #expect(missing.code == 64)
      #expect(missing.errors.contains("--data"), "\(missing.errors)")
    }
  }

  @Test("an adapter is trained again from its version, and a difference is found")
  func reproduce() throws {
    try Program.withQuestions { program in
      try program.add(Program.questions(40..<50), as: "held")
      let options = ["--max-steps", "6", "--validation", "held", "--targets", "attention"]
      #expect(try program.run(Self.base + options + ["--out", "a"]).code == 0)
      let same = try program.run("train", "--reproduce", "a", "--json")
      #expect(same.code == 0, "\(same.output)")
      #expect(try same.lastEvent["identical"] == true)
      // The same statement over other weights.
      let folder = program.folder.appendingPathComponent("out")
      let other = try program.run(Self.base + options + ["--seed", "5", "--out", "o"])
      #expect(other.code == 0)
      #expect(try program.run("export", "o", folder.path).code == 0)
      let catalog = program.folder.appendingPathComponent("registry/store/blobs/sha256")
      let digest = try #require(try digest(program.run("show", "a", "--json").json)).dropFirst(7)
      let blob = catalog.appendingPathComponent(String(digest.prefix(2)))
        .appendingPathComponent(String(digest.dropFirst(2)))
      try FileManager.default.removeItem(at: blob)
      try FileManager.default.copyItem(
        at: folder.appendingPathComponent("adapter.gguf"), to: blob)
      let differs = try program.run("train", "--reproduce", "a")
      #expect(differs.code == 100, "\(differs.errors)")
      #expect(differs.output.contains("different"), "\(differs.output)")
      let alone = try program.run("train", "--reproduce", "a", "--rank", "3", "--config", "x")
      #expect(alone.code == 64)
      #expect(alone.errors.contains("leave out --rank, --config"), "\(alone.errors)")
      let nobody = try program.run("train", "--reproduce", "nobody")
      #expect(nobody.code == 64)
      #expect(nobody.errors.contains("--reproduce: There is no artifact"), "\(nobody.errors)")
      let data = try program.run("train", "--reproduce", "base")
      #expect(data.code == 64)
      #expect(data.errors.contains("does not say how it was trained"), "\(data.errors)")
    }
  }
}
