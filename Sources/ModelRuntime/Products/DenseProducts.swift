#if os(Linux)
  internal import CDNNL

  /// Dense products of one thread by oneDNN: each layout is compiled once, and kept while it is among
  /// those that were used last.
  ///
  /// Not to be shared between threads. Call it from inside a graph's kernel: there oneDNN's own
  /// threads do not start, and each thread of the graph multiplies its part.
  public final class DenseProducts {
    private let library: OneDNN
    private let stream: dnnl_stream_t
    private var compiled: [ProductLayout: CompiledProduct] = [:]
    /// Floating-point operations so far: two for each multiplication and addition.
    private(set) var operations = 0.0
    /// Products so far.
    private var clock = 0

    /// The bytes that compiled layouts take at most, if threads multiply alike.
    public static var compiledBytes: Int64 {
      Int64(OneDNN.compiledLimit * OneDNN.compiledSize)
    }

    /// How many layouts are compiled at the moment.
    var compiledCount: Int { compiled.count }
    /// The caller's, see `scratch`.
    private var scratch = ThreadMemory()
    /// What products work in, one after the other.
    private var workspace = ThreadMemory()

    /// Whether this machine has the library.
    public static var isAvailable: Bool { OneDNN.shared != nil }

    init() throws {
      guard let library = OneDNN.shared else {
        throw GraphError.productFailed(what: "opening libdnnl.so.2", status: 0)
      }
      self.library = library
      var created: dnnl_stream_t?
      let status = library.createStream(
        &created, library.engine, dnnl_stream_default_flags.rawValue)
      guard status == dnnl_success, let created else {
        throw GraphError.productFailed(what: "creating a stream", status: Int(status.rawValue))
      }
      stream = created
    }

    deinit {
      _ = library.destroyStream(stream)
      scratch.free()
      workspace.free()
    }

    /// Memory of this thread, kept from call to call; it holds anything before, and is the caller's
    /// until the next call.
    ///
    /// - Parameter byteCount: at least so many; the start is aligned to 64.
    public func scratch(_ byteCount: Int) -> UnsafeMutableRawPointer {
      scratch.start(holding: byteCount)
    }

    /// `C = A·B`, or `C += A·B`; see `ProductLayout`.
    public func multiply(
      _ layout: ProductLayout, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
      into c: UnsafeMutableRawPointer, bias: UnsafeRawPointer? = nil
    ) throws {
      let product: CompiledProduct
      if let known = compiled[layout] {
        product = known
      } else {
        if compiled.count == OneDNN.compiledLimit { forgetOldest() }
        product = try CompiledProduct(layout, library)
        compiled[layout] = product
      }
      clock += 1
      product.lastUse = clock
      try product.run(
        a, b, c, bias, within: workspace.start(holding: product.workspaceSize), on: stream)
      operations += 2 * Double(layout.rows) * Double(layout.columns) * Double(layout.depth)
    }

    /// Drops the half that was not used for longest.
    private func forgetOldest() {
      let uses = compiled.values.map(\.lastUse).sorted()
      let middle = uses[uses.count / 2]
      compiled = compiled.filter { $0.value.lastUse >= middle }
    }
  }

  /// Memory that grows to the largest that was asked for.
  private struct ThreadMemory {
    private var memory: (start: UnsafeMutableRawPointer, count: Int)?

    mutating func start(holding byteCount: Int) -> UnsafeMutableRawPointer {
      if let memory, memory.count >= byteCount { return memory.start }
      free()
      let start = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
      memory = (start, byteCount)
      return start
    }

    func free() { memory?.start.deallocate() }
  }

  /// One layout's machine code and its handles to the matrices.
  private final class CompiledProduct {
    private let library: OneDNN
    private let primitive: dnnl_primitive_t
    /// Of a, b and c, of the bias where there is one, of the workspace where there is one.
    private let memories: [dnnl_memory_t]
    private let usesBias: Bool
    private var arguments: [dnnl_exec_arg_t]
    /// The thread's clock when it was used last.
    var lastUse = 0
    /// Bytes to work in. Left to itself the library would keep them for each product, which is
    /// megabytes where batches are large.
    let workspaceSize: Int

    init(_ layout: ProductLayout, _ library: OneDNN) throws {
      self.library = library
      func check(_ status: dnnl_status_t, _ what: String) throws {
        guard status == dnnl_success else {
          throw GraphError.productFailed(
            what: "\(what) of \(layout.rows) × \(layout.depth) × \(layout.columns)",
            status: Int(status.rawValue))
        }
      }
      func memory(_ rows: Int, _ columns: Int, _ strides: (Int, Int), _ element: GraphElement)
        throws -> dnnl_memory_desc_t
      {
        var description = dnnl_memory_desc_t()
        try check(
          library.describeMemory(
            &description, 2, [Int64(rows), Int64(columns)],
            element == .bf16 ? dnnl_bf16 : dnnl_f32, [Int64(strides.0), Int64(strides.1)]),
          "describing a matrix")
        return description
      }
      var a = try memory(layout.rows, layout.depth, layout.aStrides, layout.element)
      var b = try memory(layout.depth, layout.columns, layout.bStrides, layout.element)
      var c = try memory(layout.rows, layout.columns, (layout.cStride, 1), layout.result)
      var bias = try memory(1, layout.columns, (layout.columns, 1), .f32)

      var attributes: dnnl_primitive_attr_t?
      defer { if let attributes { _ = library.destroyAttributes(attributes) } }
      try check(library.createAttributes(&attributes), "attributes")
      guard let attributes else { throw GraphError.productFailed(what: "attributes", status: 0) }
      try check(library.setScratchpadMode(attributes, dnnl_scratchpad_mode_user), "attributes")
      if layout.accumulates {
        var operations: dnnl_post_ops_t?
        try check(library.createPostOperations(&operations), "attributes")
        if let operations {
          defer { _ = library.destroyPostOperations(operations) }
          try check(library.appendSum(operations, 1), "attributes")
          try check(library.setPostOperations(attributes, operations), "attributes")
        }
      }
      var product = dnnl_matmul_desc_t()
      let described =
        layout.hasBias
        ? library.describeProduct(&product, &a, &b, &bias, &c)
        : library.describeProduct(&product, &a, &b, nil, &c)
      try check(described, "describing the product")
      var description: dnnl_primitive_desc_t?
      try check(
        library.createDescription(&description, &product, attributes, library.engine, nil),
        "choosing a kernel")
      guard let description else { throw GraphError.productFailed(what: "choosing", status: 0) }
      defer { _ = library.destroyDescription(description) }
      var primitive: dnnl_primitive_t?
      try check(library.createPrimitive(&primitive, description), "compiling the product")
      guard let primitive else { throw GraphError.productFailed(what: "compiling", status: 0) }
      self.primitive = primitive

      let workspace = library.queryMemory(description, dnnl_query_scratchpad_md, 0)
      workspaceSize = workspace.map(library.memorySize) ?? 0

      var memories: [dnnl_memory_t] = []
      var arguments: [dnnl_exec_arg_t] = []
      var parts = [
        (a, DNNL_ARG_SRC_0), (b, DNNL_ARG_WEIGHTS_0), (c, DNNL_ARG_DST_0), (bias, DNNL_ARG_BIAS),
      ]
      if !layout.hasBias { parts.removeLast() }
      if workspaceSize > 0, let workspace {
        parts.append((workspace.pointee, DNNL_ARG_SCRATCHPAD))
      }
      usesBias = layout.hasBias
      for (var description, argument) in parts {
        var memory: dnnl_memory_t?
        try check(
          library.createMemory(&memory, &description, library.engine, nil), "holding a matrix")
        guard let memory else { throw GraphError.productFailed(what: "holding", status: 0) }
        memories.append(memory)
        arguments.append(dnnl_exec_arg_t(arg: argument, memory: memory))
      }
      self.memories = memories
      self.arguments = arguments
    }

    deinit {
      for memory in memories { _ = library.destroyMemory(memory) }
      _ = library.destroyPrimitive(primitive)
    }

    func run(
      _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer,
      _ bias: UnsafeRawPointer?, within workspace: UnsafeMutableRawPointer,
      on stream: dnnl_stream_t
    ) throws {
      _ = library.setMemory(memories[0], UnsafeMutableRawPointer(mutating: a))
      _ = library.setMemory(memories[1], UnsafeMutableRawPointer(mutating: b))
      _ = library.setMemory(memories[2], c)
      if usesBias {
        _ = library.setMemory(memories[3], bias.map(UnsafeMutableRawPointer.init(mutating:)))
      }
      if workspaceSize > 0, let last = memories.last { _ = library.setMemory(last, workspace) }
      let status = library.execute(primitive, stream, CInt(arguments.count), arguments)
      guard status == dnnl_success else {
        throw GraphError.productFailed(what: "multiplying", status: Int(status.rawValue))
      }
    }
  }
#endif
