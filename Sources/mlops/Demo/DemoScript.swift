import Deployment
import Foundation
import JSON
import Lifecycle
import MLOpsCore

/// The story of the demo.
///
/// The model in production was trained on the labels of the curriculum before; classrooms correct
/// them to those of 2022; the fine-tuned candidate must learn the change and break nothing else.
final class DemoScript {
  private let runner: DemoRunner
  private let terminal: Terminal
  private var number = 0
  private var figures: [String: JSONValue] = [:]

  /// Its label changed with the curriculum.
  private let question = "직육면체 모양의 상자에서 면은 모두 몇 개인지 세어 보세요."

  init(_ runner: DemoRunner) {
    self.runner = runner
    terminal = runner.terminal
  }

  /// Tells the story.
  ///
  /// - Returns: figures: accuracies, seconds, requests while swapping.
  /// - Throws: `DemoError` at the first step that does not go as told.
  func run() async throws -> JSONValue {
    let started = ContinuousClock.now
    terminal.say(
      "The whole loop on real input: a local model labels Korean school problems; teachers correct it."
    )
    terminal.say(terminal.dim("    $ export MLOPS_HOME=\(runner.workspace.path)"))
    try prepare()
    let server = try await serve()
    do {
      try await learn()
      try await promote(server.client)
      try refuseBadCandidate()
      try goBack()
    } catch {
      server.process.terminate()
      throw error
    }
    server.process.interrupt()
    server.process.waitUntilExit()
    let seconds = Double((ContinuousClock.now - started).components.seconds)
    figures["seconds"] = .double(seconds)
    terminal.say("")
    terminal.say("Done in \(Quantity.duration(seconds)). What to try next:")
    terminal.say(
      """
          mlops demo --keep            keep the workspace and look around in it
          mlops log                    everything that happened; also: git --git-dir …/history.git log
          mlops lineage labeler        what a release was made from
          mlops --help                 every command; each has --help and --json
      """)
    return .object(figures)
  }

  // MARK: Chapters

  private func prepare() throws {
    try FileManager.default.copyItem(
      at: runner.sample.appendingPathComponent("mlops.yaml"),
      to: runner.workspace.appendingPathComponent("mlops.yaml"))
    try step("Make an empty registry", ["init", runner.workspace.path])
    try step(
      "Register the local model, its prompt and the suite that judges it",
      ["add", "registry/models/labeler-base.gguf", "--name", "labeler-base"])
    try more(["add", "registry/prompts/labeler.yaml", "--name", "labeler-prompt"])
    try more(["add", "registry/suites/labels.yaml", "--name", "labels"])
    try step(
      "Make a release of model and prompt, and put it into production",
      ["release", "create", "labeler", "--model", "labeler-base", "--prompt", "labeler-prompt"])
    try more(["promote", "labeler@v1", "--to", "production", "--reason", "first release"])
  }

