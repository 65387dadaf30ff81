internal import CLlama

/// Where graphs are computed: the CPU with a fixed number of threads.
///
/// The thread count is part of a run's inputs: equal inputs, seed and threads give equal bytes.
public final class ComputeBackend {
  let handle: ggml_backend_t
  /// At least 1.
  public let threads: Int

  /// - Parameter threads: clamped to 1…256.
  /// - Throws: `GraphError.outOfMemory`.
  public init(threads: Int) throws {
    self.threads = min(max(threads, 1), 256)
    guard let handle = ggml_backend_cpu_init() else {
      throw GraphError.outOfMemory(what: "the CPU backend", bytes: 0)
    }
    ggml_backend_cpu_set_n_threads(handle, Int32(self.threads))
    self.handle = handle
  }

  deinit { ggml_backend_free(handle) }
}
