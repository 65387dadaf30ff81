internal import CLlama
public import SystemPackage

/// The weights (or only the vocabulary) of a model, loaded and immutable.
///
/// `@unchecked Sendable`: after loading, libllama only reads a model, and `pointer` never changes.
public final class LlamaModel: @unchecked Sendable {
  public let file: GGUFFile
  let pointer: OpaquePointer
  let vocabulary: OpaquePointer
  /// Nil where any text can be tokenised.
  let coverage: SentencePieceCoverage?

  /// Checks the file, then loads it.
  ///
  /// - Parameter vocabularyOnly: loads no weights: enough to tokenise, and quick.
  /// - Throws: `runtime.malformed_gguf`, `runtime.unsound_model`, `runtime.load_failed` …
  public convenience init(_ path: FilePath, vocabularyOnly: Bool = false) throws(RuntimeError) {
    try self.init(try GGUFFile(path), vocabularyOnly: vocabularyOnly)
  }

  init(_ file: GGUFFile, vocabularyOnly: Bool = false) throws(RuntimeError) {
    try ModelVetting.check(file, vocabularyOnly: vocabularyOnly)
    LlamaLibrary.begin()
    var parameters = llama_model_default_params()
    parameters.vocab_only = vocabularyOnly
    let (loaded, words) = LlamaLibrary.lastWords {
      llama_model_load_from_file(file.path.string, parameters)
    }
    guard let loaded else { throw .loadFailed(path: file.path.string, reason: words) }
    guard let vocabulary = llama_model_get_vocab(loaded) else {
      llama_model_free(loaded)
      throw .loadFailed(path: file.path.string, reason: "it has no vocabulary")
    }
    self.file = file
    pointer = loaded
    self.vocabulary = vocabulary
    coverage = SentencePieceCoverage(file)
  }

  deinit { llama_model_free(pointer) }

  /// How many tokens the vocabulary has.
  public var vocabularySize: Int { Int(llama_vocab_n_tokens(vocabulary)) }
  /// The length of an embedding.
  public var width: Int { Int(llama_model_n_embd(pointer)) }
  /// The length of a pooled embedding.
  public var embeddingLength: Int { Int(llama_model_n_embd_out(pointer)) }
  /// In tokens: the longest context the model was trained with.
  public var trainedContext: Int { Int(llama_model_n_ctx_train(pointer)) }
  public var tokenizer: Tokenizer { Tokenizer(self) }
}
