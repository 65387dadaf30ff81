import Foundation
public import MLOpsCore
import Synchronization
public import SystemPackage

/// A model that runs in this process, with at most one LoRA adapter.
///
/// Concurrent requests are evaluated together; all C calls happen on a thread of its own.
public final class LocalModel: LanguageModel {
  public let model: LlamaModel
  public let adapter: LoRAAdapterHandle?
  public let adapterScale: Float
  public let configuration: RuntimeConfiguration
  private let engine: Engine

  /// Checks and loads a model and its adapter; blocks meanwhile (see `load`).
  ///
  /// - Parameter adapterScale: a factor for the adapter's effect, beside its own alpha / rank.
  /// - Throws: `RuntimeError`; nothing reaches C before the files have been checked.
  public init(
    modelPath: FilePath, adapterPath: FilePath? = nil, adapterScale: Float = 1,
    configuration: RuntimeConfiguration = RuntimeConfiguration()
  ) throws(RuntimeError) {
    guard adapterScale.isFinite else {
      throw .invalidConfiguration(reason: "the adapter's scale is \(adapterScale)")
    }
    let file = try GGUFFile(modelPath)
    let shape = try configuration.shape(for: file)
    guard file.summary.architecture != "bert" else {
      throw .wrongPurpose(path: modelPath.string, reason: "it embeds texts and generates none")
    }
    let adapterFile: GGUFFile? = if let adapterPath { try GGUFFile(adapterPath) } else { nil }
    try MemoryEstimate(file, adapter: adapterFile, shape: shape).check(file)
    let model = try LlamaModel(file)
    let adapter: LoRAAdapterHandle? =
      if let adapterPath { try LoRAAdapterHandle(adapterPath, for: model) } else { nil }
    engine = try Engine(model, adapter: adapter, scale: adapterScale, shape: shape)
    self.model = model
    self.adapter = adapter
    self.adapterScale = adapterScale
    self.configuration = configuration
  }

  /// As the initialiser, on a thread of its own.
  public static func load(
    modelPath: FilePath, adapterPath: FilePath? = nil, adapterScale: Float = 1,
    configuration: RuntimeConfiguration = RuntimeConfiguration()
  ) async throws -> LocalModel {
    try await Blocking.run {
      try LocalModel(
        modelPath: modelPath, adapterPath: adapterPath, adapterScale: adapterScale,
        configuration: configuration)
    }
  }

  // MARK: LanguageModel

  public func stream(_ request: GenerationRequest) -> AsyncThrowingStream<
    GenerationEvent, any Error
  > {
    AsyncThrowingStream { output in
      let cancellation = CancellationFlag()
      output.onTermination = { if case .cancelled = $0 { cancellation.set() } }
      _Concurrency.Task { [engine] in await engine.generate(request, to: output, cancellation) }
    }
  }

  /// As `answer` with one scoring request.
  public func score(context: String, continuations: [String]) async throws -> [ContinuationScore] {
    let result = Mutex<[ContinuationScore]?>(nil)
    let failure = Mutex<(any Error)?>(nil)
    let request = ScoringRequest(input: .text(context), continuations: continuations)
    try await answer([.score(request)]) { _, outcome in
      switch outcome {
      case .success((.scores(let scores), _)): result.withLock { $0 = scores }
      case .success: break
      case .failure(let error): failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return result.withLock { $0 } ?? []
  }

  /// Answers a list of requests, many at a time.
  ///
  /// The numbers of a request depend on the request, the model with its adapter, and the configuration
  /// (threads excepted): not on time, on the order of the list, on the other requests, nor on whether
  /// prefixes are shared. Of a generation they also depend on `slots`, save where `isStrict`; scores do
  /// not. Answers come in the order of the requests' tokens where prefixes are shared, else in that of
  /// the list, scores before texts. `stream` waits until the list is done; lists run one after the other.
  ///
  /// - Throws: `runtime.not_enough_memory` where the list's longest request needs more than there is,
  ///   `runtime.shut_down`, `CancellationError`. Everything else is told for its request alone.
  public func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    let cancellation = CancellationFlag()
    try await withTaskCancellationHandler {
      try await engine.answer(requests, configuration, cancellation, deliver: deliver)
    } onCancel: {
      cancellation.set()
    }
  }

  /// Finishes the requests in flight, refuses new ones and frees the KV cache.
  public func shutdown() async { await engine.shutDown() }

  // MARK: Text and tokens

  public var tokenizer: Tokenizer { model.tokenizer }
  public var summary: GGUFSummary { model.file.summary }
  /// Tokens that a prompt and its answer may have together.
  public var contextPerSequence: Int { engine.limit }

  public func tokenize(_ text: String, addSpecial: Bool = false, parseSpecial: Bool = false) throws
    -> [Int32]
  { try tokenizer.encode(text, addSpecial: addSpecial, parseSpecial: parseSpecial) }

  public func detokenize(_ tokens: [Int32], special: Bool = false) -> String {
    tokenizer.decode(tokens, special: special)
  }

  public func applyChatTemplate(_ messages: [ChatMessage], addAssistantPrefix: Bool = true) throws
    -> String
  { try tokenizer.applyChatTemplate(messages, addAssistantPrefix: addAssistantPrefix) }

  /// Whether the adapter changes any logit of a short text; true for no adapter is false.
  ///
  /// An adapter whose B matrices are zero, or that touches only tensors no graph uses, loads well and
  /// does nothing: a promotion must refuse it.
  public func adapterChangesOutput() async throws -> Bool {
    guard let adapter else { return false }
    let (model, scale) = (model, adapterScale)
    return try await Blocking.run {
      let tokens = Array(
        try model.tokenizer.encode("문제: 3 + 4 = 7. The answer is", addSpecial: true).prefix(64))
      let plain = try LogitProbe(model).logits(tokens)
      let adapted = try LogitProbe(model, adapter: adapter, scale: scale).logits(tokens)
      guard adapted.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw RuntimeError.notFinite }
      return plain != adapted
    }
  }
}
