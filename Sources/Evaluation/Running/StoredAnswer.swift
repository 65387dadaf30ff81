public import Foundation
public import MLOpsCore

/// An answer as it is kept: all of it but how long it took.
public struct StoredAnswer: Sendable, Hashable {
  public let answer: ModelAnswer
  /// Tokens before the answer.
  public let promptTokens: Int

  public init(answer: ModelAnswer, promptTokens: Int) {
    self.answer = answer
    self.promptTokens = promptTokens
  }
}

extension StoredAnswer {
  /// A compact form: tens of thousands are read at once.
  public var bytes: Data {
    var writer = AnswerWriter()
    writer.write(promptTokens)
    switch answer {
    case .generated(let generation):
      writer.write(0)
      writer.write(generation.text)
      writer.write(generation.reason == .stop ? 0 : 1)
      writer.write(generation.usage.promptTokens)
      writer.write(generation.usage.completionTokens)
      writer.write(generation.likelihoods?.count ?? -1)
      for value in generation.likelihoods ?? [] { writer.write(value) }
    case .scores(let scores):
      writer.write(1)
      writer.write(scores.count)
      for score in scores { writer.write(score) }
    case .rolling(let score):
      writer.write(2)
      writer.write(score)
    }
    return Data(writer.bytes)
  }

  /// Nil for bytes that are no answer.
  public init?(bytes: Data) {
    var reader = AnswerReader(bytes)
    guard let promptTokens = reader.int(), let kind = reader.int() else { return nil }
    switch kind {
    case 0:
      guard let text = reader.text(), let reason = reader.int(), let prompt = reader.int(),
        let completion = reader.int(), let count = reader.int(), count <= reader.left / 8
      else { return nil }
      var likelihoods: [Double]? = count < 0 ? nil : []
      for _ in 0..<max(count, 0) {
        guard let value = reader.double() else { return nil }
        likelihoods?.append(value)
      }
      answer = .generated(
        Generation(
          text: text, reason: reason == 0 ? .stop : .length,
          usage: TokenUsage(promptTokens: prompt, completionTokens: completion),
          likelihoods: likelihoods))
    case 1:
      guard let count = reader.int(), count >= 0, count <= reader.left / 24 else { return nil }
      var scores: [ContinuationScore] = []
      for _ in 0..<count {
        guard let score = reader.score() else { return nil }
        scores.append(score)
      }
      answer = .scores(scores)
    case 2:
      guard let score = reader.score() else { return nil }
      answer = .rolling(score)
    default: return nil
    }
    guard reader.left == 0 else { return nil }
    self.promptTokens = promptTokens
  }
}

private struct AnswerWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: Int) {
    withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ value: Double) { write(Int(truncatingIfNeeded: value.bitPattern)) }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write(_ score: ContinuationScore) {
    write(score.logLikelihood)
    write(score.tokens)
    write(score.isGreedy ? 1 : 0)
  }
}

private struct AnswerReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ data: Data) { bytes = Array(data) }

  var left: Int { bytes.count - place }

  mutating func int() -> Int? {
    guard left >= 8 else { return nil }
    defer { place += 8 }
    return bytes.withUnsafeBytes {
      Int(Int64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Int64.self)))
    }
  }

  mutating func double() -> Double? {
    int().map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
  }

  mutating func text() -> String? {
    guard let count = int(), count >= 0, count <= left else { return nil }
    defer { place += count }
    return String(validating: bytes[place..<place + count], as: UTF8.self)
  }

  mutating func score() -> ContinuationScore? {
    guard let value = double(), let tokens = int(), let greedy = int() else { return nil }
    return ContinuationScore(logLikelihood: value, tokens: tokens, isGreedy: greedy == 1)
  }
}