  private func serve() async throws -> (process: Process, client: ControlClient) {
    let log = runner.workspace.appendingPathComponent("serve.log")
    let arguments = ["serve", "--environment", "production", "--port", "0"]
    number += 1
    runner.explain(
      number, "Serve production over HTTP (OpenAI-compatible), in the background", arguments)
    let process = try runner.start(arguments, logging: log)
    let workspace = try Workspace.find(explicit: runner.workspace.path)
    let production = try EnvironmentName("production")
    for _ in 0..<300 {
      if let record = try ServerSeat.occupant(of: production, inStore: workspace.store) {
        let server = ControlClient(record)
        runner.show("listening on \(record.url), answering with labeler@v1")
        try step("Ask it: the label is one of the old curriculum", ["ask", question])
        return (process, server)
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    process.terminate()
    throw DemoError.serverNotReady(
      log: (try? String(contentsOf: log, encoding: .utf8)) ?? "nothing")
  }

  private func learn() async throws {
    let feedback = "registry/data/feedback.ndjson"
    try step(
      "Check the classrooms' feedback before anything is made of it",
      ["validate", "--schema", "registry/schemas/feedback.json", feedback], expecting: 65)
    try step(
      "Take in the valid rows; the invalid ones go to quarantine, nothing is lost",
      [
        "ingest", feedback, "--schema", "registry/schemas/feedback.json", "--name", "feedback",
        "--max-invalid", "5%",
      ])
    try step(
      "Fine-tune the very GGUF that serves, with LoRA, on the corrected labels",
      train(data: "feedback", out: "labeler-2022"))
    try step(
      "Make the candidate release",
      [
        "release", "create", "labeler", "--adapter", "labeler-2022", "--prompt", "labeler-prompt",
      ])
    let evaluation = try measured(
      "Evaluate it against production, on problems that neither has seen",
      evaluate("labeler@v2"), expecting: 0)
    figures["evaluation"] = evaluation
  }

  private func promote(_ server: ControlClient) async throws {
    number += 1
    let arguments = [
      "promote", "labeler@v2", "--to", "production", "--reason", "labels of the 2022 curriculum",
    ]
    runner.explain(number, "Promote it while four clients keep asking", arguments)
    let load = SwapLoad(server, clients: 4, question: question)
    try await Task.sleep(for: .seconds(1))
    try runner.run(arguments)
    try await Task.sleep(for: .seconds(1))
    let tally = await load.stop()
    runner.show(
      "requests meanwhile: \(tally.total) answered by \(tally.answers.count) releases, \(tally.failures) failed"
    )
    figures["swap_requests"] = .integer(tally.total)
    figures["swap_failures"] = .integer(tally.failures)
    guard tally.failures == 0 else { throw DemoError.lostRequests(tally.failures) }
    try step("Ask again over HTTP: the label is the one of 2022", ["ask", question])
  }

  private func refuseBadCandidate() throws {
    let feedback = "registry/data/feedback-mislabelled.ndjson"
    try step(
      "Now a bad candidate: a rater who mixed the columns up",
      [
        "ingest", feedback, "--schema", "registry/schemas/feedback.json", "--name",
        "feedback-mislabelled",
      ])
    try more(train(data: "feedback-mislabelled", out: "labeler-bad"))
    try more([
      "release", "create", "labeler", "--adapter", "labeler-bad", "--prompt", "labeler-prompt",
    ])
    try step(
      "The evaluation finds the regression (exit code 100)", evaluate("labeler@v3"),
      expecting: 100)
    try step(
      "And the promotion is refused (exit code 100)",
      ["promote", "labeler@v3", "--to", "production"], expecting: 100)
  }

  private func goBack() throws {
    try step(
      "Roll production back",
      ["rollback", "production", "--reason", "a demo of going back"])
    try more(["ask", question])
    try step(
      "Who put what into production, when, why, on which evidence", ["history", "production"])
    try step("Every stored byte is what it was", ["verify"])
  }

  // MARK: Commands

  private func train(data: String, out: String) -> [String] {
    [
      "train", "--base", "labeler-base", "--data", data, "--prompt", "labeler-prompt", "--out", out,
      "--lr", "2e-3", "--batch-tokens", "448", "--epochs", "6", "--dropout", "0.1",
      "--validation", "none",
    ]
  }

  private func evaluate(_ candidate: String) -> [String] {
    ["evaluate", "--candidate", candidate, "--baseline", "@production", "--suite", "labels"]
  }

  private func step(_ text: String, _ arguments: [String], expecting code: Int32 = 0) throws {
    number += 1
    runner.explain(number, text, arguments)
    try runner.run(arguments, expecting: code)
  }

  /// A second command of the same step.
  private func more(_ arguments: [String]) throws {
    runner.show(command: arguments)
    try runner.run(arguments)
  }

  /// A step whose stored evaluation is read back for the figures.
  private func measured(_ text: String, _ arguments: [String], expecting code: Int32) throws
    -> JSONValue
  {
    try step(text, arguments, expecting: code)
    let shown = try runner.run(
      ["show", "evaluation-labels", "--json"], isShown: false)
    return shown.json["metadata"] ?? .null
  }
}
