internal import CLlama
import SystemPackage

/// The state of evaluation: the KV cache of some sequences, and what one batch needs.
///
/// Not `Sendable`: it belongs to whichever isolation made it. It keeps its model and adapter alive.
final class LlamaContext {
  struct Shape {
    /// In tokens, for each sequence.
    var context: Int
    var sequences: Int
    /// Tokens evaluated at once.
    var batch: Int
    var threads: Int
    /// Whether embeddings are computed in place of logits.
    var embeds = false
    /// Whether all sequences lie in one row of `context` cells, so that they can share some; else each
    /// has `context` cells of its own.
    var isUnified = false
    var cache: CacheType = .f16
    /// Whether an engine uses again what a slot holds.
    var reusesPrompts = true

    /// Tokens that the KV cache takes.
    var cells: Int { isUnified ? context : context * sequences }
  }

  let model: LlamaModel
  let adapter: LoRAAdapterHandle?
  let pointer: OpaquePointer
  let batch: TokenBatch

  init(_ model: LlamaModel, adapter: LoRAAdapterHandle?, scale: Float, shape: Shape)
    throws(RuntimeError)
  {
    var parameters = llama_context_default_params()
    parameters.n_ctx = UInt32(shape.cells)
    parameters.n_batch = UInt32(shape.batch)
    parameters.n_ubatch = UInt32(shape.embeds ? shape.batch : min(shape.batch, 512))
    parameters.n_seq_max = UInt32(shape.sequences)
    parameters.n_threads = Int32(shape.threads)
    parameters.n_threads_batch = Int32(shape.threads)
    parameters.embeddings = shape.embeds
    if shape.cache == .f32 {
      parameters.type_k = GGML_TYPE_F32
      parameters.type_v = GGML_TYPE_F32
      // Flash attention converts to F16 inside.
      parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED
    }
    // A sequence's cells in its own stream: what it computes cannot depend on where others lie.
    parameters.kv_unified = shape.embeds || shape.isUnified
    if shape.embeds, model.file["\(model.file.summary.architecture).pooling_type"] == nil {
      parameters.pooling_type = LLAMA_POOLING_TYPE_MEAN
    }
    parameters.no_perf = true
    let (made, words) = LlamaLibrary.lastWords { llama_init_from_model(model.pointer, parameters) }
    guard let made else { throw .loadFailed(path: model.file.path.string, reason: words) }
    if let adapter {
      var pointers: [OpaquePointer?] = [adapter.pointer]
      var scales = [scale]
      guard llama_set_adapters_lora(made, &pointers, 1, &scales) == 0 else {
        llama_free(made)
        throw .adapterMismatch(
          path: adapter.file.path.string, reason: "libllama refused to apply it")
      }
    }
    self.model = model
    self.adapter = adapter
    pointer = made
    batch = TokenBatch(capacity: shape.batch)
  }

  deinit { llama_free(pointer) }

  /// In tokens, for each sequence; libllama rounds what was asked for.
  var contextPerSequence: Int { Int(llama_n_ctx_seq(pointer)) }

  /// Evaluates the batch.
  ///
  /// - Throws: `runtime.decode_failed`; the cache is then in no defined state.
  func decode() throws(RuntimeError) {
    let (status, words) = LlamaLibrary.lastWords { llama_decode(pointer, batch.value) }
    guard status == 0 else { throw .decodeFailed(reason: "status \(status), \(words)") }
  }

  /// Drops the tokens of a sequence from position `from` on; false where only all can be dropped.
  func drop(sequence: Int, from: Int) -> Bool {
    llama_memory_seq_rm(llama_get_memory(pointer), Int32(sequence), Int32(from), -1)
  }

  /// Lets a sequence of a unified cache begin with all that another one holds; nothing is copied.
  func share(_ source: Int, with target: Int) {
    llama_memory_seq_cp(llama_get_memory(pointer), Int32(source), Int32(target), -1, -1)
  }

  /// Copies the keys and values of a sequence to one in another stream, which loses its own.
  ///
  /// - Throws: `runtime.decode_failed`; the target is then in no defined state.
  func copy(_ source: Int, to target: Int) throws(RuntimeError) {
    var bytes = [UInt8](repeating: 0, count: llama_state_seq_get_size(pointer, Int32(source)))
    let written = llama_state_seq_get_data(pointer, &bytes, bytes.count, Int32(source))
    guard written > 0, llama_state_seq_set_data(pointer, bytes, written, Int32(target)) > 0 else {
      throw .decodeFailed(reason: "a sequence's keys and values could not be copied")
    }
  }

  func clear() { llama_memory_clear(llama_get_memory(pointer), true) }

  /// Lends the logits of the batch's token at `index`: one for each token of the vocabulary.
  func withLogits<Value>(_ index: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value) throws
    -> Value
  {
    guard let logits = llama_get_logits_ith(pointer, Int32(index)) else {
      throw RuntimeError.decodeFailed(reason: "token \(index) of the batch has no logits")
    }
    return try body(UnsafeBufferPointer(start: logits, count: model.vocabularySize))
  }

  /// The pooled embedding of a sequence.
  func embedding(sequence: Int) -> [Float]? {
    llama_get_embeddings_seq(pointer, Int32(sequence)).map {
      Array(UnsafeBufferPointer(start: $0, count: Int(llama_model_n_embd_out(model.pointer))))
    }
  }
}

/// The tokens of one evaluation.
final class TokenBatch {
  let capacity: Int
  private(set) var value: llama_batch

  init(capacity: Int) {
    self.capacity = capacity
    value = llama_batch_init(Int32(capacity), 0, 1)
  }

  deinit { llama_batch_free(value) }

  var count: Int { Int(value.n_tokens) }
  var room: Int { capacity - count }

  func removeAll() { value.n_tokens = 0 }

  /// Adds a token; the caller has made sure that there is room.
  func add(_ token: Int32, position: Int, sequence: Int, wantsLogits: Bool) {
    let index = count
    value.token[index] = token
    value.pos[index] = Int32(position)
    value.n_seq_id[index] = 1
    value.seq_id[index]?[0] = Int32(sequence)
    value.logits[index] = wantsLogits ? 1 : 0
    value.n_tokens += 1
  }
}
