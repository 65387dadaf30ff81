internal import CLlama

/// A computation that is described once, allocated once and run many times.
///
/// Operations (see the extensions) only describe; `prepare` fixes the order of execution and
/// gives intermediate results memory that is shared between those that are not needed at once.
/// Leaves are tensors of a `TensorArena`, which hold inputs, weights and results that must outlive
/// a run.
public final class TensorGraph {
  let context: OpaquePointer
  private let graph: OpaquePointer
  let backend: ComputeBackend
  private let allocator: ggml_gallocr_t
  /// Whose memory the intermediate results lie in, where it is not this graph's own.
  private var host: TensorGraph?
  private let capacity: Int
  private var nodes = 0
  private var isPrepared = false
  /// Leaves of arenas, kept alive as long as the graph.
  private var leaves: [ObjectIdentifier: AnyObject] = [:]
  private(set) var kernels: [KernelBox] = []

  /// - Parameter capacity: the greatest number of operations, at least 1.
  public init(capacity: Int, on backend: ComputeBackend) throws {
    self.capacity = max(capacity, 1)
    self.backend = backend
    // Every leaf an operation refers to takes a slot of the graph as well.
    let slots = 2 * self.capacity
    let bytes = slots * ggml_tensor_overhead() + ggml_graph_overhead_custom(slots, false)
    guard
      let context = ggml_init(
        ggml_init_params(mem_size: bytes, mem_buffer: nil, no_alloc: true))
    else { throw GraphError.outOfMemory(what: "a graph", bytes: bytes) }
    guard
      let graph = ggml_new_graph_custom(context, slots, false),
      let allocator = ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend.handle))
    else {
      ggml_free(context)
      throw GraphError.outOfMemory(what: "a graph", bytes: bytes)
    }
    self.context = context
    self.graph = graph
    self.allocator = allocator
  }

  deinit {
    ggml_gallocr_free(allocator)
    ggml_free(context)
  }

  /// Marks a result to be computed by `run`, and everything it depends on, after what was marked before.
  ///
  /// - Parameter keep: whether the result's memory stays readable after `run`.
  public func compute(_ tensor: GraphTensor, keep: Bool = false) throws {
    guard !isPrepared else { throw GraphError.outOfOrder("the graph is prepared already") }
    if keep { ggml_set_output(tensor.handle) }
    ggml_build_forward_expand(graph, tensor.handle)
  }

  /// Allocates the intermediate results.
  ///
  /// - Parameter other: a prepared graph that is never run while results of this one are wanted, nor
  ///   the other way round. Where its memory is large enough for this one too, nothing is allocated,
  ///   and each run of one overwrites all results of the other that do not lie in an arena.
  public func prepare(within other: TensorGraph? = nil) throws {
    guard !isPrepared else { throw GraphError.outOfOrder("the graph is prepared already") }
    if let other, other.isPrepared, try bytesNeeded() <= other.byteCount { host = other }
    let allocator = (host ?? self).allocator
    // A plan that was made for another graph of as many operations would be taken for this one's.
    guard ggml_gallocr_reserve(allocator, graph), ggml_gallocr_alloc_graph(allocator, graph) else {
      throw GraphError.outOfMemory(what: "a graph of \(nodes) operations", bytes: 0)
    }
    isPrepared = true
  }

  /// What intermediate results will take; planned apart, so that no graph's plan is lost.
  private func bytesNeeded() throws -> Int {
    guard let planner = ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend.handle))
    else { throw GraphError.outOfMemory(what: "a plan of a graph", bytes: 0) }
    defer { ggml_gallocr_free(planner) }
    var bytes = 0
    ggml_gallocr_reserve_n_size(planner, graph, nil, nil, &bytes)
    return bytes
  }

  /// Computes everything that was marked; blocks the calling thread.
  public func run() throws {
    guard isPrepared else { throw GraphError.outOfOrder("the graph is not prepared") }
    let status = ggml_backend_graph_compute(backend.handle, graph)
    guard status == GGML_STATUS_SUCCESS else {
      throw GraphError.computeFailed(status: Int(status.rawValue))
    }
    let failures = kernels.compactMap { $0.takeFailure() }
    if let failure = failures.first { throw failure }
  }

  /// How many threads compute it.
  public var threads: Int { backend.threads }

  /// The bytes that intermediate results take; 0 before `prepare`, and in another graph's memory.
  public var byteCount: Int { host == nil ? ggml_gallocr_get_buffer_size(allocator, 0) : 0 }

  /// Keeps a kernel as long as the graph.
  func keep(_ kernel: KernelBox) { kernels.append(kernel) }

  /// Checks the arguments of an operation and, if they are fine, appends it.
  func append(
    _ operation: String, _ inputs: GraphTensor..., expecting expected: @autoclosure () -> String,
    where isValid: Bool, _ make: () -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    try append(operation, inputs, expecting: expected(), where: isValid, make)
  }

  func append(
    _ operation: String, _ inputs: [GraphTensor], expecting expected: @autoclosure () -> String,
    where isValid: Bool, _ make: () -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    guard !isPrepared else { throw GraphError.outOfOrder("the graph is prepared already") }
    guard isValid else {
      throw GraphError.shapeMismatch(
        operation: operation, expected: expected(),
        found: inputs.map { "\($0.shape)\($0.isContiguous ? "" : " (a strided view)")" }
          .joined(separator: " and "))
    }
    guard nodes < capacity else { throw GraphError.capacityExceeded(limit: capacity) }
    nodes += 1
    for input in inputs where input.owner !== self {
      leaves[ObjectIdentifier(input.owner)] = input.owner
    }
    guard let handle = make() else { throw GraphError.capacityExceeded(limit: capacity) }
    return GraphTensor(handle, owner: self)
  }
}
