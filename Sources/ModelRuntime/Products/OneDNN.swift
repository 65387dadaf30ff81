#if os(Linux)
  internal import CDNNL
  internal import Glibc

  /// The functions of oneDNN's C interface that products need.
  ///
  /// The library is opened when a training asks for it, and may be missing: then ggml multiplies.
  final class OneDNN: Sendable {
    typealias Created<Handle> = UnsafeMutablePointer<Handle?>

    let createEngine:
      @convention(c) (Created<dnnl_engine_t>, dnnl_engine_kind_t, Int) -> dnnl_status_t
    let createStream:
      @convention(c) (Created<dnnl_stream_t>, dnnl_engine_t, UInt32) -> dnnl_status_t
    let destroyStream: @convention(c) (dnnl_stream_t) -> dnnl_status_t
    let describeMemory:
      @convention(c) (
        UnsafeMutablePointer<dnnl_memory_desc_t>, CInt, UnsafePointer<Int64>, dnnl_data_type_t,
        UnsafePointer<Int64>
      ) -> dnnl_status_t
    let describeProduct:
      @convention(c) (
        UnsafeMutablePointer<dnnl_matmul_desc_t>, UnsafePointer<dnnl_memory_desc_t>,
        UnsafePointer<dnnl_memory_desc_t>, UnsafePointer<dnnl_memory_desc_t>?,
        UnsafePointer<dnnl_memory_desc_t>
      ) -> dnnl_status_t
    let createAttributes: @convention(c) (Created<dnnl_primitive_attr_t>) -> dnnl_status_t
    let destroyAttributes: @convention(c) (dnnl_primitive_attr_t) -> dnnl_status_t
    let setScratchpadMode:
      @convention(c) (dnnl_primitive_attr_t, dnnl_scratchpad_mode_t) -> dnnl_status_t
    let queryMemory:
      @convention(c) (dnnl_primitive_desc_t, dnnl_query_t, CInt) -> UnsafePointer<
        dnnl_memory_desc_t
      >?
    let memorySize: @convention(c) (UnsafePointer<dnnl_memory_desc_t>) -> Int
    let createPostOperations: @convention(c) (Created<dnnl_post_ops_t>) -> dnnl_status_t
    let destroyPostOperations: @convention(c) (dnnl_post_ops_t) -> dnnl_status_t
    let appendSum: @convention(c) (dnnl_post_ops_t, Float) -> dnnl_status_t
    let setPostOperations: @convention(c) (dnnl_primitive_attr_t, dnnl_post_ops_t) -> dnnl_status_t
    let createDescription:
      @convention(c) (
        Created<dnnl_primitive_desc_t>, UnsafeRawPointer, dnnl_primitive_attr_t?, dnnl_engine_t,
        dnnl_primitive_desc_t?
      ) -> dnnl_status_t
    let destroyDescription: @convention(c) (dnnl_primitive_desc_t) -> dnnl_status_t
    let createPrimitive:
      @convention(c) (Created<dnnl_primitive_t>, dnnl_primitive_desc_t) -> dnnl_status_t
    let destroyPrimitive: @convention(c) (dnnl_primitive_t) -> dnnl_status_t
    let execute:
      @convention(c) (dnnl_primitive_t, dnnl_stream_t, CInt, UnsafePointer<dnnl_exec_arg_t>)
        -> dnnl_status_t
    let createMemory:
      @convention(c) (
        Created<dnnl_memory_t>, UnsafePointer<dnnl_memory_desc_t>, dnnl_engine_t,
        UnsafeMutableRawPointer?
      ) -> dnnl_status_t
    let destroyMemory: @convention(c) (dnnl_memory_t) -> dnnl_status_t
    let setMemory: @convention(c) (dnnl_memory_t, UnsafeMutableRawPointer?) -> dnnl_status_t

    /// How many compiled products are kept: by each thread, and by the library for all of them. A
    /// product takes a third of a millisecond to compile, and most that a training needs come again;
    /// those that do not, because a batch has a length of its own, would pile up. Of the sample's
    /// products a quarter of these numbers compiles 9 % more often than 512 do.
    static let compiledLimit = 192
    /// What one takes in the mean, in bytes.
    static let compiledSize = 240_000

    /// The one CPU engine, for the life of the process.
    nonisolated(unsafe) let engine: dnnl_engine_t

    /// Nil where the library is not installed or is of another generation.
    static let shared = try? OneDNN()

    private init() throws {
      guard let library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL) else { throw Missing() }
      let symbols = Symbols(library: library)
      createEngine = try symbols["engine_create"]
      createStream = try symbols["stream_create"]
      destroyStream = try symbols["stream_destroy"]
      describeMemory = try symbols["memory_desc_init_by_strides"]
      describeProduct = try symbols["matmul_desc_init"]
      createAttributes = try symbols["primitive_attr_create"]
      destroyAttributes = try symbols["primitive_attr_destroy"]
      setScratchpadMode = try symbols["primitive_attr_set_scratchpad_mode"]
      queryMemory = try symbols["primitive_desc_query_md"]
      memorySize = try symbols["memory_desc_get_size"]
      createPostOperations = try symbols["post_ops_create"]
      destroyPostOperations = try symbols["post_ops_destroy"]
      appendSum = try symbols["post_ops_append_sum"]
      setPostOperations = try symbols["primitive_attr_set_post_ops"]
      createDescription = try symbols["primitive_desc_create"]
      destroyDescription = try symbols["primitive_desc_destroy"]
      createPrimitive = try symbols["primitive_create"]
      destroyPrimitive = try symbols["primitive_destroy"]
      execute = try symbols["primitive_execute"]
      createMemory = try symbols["memory_create"]
      destroyMemory = try symbols["memory_destroy"]
      setMemory = try symbols["memory_set_data_handle"]
      let keepCompiled: @convention(c) (CInt) -> dnnl_status_t =
        try symbols["set_primitive_cache_capacity"]
      _ = keepCompiled(CInt(Self.compiledLimit))
      var created: dnnl_engine_t?
      guard createEngine(&created, dnnl_cpu, 0) == dnnl_success, let created else {
        throw Missing()
      }
      engine = created
    }

    private struct Missing: Error {}

    private struct Symbols {
      let library: UnsafeMutableRawPointer

      subscript<Function>(name: String) -> Function {
        get throws {
          guard let symbol = dlsym(library, "dnnl_" + name) else { throw Missing() }
          return unsafeBitCast(symbol, to: Function.self)
        }
      }
    }
  }
#endif
