import Foundation
import JSON
import Testing

/// What commands print with `--json`, by the headings of `docs/json.md`.
struct JSONDocuments {
  let program: Program
  private(set) var documents: [String: JSONValue] = [:]

  init(_ program: Program) { self.program = program }

  /// Runs a command that prints one document.
  @discardableResult
  mutating func run(_ section: String, code: Int32 = 0, _ arguments: [String]) throws -> JSONValue {
    let outcome = try program.run(arguments + ["--json"])
    #expect(outcome.code == code, "\(section): \(outcome.errors)")
    let document = try outcome.json
    documents[section] = document
    return document
  }

  /// Runs a training, whose events are documents each: the first of each kind.
  mutating func train(_ arguments: [String], code: Int32 = 0) throws {
    let outcome = try program.run(["train"] + arguments + ["--json"])
    #expect(outcome.code == code, "\(outcome.errors)")
    for event in try outcome.events {
      let name = try #require(event["event"]?.string)
      if documents["train \(name)"] == nil { documents["train \(name)"] = Self.body(event) }
    }
  }

  /// Runs a training again, whose last event is the document.
  mutating func reproduce(_ arguments: [String]) throws {
    let outcome = try program.run(["train", "--reproduce"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    documents["train --reproduce"] = Self.body(try outcome.lastEvent)
  }

  /// Serves an environment while something is done.
  mutating func serve(_ environment: String, _ body: (inout JSONDocuments) throws -> Void) throws {
    let process = Process()
    process.executableURL = Program.executable
    process.arguments = ["serve", "--environment", environment, "--port", "0", "--json"]
    process.currentDirectoryURL = program.folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MLOPS_AUTHOR": "Test <test@example.org>", "MLOPS_HOME": program.folder.path]) {
        $1
      }
    let output = try program.write("", to: "serve.json")
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.interrupt()
      process.waitUntilExit()
    }
    while documents["serve"] == nil, process.isRunning {
      documents["serve"] = try? JSONValue(
        parsing: try String(contentsOf: output, encoding: .utf8))
      usleep(20_000)
    }
    try body(&self)
  }

  /// The name of an event is told by the page's heading.
  private static func body(_ event: JSONValue) -> JSONValue {
    .object((event.object ?? [:]).filter { $0.key != "event" })
  }
}

extension JSONDocuments {
  /// Data, schemas and feedback: each command makes what the next ones need.
  mutating func runData() throws {
    try program.write("{\"type\":\"object\",\"required\":[\"id\"]}", to: "schema.json")
    try program.write(
      (0..<40).map { "{\"id\":\($0 % 38),\"text\":\"문제 \($0 * 7919 % 1000)번\"}\n" }.joined()
        + "{}\n",
      to: "rows.ndjson")
    try program.write("{\"type\":\"object\",\"required\":[\"id\",\"b\"]}", to: "newer.json")
    try run("schema check", ["schema", "check", "schema.json"])
    try run("schema diff", code: 100, ["schema", "diff", "schema.json", "newer.json"])
    try program.write("- whitespace\n- drop_near_duplicates\n", to: "clean.yaml")
    try run(
      "ingest",
      ["ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d", "--clean", "clean.yaml"])
    try run("clean", ["clean", "rows.ndjson", "--steps", "clean.yaml", "--out", "c"])
    try program.write(
      "- templates: {templates: [\"zu {text}\"], into: /text}\n", to: "augment.yaml")
    try run("augment", ["augment", "c", "--steps", "augment.yaml", "--out", "more"])
    try run("augment trace", ["augment", "trace", "more", "1"])
    try run("split", ["split", "c", "--out", "p", "--parts", "a=1,b=1", "--by", "/id"])
    try run("diff", ["diff", "d", "c"])
    try run("diff --rows", ["diff", "--rows", "d", "c", "--key", "/id"])
    try program.write("{\"id\":\"1\",\"text\":\"문제 0번\"}\n", to: "suite.ndjson")
    try run(
      "contamination",
      ["contamination", "d", "./suite.ndjson", "--field", "text", "--threshold", "100%"])
    try run(
      "feedback add",
      ["feedback", "add", "--input", "q", "--output", "a", "--up", "--rater", "r"])
    try program.write("{\"input\":\"q2\",\"corrected\":\"a2\"}\n{}\n", to: "feedback.ndjson")
    try run("feedback import", ["feedback", "import", "feedback.ndjson"])
    try run("feedback list", ["feedback", "list"])
    try run("feedback export", ["feedback", "export", "--out", "out.ndjson"])
    try run("feedback stats", ["feedback", "stats"])
    try run("feedback build", ["feedback", "build", "--out", "fb"])
    try run("feedback forget", ["feedback", "forget", "--subject", "r"])
  }

