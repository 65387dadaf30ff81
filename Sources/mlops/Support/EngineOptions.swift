import ArgumentParser
import ModelRuntime

/// How models are run.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads for computing (default: one for a small model, else the number of cores).")
  var threads: Int?

  @Option(help: "Tokens that a prompt and its answer may have together.")
  var context: Int?

  @Option(help: "Requests that are computed together.")
  var slots: Int = 8

  /// The settings of the runtime.
  var configuration: RuntimeConfiguration {
    RuntimeConfiguration(contextPerSequence: context, slots: slots, threads: threads)
  }
}
