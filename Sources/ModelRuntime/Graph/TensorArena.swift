internal import CLlama

/// Tensors that outlive graphs: weights, parameters, optimiser state and inputs.
///
/// Declare the tensors, then `allocate` once; after that they can be read and written, and graphs
/// can refer to them.
public final class TensorArena {
  private let context: OpaquePointer
  private var buffer: ggml_backend_buffer_t?
  private let backend: ComputeBackend
  private let capacity: Int
  private var declared = 0
  /// Arenas that parts were declared of, kept alive as long as this one.
  private var lenders: [ObjectIdentifier: AnyObject] = [:]

  /// - Parameter capacity: the greatest number of tensors, at least 1.
  public init(capacity: Int, on backend: ComputeBackend) throws {
    self.capacity = max(capacity, 1)
    self.backend = backend
    let bytes = self.capacity * ggml_tensor_overhead()
    guard
      let context = ggml_init(
        ggml_init_params(mem_size: bytes, mem_buffer: nil, no_alloc: true))
    else { throw GraphError.outOfMemory(what: "tensor descriptions", bytes: bytes) }
    self.context = context
  }

  deinit {
    if let buffer { ggml_backend_buffer_free(buffer) }
    ggml_free(context)
  }

  /// Declares a tensor.
  public func tensor(_ shape: TensorShape, _ element: GraphElement = .f32, name: String = "")
    throws -> GraphTensor
  {
    guard shape.isRepresentable else {
      throw GraphError.shapeMismatch(
        operation: "tensor", expected: "positive extents of at most 2⁴⁸ bytes", found: "\(shape)")
    }
    return try declare(name: name) { context in
      ggml_new_tensor_4d(
        context, element.ggmlType, Int64(shape[0]), Int64(shape[1]), Int64(shape[2]),
        Int64(shape[3]))
    }
  }

  /// Declares what `make` describes in the arena's context.
  ///
  /// - Parameter owner: of memory that the tensor lies in; nil for the arena's own.
  func declare(
    name: String = "", keeping owner: AnyObject? = nil,
    _ make: (OpaquePointer) -> UnsafeMutablePointer<ggml_tensor>?
  ) throws -> GraphTensor {
    guard buffer == nil else { throw GraphError.outOfOrder("an arena is allocated once") }
    guard declared < capacity, let handle = make(context) else {
      throw GraphError.capacityExceeded(limit: capacity)
    }
    if !name.isEmpty { ggml_set_name(handle, name) }
    declared += 1
    if let owner, owner !== self { lenders[ObjectIdentifier(owner)] = owner }
    return GraphTensor(handle, owner: self)
  }

  /// Gives every declared tensor zeroed memory.
  public func allocate() throws {
    guard buffer == nil else { throw GraphError.outOfOrder("an arena is allocated once") }
    guard let allocated = ggml_backend_alloc_ctx_tensors(context, backend.handle) else {
      throw GraphError.outOfMemory(what: "\(declared) tensors", bytes: 0)
    }
    ggml_backend_buffer_clear(allocated, 0)
    buffer = allocated
  }

  /// The bytes that the tensors take; 0 before `allocate`.
  public var byteCount: Int { buffer.map { ggml_backend_buffer_get_size($0) } ?? 0 }
}
