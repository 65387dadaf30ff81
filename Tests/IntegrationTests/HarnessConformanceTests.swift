import Foundation
import JSON
import Testing

/// lm-evaluation-harness, asked on the spot by Tests/Conformance/harness.py: `make conformance`, or
/// MLOPS_PYTHON naming a Python with lm_eval, torch, transformers and gguf.
@Suite(.timeLimit(.minutes(60))) struct HarnessConformanceTests {
  private static let python = ProcessInfo.processInfo.environment["MLOPS_PYTHON"]

  /// Runs the script; gives what it said where it failed.
  private static func run(_ arguments: [String], _ program: Program) throws -> String? {
    let script = Program.project.appendingPathComponent("Tests/Conformance/harness.py").path
    let outcome = try program.run(
      executable: URL(filePath: "/usr/bin/env"), [python ?? "python3", script] + arguments)
    return outcome.code == 0 ? nil : outcome.errors
  }

  /// What the harness measured, and with what.
  private struct Run {
    let task: String
    let model: String
    let fewshot: Int
    let context: Int
    let cache: String
    let filter: String?
    let cases: Int
    let metrics: [String: JSONValue]
    let likelihoods: [[Double]]

    init(_ json: JSONValue) throws {
      task = try #require(json["task"]?.string)
      model = try #require(json["model"]?.string)
      fewshot = try #require(json["fewshot"]?.int)
      context = try #require(json["context"]?.int)
      cache = try #require(json["cache"]?.string)
      filter = json["filter"]?.string
      cases = try #require(json["cases"]?.int)
      metrics = try #require(json["metrics"]?.object)
      likelihoods = (json["likelihoods"]?.array ?? []).map {
        ($0.array ?? []).compactMap(\.double)
      }
    }

    var label: String { "\(task), \(model), \(fewshot) examples\(filter.map { ", \($0)" } ?? "")" }
  }

  @Test(.enabled(if: python != nil, "MLOPS_PYTHON names no Python; see 'make conformance'"))
  func `imported suites measure what lm-evaluation-harness measures`() throws {
    let program = try Program()
    defer { program.remove() }
    if let reason = try Self.run(["available"], program) {
      print("skipped: \(reason.split(separator: "\n").last ?? "the packages are not there")")
      return
    }
    let failure = try Self.run(["prepare", program.folder.path], program)
    try #require(failure == nil, "\(failure?.suffix(2000) ?? "")")
    #expect(try program.run("init").code == 0)
    for model in ["exact", "begins", "shipped"] {
      #expect(try program.run("add", "\(model).gguf", "--name", "\(model)-model").code == 0)
      let release = try program.run("release", "create", model, "--model", "\(model)-model")
      #expect(release.code == 0, "\(release.errors)")
    }
    let expected = try String(
      contentsOf: program.folder.appendingPathComponent("expected.json"), encoding: .utf8)
    let runs = try JSONValue(parsing: expected).array ?? []
    #expect(runs.count >= 20)
    for (number, json) in runs.enumerated() { try check(Run(json), "suite\(number)", program) }
  }

  private func check(_ run: Run, _ name: String, _ program: Program) throws {
    let imported = try program.run(
      ["suite", "import", "lm-eval", "tasks/\(run.task).yaml", "--out", name, "--fewshot"]
        + ["\(run.fewshot)"] + (run.filter.map { ["--filter", $0] } ?? []))
    #expect(imported.code == 0, "\(run.label): \(imported.errors)")
    #expect(try program.run("add", "\(name)/suite.yaml", "--name", name).code == 0)
    let outcome = try program.run(
      "evaluate", "--candidate", run.model, "--baseline", run.model, "--suite", name, "--context",
      "\(run.context)", "--cache", run.cache, "--no-cache", "--json")
    let report = try outcome.json
    #expect(report["failed"] == [], "\(run.label)")
    #expect(run.cases >= 200)
    #expect(report["suite"]?["cases"]?.int == run.cases)
    for (metric, value) in run.metrics.sorted(by: { $0.key < $1.key }) {
      let theirs = try #require(value.double)
      let ours = try #require(Self.value(of: metric, in: report), "\(run.label): \(metric)")
      print("\(run.label): \(metric) \(ours), lm-evaluation-harness \(theirs)")
      if Self.shares.contains(metric) {
        // A tenth of a point.
        #expect(abs(ours - theirs) < 0.001, "\(run.label): \(metric)")
      } else {
        #expect(abs(ours - theirs) < 0.001 * theirs, "\(run.label): \(metric)")
      }
    }
    // In F16 sums of thousands of tokens differ by tenths, and cases may tip over; in F32 nothing does.
    let gap = Self.largestGap(run, report)
    #expect(gap < (run.cache == "f32" ? 0.01 : 1), "\(run.label): a likelihood differs by \(gap)")
  }

  private static let shares: Set = [
    "accuracy", "accuracy_norm", "accuracy_bytes", "greedy_match",
  ]

  /// As the harness counts: its perplexity of answers is that of their mean.
  private static func value(of metric: String, in report: JSONValue) -> Double? {
    let found = report["metrics"]?.array?.first { $0["metric"]?.string == metric }
    let value = found?["candidate"]?["value"]?.double
    return metric == "log_likelihood" ? value.map { exp(-$0) } : value
  }

  /// The largest difference of ln p of one text, in nats.
  private static func largestGap(_ run: Run, _ report: JSONValue) -> Double {
    let cases = report["cases"]?.array ?? []
    return zip(cases, run.likelihoods).reduce(0) { gap, pair in
      let ours = (pair.0["candidate"]?["log_likelihoods"]?.array ?? []).compactMap(\.double)
      guard ours.count == pair.1.count else { return pair.1.isEmpty ? gap : .infinity }
      return zip(ours, pair.1).reduce(gap) { max($0, abs($1.0 - $1.1)) }
    }
  }
}
