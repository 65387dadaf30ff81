public import MLOpsCore

/// Where answers of earlier runs are found again.
///
/// An answer follows from the request, the release and the engine, which is what its key is made of.
public protocol AnswerStore: Sendable {
  /// The answers that are there, in the order of the keys.
  func answers(to keys: [AnswerKey]) throws -> [StoredAnswer?]

  /// Keeps answers; when this returns a run that is killed finds them again.
  func keep(_ answers: [(key: AnswerKey, answer: StoredAnswer)]) throws
}

/// What stands for a request to a release on an engine.
public struct AnswerKey: Sendable, Hashable {
  public let digest: Digest

  /// - Parameters:
  ///   - engine: everything about the engine that a number may depend on.
  init(_ request: ModelRequest, release: Digest, engine: String) {
    var bytes = KeyBytes()
    bytes.append("mlops.answer/v1")
    bytes.append(release.hex)
    bytes.append(engine)
    switch request {
    case .generate(let request):
      bytes.append("generate")
      bytes.append(request.input)
      bytes.append(request.maxTokens)
      bytes.append(request.sampling.temperature.bitPattern)
      bytes.append(request.sampling.topP.bitPattern)
      bytes.append(request.sampling.topK)
      bytes.append(request.sampling.seed)
      bytes.append(request.stop)
      bytes.append(request.wantsLikelihoods ? 1 : 0)
      bytes.append(request.grammar.map { [$0] } ?? [])
    case .score(let request):
      bytes.append("score")
      bytes.append(request.input)
      bytes.append(request.continuations)
      if request.border != .token { bytes.append(request.border.rawValue) }
    case .rolling(let text):
      bytes.append("rolling")
      bytes.append(text)
    }
    digest = Digest(of: bytes.bytes)
  }
}

/// Values one after the other, each with its length, so that no two lists of them are the same bytes.
private struct KeyBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: some BinaryInteger) {
    withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) {
      bytes.append(contentsOf: $0)
    }
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ texts: [String]) {
    append(texts.count)
    for text in texts { append(text) }
  }

  mutating func append(_ input: GenerationRequest.Input) {
    switch input {
    case .text(let text): append([text])
    case .chat(let messages):
      append(-1)
      append(messages.flatMap { [$0.role.rawValue, $0.content] })
    }
  }
}
