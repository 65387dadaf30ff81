import Foundation
import JSON
import Testing

/// What `mlops train` leaves and says at its end, when that goes wrong too.
@Suite(.timeLimit(.minutes(10))) struct TrainResultTests {
  private static let base = ["train", "--base", "base", "--data", "d", "--batch-tokens", "64"]

  private func digest(_ event: JSONValue) -> String? {
    event["files"]?.array?.first { $0["path"] == "adapter.gguf" }?["digest"]?.string
  }

  /// Trains, and puts a folder where the run's curve is to go before it ends.
  private func trainIntoObstacle(
    _ program: Program, _ options: [String]
  ) throws -> (code: Int32, error: JSONValue, obstacle: URL) {
    // The next run's number is not known before it begins; there is none but those that trained.
    let runs = try program.run("log", "--json").json["events"]?.array?
      .compactMap { $0["run"]?.string }
    let next = Set(runs ?? []).count + 1
    let obstacle = program.folder.appendingPathComponent("registry/store/runs/run-\(next)/loss.svg")
    try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
    let outcome = try program.run(Self.base + options + ["--json"])
    return (outcome.code, try outcome.lastEvent, obstacle)
  }

  @Test(
    "a result that cannot be kept is not lost: the run is named, and --resume makes the adapter")
  func resultNotKept() throws {
    try Program.withQuestions { program in
      let options = ["--max-steps", "12", "--dropout", "0.1"]
      let straight = try program.run(Self.base + options + ["--out", "a", "--json"])
      #expect(straight.code == 0, "\(straight.output)")
      let (code, error, obstacle) = try trainIntoObstacle(
        program, options + ["--out", "b", "--checkpoint-every", "5"])
      #expect(code == 1)
      #expect(error["event"] == "error")
      #expect(error["error"]?["code"] == "lifecycle.result_not_kept", "\(error)")
      #expect(error["error"]?["facts"]?["run"] == "run-2")
      #expect(error["error"]?["facts"]?["resume"] == "run-2")
      #expect(error["error"]?["message"]?.string?.contains("run-2 went to its end") == true)
      let advice = try #require(error["error"]?["advice"]?.string)
      #expect(advice.contains("step 10: mlops train --resume run-2"), "\(advice)")
      // gc leaves what can be resumed.
      #expect(try program.run("gc").code == 0)
      try FileManager.default.removeItem(at: obstacle)
      let resumed = try program.run("train", "--resume", "run-2", "--json")
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(try resumed.events.first?["steps_done"] == 10)
      #expect(try digest(resumed.lastEvent) == digest(straight.lastEvent))
    }
  }

  @Test("without a checkpoint nobody is sent to --resume")
  func nothingToResume() throws {
    try Program.withQuestions { program in
      let (code, error, _) = try trainIntoObstacle(program, ["--max-steps", "3", "--out", "b"])
      #expect(code == 1)
      #expect(error["error"]?["code"] == "lifecycle.result_not_kept", "\(error)")
      #expect(error["error"]?["facts"]?["resume"] == nil)
      let advice = try #require(error["error"]?["advice"]?.string)
      #expect(advice.contains("No checkpoint was written") && !advice.contains("--resume"))
      let refused = try program.run("train", "--resume", "run-1")
      #expect(refused.code == 64)
      #expect(refused.errors.contains("it has no checkpoint"), "\(refused.errors)")
    }
  }

  @Test("a training that made nothing better says so: at its end, as an event, in its card")
  func noGain() throws {
    try Program.withQuestions { program in
      // The opposite of what is learned.
      let contrary = (40..<50).map {
        "{\"prompt\":\"row \($0)\",\"completion\":\" \($0 % 2 == 0 ? "홀수" : "짝수")\"}"
      }
      try program.add(contrary, as: "contrary")
      let options = [
        "--validation", "contrary", "--max-steps", "60", "--lr", "0.01", "--warmup", "0",
        "--schedule", "constant", "--eval-every", "20", "--out", "a",
      ]
      let outcome = try program.run(Self.base + options + ["--json"])
      #expect(outcome.code == 0, "\(outcome.output)")
      let notice = try #require(try outcome.events.first { $0["event"] == "notice" })
      #expect(notice["level"] == "warning" && notice["code"] == "training.no_gain")
      let result = try outcome.lastEvent
      #expect(result["training"]?["best_step"] == 0)
      // The base is no result: without an early end the last parameters are kept.
      #expect(result["training"]?["kept_step"] == 60)
      let text = try program.run(Self.base + options)
      #expect(text.errors.contains("warning: The training did not help"), "\(text.errors)")
      #expect(text.output.contains("before the first step: the training did not help"))
      let card = program.folder.appendingPathComponent("card")
      #expect(try program.run("export", "a", card.path).code == 0)
      let page = try String(
        contentsOf: card.appendingPathComponent("model-card.md"), encoding: .utf8)
      #expect(page.contains("**The training did not help"))
      // An early end counts from the base, and keeps the best that was trained.
      let early = try program.run(Self.base + options + ["--early-stop", "2", "--json"])
      #expect(early.code == 0, "\(early.output)")
      let training = try early.lastEvent["training"]
      #expect(training?["stopped_early"] == true)
      #expect(training?["steps"] == 40)
      #expect(training?["best_step"] == 0)
      let kept = training?["kept_step"]?.int
      #expect(kept == 20 || kept == 40)
    }
  }

  @Test(
    "what a run was begun with is named by options and versions, and so is a run that is further")
  func resumeOtherwise() throws {
    try Program.withQuestions { program in
      try program.add(Program.questions(0..<30), as: "fewer")
      let options = ["--max-steps", "30000", "--checkpoint-every", "1", "--out", "b", "--json"]
      func stop(after step: Int, _ arguments: [String]) throws {
        let (process, output) = try program.start(arguments)
        try program.waitForStep(step, process, output)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
      }
      try stop(after: 3, Self.base + options)
      let other = try program.run(
        "train", "--resume", "run-1", "--data", "fewer", "--lr", "0.5", "--batch-tokens", "32",
        "--early-stop", "3", "--validation", "25%", "--targets", "attn_q,attn_k")
      #expect(other.code == 64)
      for difference in [
        "--lr was 0.001 and is 0.5", "--data was d@v1 and is fewer@v1",
        "--batch-tokens was 64 and is 32", "--early-stop was not given and is 3",
        "--validation was 0 and is 0.25", "and is attn_q,attn_k",
      ] {
        #expect(other.errors.contains(difference), "\(difference): \(other.errors)")
      }
      #expect(!other.errors.contains("sha256") && !other.errors.contains("rows was"))
      // Spelling out what was chosen is no difference.
      try stop(after: 12, ["train", "--resume", "run-1", "--lr", "0.001", "--json"])
      let behind = try program.run(
        "train", "--resume", "run-1", "--lr", "0.5", "--json")
      let notice = try #require(try behind.events.first)
      #expect(notice["code"] == "lifecycle.further_run", "\(behind.output)")
      #expect(
        notice["message"]?.string?.contains("mlops train --resume run-3") == true,
        "\(notice)")
    }
  }

  @Test("runs that cannot be resumed are told apart from those that can")
  func notResumable() throws {
    try Program.withQuestions { program in
      #expect(try program.run(Self.base + ["--max-steps", "1", "--out", "a"]).code == 0)
      try program.write("- whitespace\n", to: "clean.yaml")
      let cleaned = try program.run("clean", "d", "--steps", "clean.yaml", "--out", "c")
      #expect(cleaned.code == 0, "\(cleaned.errors)")
      for (name, says) in [
        ("run-1", "it ended well"), ("run-2", "it is a run of 'clean'"),
        ("run-77", "There is no run 'run-77'"), ("nowhere", "There is no checkpoint at 'nowhere'"),
      ] {
        let refused = try program.run("train", "--resume", name)
        #expect(refused.code == 64, "\(name): \(refused.errors)")
        #expect(refused.errors.contains(says), "\(name): \(refused.errors)")
      }
    }
  }

  @Test("a store that can only be read reproduces all the same, and trains with a clear refusal")
  func readOnly() throws {
    try Program.withQuestions { program in
      guard try program.canMountReadOnly(program.store) else {
        print("skipped: this machine allows no read-only mount")
        return
      }
      #expect(try program.run(Self.base + ["--max-steps", "2", "--out", "a"]).code == 0)
      let same = try program.runReadOnly(
        program.store, ["train", "--reproduce", "a", "--json", "--profile"])
      #expect(same.code == 0, "\(same.output)\(same.errors)")
      #expect(try same.lastEvent["identical"] == true)
      let refused = try program.runReadOnly(
        program.store, Self.base + ["--max-steps", "2", "--out", "b"])
      #expect(refused.code == 1)
      #expect(refused.errors.contains("can be read and not written"), "\(refused.errors)")
    }
  }

  @Test("texts that are cut are told as cut, and one step is one step")
  func words() throws {
    let texts = (0..<4).map { "{\"text\":\"\(String(repeating: "long \($0) ", count: 60))\"}" }
    try Program.withTinyBase(data: "d", texts) { program in
      let told = try program.run(Self.base + ["--max-steps", "1", "--out", "a"])
      #expect(told.code == 0, "\(told.errors)")
      #expect(told.errors.contains("(4 longer texts cut into several)"), "\(told.errors)")
      #expect(told.errors.contains("parameters beside the base's"), "\(told.errors)")
      #expect(told.output.contains(", 1 step, "), "\(told.output)")
      #expect(told.output.contains("in the mean over the last epoch"), "\(told.output)")
    }
  }
}
