import MLOpsCore

/// How many threads suit a model.
public enum ThreadCount {
  /// Below this many bytes of weights the threads of one step would wait for each other longer than
  /// they compute, and on a machine that is busy elsewhere many times longer.
  private static let smallModel: UInt64 = 64_000_000

  /// One for a small model, else the number of cores, at most 512.
  public static func suited(toBytes bytes: some BinaryInteger) -> Int {
    bytes < smallModel ? 1 : min(512, Processors.usable)
  }
}
