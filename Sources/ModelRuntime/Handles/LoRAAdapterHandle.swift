internal import CLlama
public import SystemPackage

/// A LoRA adapter, loaded for one model, which it keeps alive.
///
/// `@unchecked Sendable`: libllama only reads an adapter after loading, and `pointer` never changes.
public final class LoRAAdapterHandle: @unchecked Sendable {
  public let model: LlamaModel
  public let file: GGUFFile
  let pointer: OpaquePointer

  /// - Throws: `runtime.adapter_mismatch`, `runtime.malformed_gguf`, `runtime.load_failed`.
  public init(_ path: FilePath, for model: LlamaModel) throws(RuntimeError) {
    let file = try GGUFFile(path)
    try AdapterVetting.check(file, base: model.file)
    let (loaded, words) = LlamaLibrary.lastWords {
      llama_adapter_lora_init(model.pointer, path.string)
    }
    guard let loaded else { throw .loadFailed(path: path.string, reason: words) }
    self.model = model
    self.file = file
    pointer = loaded
  }

  deinit { llama_adapter_lora_free(pointer) }
}