  /// The registry by itself.
  mutating func runRegistry() throws {
    try run("add", ["add", "rows.ndjson", "--name", "rows"])
    try run("list", ["list"])
    try run("list NAME", ["list", "d"])
    try run("show", ["show", "d"])
    try run("lineage", ["lineage", "d"])
    try run("log", ["log"])
    try run("alias", ["alias", "d@v1", "best"])
    try run("alias NAME", ["alias", "d"])
    try run("alias --remove", ["alias", "d@v1", "best", "--remove"])
    try run("search", ["search", "rows"])
    try run("export", ["export", "d", "exported"])
    try run("verify", ["verify"])
    try run("repair", ["repair"])
    try run("gc", ["gc"])
  }

  /// A comparison on live traffic of the releases that are there.
  mutating func runComparison() throws {
    try run(
      "ab start",
      [
        "ab", "start", "t", "--baseline", "release@v1", "--candidate", "release@v2", "--outcome",
        "proxy:n", "--range", "0..1", "--margin", "0.1",
      ])
    try program.write("{\"subject\":\"s\",\"value\":1}\n", to: "outcomes.ndjson")
    try run("ab record", ["ab", "record", "t", "outcomes.ndjson"])
    try run("ab status", ["ab", "status", "t"])
    try run("ab stop", ["ab", "stop", "t"])
    try run("ab list", ["ab", "list"])
  }

  /// Training, models, releases and serving, with the sample's model.
  mutating func runModels() throws {
    let sample = Program.project.appendingPathComponent("registry")
    try program.addModel(as: "base")
    let prompt = sample.appendingPathComponent("prompts/labeler.yaml").path
    #expect(try program.run("add", prompt, "--name", "prompt").code == 0)
    let problems = try String(
      contentsOf: sample.appendingPathComponent("data/test-2022.ndjson"), encoding: .utf8)
    try program.write(
      // Of several slices.
      problems.split(separator: "\n").enumerated().filter { $0.offset % 60 == 0 }.prefix(4)
        .map(\.element).joined(separator: "\n"), to: "data/test.ndjson")
    let suite = try String(
      contentsOf: sample.appendingPathComponent("suites/labels.yaml"), encoding: .utf8)
    try program.write(
      suite.replacing("test-2022", with: "test").replacing("min_cases: 200", with: "min_cases: 1"),
      to: "suites/labels.yaml")
    #expect(try program.run("add", "suites/labels.yaml", "--name", "labels").code == 0)
    try program.write(
      (0..<8).map { "{\"prompt\":\"row \($0)\",\"completion\":\" \($0 % 2)\"}\n" }.joined(),
      to: "train.ndjson")
    #expect(try program.run("add", "train.ndjson", "--name", "t").code == 0)
    let training = ["--base", "base", "--data", "t", "--out", "adapter", "--max-steps", "3"]
    try train(training + ["--validation", "25%", "--checkpoint-every", "1", "--profile"])
    try train(training + ["--context", "2"], code: 65)
    try program.write("{\"prompt\":\"p\",\"completion\":\"c\"}\n", to: "more.ndjson")
    try train(["--base", "base", "--data", "./more.ndjson", "--out", "other", "--max-steps", "1"])
    try reproduce(["adapter"])
    try run("adapter export", ["adapter", "export", "adapter", "--peft", "peft"])
    try run("adapter import", ["adapter", "import", "peft", "--base", "base", "--name", "back"])
    try run(
      "model merge",
      ["model", "merge", "--base", "base", "--adapter", "adapter", "--name", "merged"])
    try run(
      "model quantize", ["model", "quantize", "merged", "--type", "q8_0", "--name", "small"])
    let release = ["release", "create", "release", "--prompt", "prompt"]
    try run("release create", release + ["--model", "base"])
    #expect(try program.run(release + ["--adapter", "adapter"]).code == 0)
    #expect(try program.run("promote", "release@v1", "--to", "production").code == 0)
    try serve("production") { documents in
      // As poor as they are, the two are the same on four cases.
      let evaluation = try documents.run(
        "evaluate", code: 101, ["evaluate", "--candidate", "release@v2", "--suite", "labels"])
      #expect(evaluation["verdict"] == "inconclusive")
      try documents.run(
        "promote",
        ["promote", "release@v2", "--to", "production", "--force", "--reason", "a test"])
      try documents.run("status", ["status"])
      try documents.runComparison()
      try documents.run("ask", ["ask", "사과 3개와 귤 4개를 모으면 모두 몇 개인가요?"])
    }
    try run("history", ["history", "production"])
  }
}
