internal import CLlama

/// Where graphs are computed: the CPU with a fixed number of threads.
///
/// The thread count is part of a run's inputs: equal inputs, seed and threads give equal bytes.
public final class ComputeBackend {
  let handle: ggml_backend_t
  /// At least 1.
  public let threads: Int
  private var made: [DenseProducts]?

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

  /// The products of each thread, made when first asked for.
  func products() throws -> [DenseProducts] {
    if let made { return made }
    let products = try (0..<threads).map { _ in try DenseProducts() }
    made = products
    return products
  }

  deinit { ggml_backend_free(handle) }
}
