import ArgumentParser
import Evaluation
import Lifecycle
import MLOpsCore

/// `mlops suite`
struct SuiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite", abstract: "Make suites of other programs' evaluations.",
    subcommands: [Import.self])

  /// `mlops suite import`
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Make a suite of another program's evaluation.",
      subcommands: [LMEval.self])
  }

  /// `mlops suite import lm-eval`
  struct LMEval: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lm-eval",
      abstract: "Make a suite of a task file of EleutherAI's lm-evaluation-harness.",
      discussion: """
        Every prompt is rendered now, with its examples, as lm-eval would give it to a model; the \
        folder gets suite.yaml and cases.ndjson, which 'mlops add FOLDER/suite.yaml' registers. Rows \
        are read from this machine only: from what the task's data_files or folder name, or from \
        --data. Python functions of a task are not run: a task that needs one is refused.

        Exit codes: 0 written, 65 the task cannot be imported (the message says where and why).
        """)

    @Argument(help: "The task's YAML file.")
    var task: String

    @Option(help: "The folder to make.")
    var out: String

    @Option(help: ArgumentHelp("Examples before each question (default: what the task says)."))
    var fewshot: Int?

    @Option(help: "Take this many documents only, from the first.")
    var limit: Int?

    @Option(
      help: ArgumentHelp(
        "Rows of a split; may be given several times.", valueName: "split=file"))
    var data: [String] = []

    @Option(help: "The filter of the task's filter_list (default: the first).")
    var filter: String?

    @Option(help: "The seed that draws the examples, lm-eval's fewshot_random_seed.")
    var seed = 1234

    @OptionGroup var global: GlobalOptions

    func validate() throws {
      if let fewshot, !(0...1_000).contains(fewshot) {
        throw ValidationError("--fewshot is a whole number from 0 to 1000, not \(fewshot).")
      }
      if let limit, limit < 1 {
        throw ValidationError("--limit is a whole number of at least 1, not \(limit).")
      }
      for pair in data { _ = try PairArgument.parse(pair, as: "--data split=file") }
    }

    func run() async throws {
      var request = ImportHarnessTask.Request(task: task, folder: out)
      for pair in data {
        let (split, file) = try PairArgument.parse(pair, as: "--data split=file")
        request.data[split, default: []].append(file)
      }
      request.options.fewshot = fewshot
      request.options.limit = limit
      request.options.filter = filter
      request.options.seed = seed
      let outcome = try ImportHarnessTask().run(request)
      let (terminal, suite) = (global.terminal, outcome.suite)
      for note in suite.notes { terminal.note("note: \(note)") }
      let facts = [
        ["cases", Quantity.count(Int64(suite.cases.count), of: "case")],
        ["examples", suite.examples == 0 ? "none" : "\(suite.examples) before each question"],
        ["register", "mlops add \(out)/\(ImportHarnessTask.suiteFile)"],
      ]
      terminal.result(
        outcome.document, text: "imported \(terminal.bold(suite.name))\n\(terminal.pairs(facts))")
    }
  }
}
