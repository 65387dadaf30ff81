import JSON
import MLOpsCore
import ModelRuntime
import Training

/// What `mlops train --profile` tells: where the time of the steps went.
struct OperationTable {
  /// The longest first.
  private let operations: [OperationTime]
  private let steps: Int
  private let seconds: Double

  init(_ result: TrainingResult) {
    operations = result.operations.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
    steps = max(result.steps - result.plan.stepsDone, 1)
    seconds = result.seconds
  }

  /// Seconds that are no operation's: waiting for the other threads, the optimiser, validation,
  /// checkpoints.
  private var rest: Double { max(seconds - operations.reduce(0) { $0 + $1.seconds }, 0) }

  /// An event of `--json`.
  var json: JSONValue {
    [
      "event": "profile", "steps": .integer(steps), "seconds": .double(seconds),
      "rest_seconds": .double(rest),
      "operations": .array(
        operations.map {
          [
            "name": .string($0.name), "runs": .integer($0.runs), "seconds": .double($0.seconds),
            "product_flop": .double($0.productOperations),
          ]
        }),
    ]
  }

  /// Rows for `headings`.
  var rows: [[String]] {
    operations.map { operation in
      let rate = operation.productOperations / max(operation.seconds, 1e-9) / 1e9
      return row(
        operation.name, runs: "\(operation.runs / steps)", operation.seconds,
        rate: rate >= 0.5 ? Quantity.fixed(rate, decimals: 0) : "")
    } + [row("waiting and the rest", runs: "", rest, rate: "")]
  }

  static let headings = ["operation", "runs/step>", "ms/step>", "share>", "GFLOP/s>"]

  private func row(_ name: String, runs: String, _ seconds: Double, rate: String) -> [String] {
    [
      name, runs, Quantity.fixed(seconds * 1000 / Double(steps), decimals: 1),
      Quantity.fixed(seconds / max(self.seconds, 1e-9) * 100, decimals: 1) + " %", rate,
    ]
  }
}
