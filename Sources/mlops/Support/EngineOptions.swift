public import ArgumentParser
public import ModelRuntime

/// How models are run.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads for computing (default: one for a small model, else the number of cores).")
  var threads: Int?

  @Option(help: "Tokens that a prompt and its answer may have together.")
  var context: Int?

  @Option(help: "Requests that are computed together.")
  var slots: Int = 8

  @Option(help: "How keys and values are kept: f16, or f32 for exact numbers in twice the memory.")
  var cache = CacheType.f16

  /// The settings of the runtime.
  var configuration: RuntimeConfiguration {
    RuntimeConfiguration(
      contextPerSequence: context, slots: slots, threads: threads, cache: cache)
  }
}

extension CacheType: ExpressibleByArgument {}
