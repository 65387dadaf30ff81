import Foundation
import MLOpsCore
import Testing

@testable import ModelRuntime

/// Scores against a plain evaluation of every text by itself, with the logits of all its tokens.
@Suite struct ScoringTests {
  /// F32 sums in another order.
  private let tolerance = 1e-4

  private func model(context: Int? = nil) throws -> LocalModel {
    try BatchFixture.model(Fixture.tiny, cache: .f32, context: context)
  }

  /// ln p of `tokens[first...]`, and whether each is the likeliest.
  private func naive(_ tokens: [Int32], from first: Int) throws -> ContinuationScore {
    let logits = try LogitProbe(try LlamaModel(Fixture.tiny), limit: 256)
      .logits(Array(tokens.dropLast()))
    var sum = 0.0
    var isGreedy = true
    for index in first..<tokens.count {
      let row = logits[index - 1].map(Double.init)
      let peak = row.max() ?? 0
      sum += row[Int(tokens[index])] - peak - log(row.reduce(0) { $0 + exp($1 - peak) })
      if row[Int(tokens[index])] < peak { isGreedy = false }
    }
    return ContinuationScore(
      logLikelihood: sum, tokens: tokens.count - first, isGreedy: isGreedy)
  }

  private func check(_ found: ContinuationScore, _ expected: ContinuationScore) {
    #expect(abs(found.logLikelihood - expected.logLikelihood) < tolerance)
    #expect(found.tokens == expected.tokens)
    #expect(found.isGreedy == expected.isGreedy)
  }

  @Test func `scores equal those of each text evaluated alone with all its logits`() async throws {
    let model = try model()
    let contexts = [
      "the sum", "사과가 3개 있습니다. 사과가 3개", String(repeating: "three and four ", count: 9) + "is",
    ]
    let continuations = [
      " is seven", " 3", "을 풀어", " is", String(repeating: " of three", count: 12),
    ]
    let requests = contexts.map {
      ModelRequest.score(ScoringRequest(input: .text($0), continuations: continuations))
    }
    let answers = try await BatchFixture.values(model, requests)
    for (context, answer) in zip(contexts, answers) {
      guard case .scores(let scores) = answer else { Issue.record("no scores"); continue }
      let alone = try model.tokenize(context)
      for (score, continuation) in zip(scores, continuations) {
        let tokens = try model.tokenize(context + continuation)
        let first = zip(alone, tokens).prefix { $0 == $1 }.count
        check(score, try naive(tokens, from: first))
      }
      let again = try await model.score(context: context, continuations: continuations)
      #expect(again == scores)
    }
  }

  @Test func `a conversation is scored as its answer would be generated`() async throws {
    let model = try model()
    let messages = [ChatMessage(role: .user, content: "the sum of 3 and 4")]
    let continuations = ["seven", "7", " is three"]
    let answer = try await BatchFixture.values(
      model, [.score(ScoringRequest(input: .chat(messages), continuations: continuations))])
    guard case .scores(let scores)? = answer.first else { throw RuntimeError.notFinite }
    let context = try model.tokenizer.encode(messages)
    for (score, continuation) in zip(scores, continuations) {
      let tokens = context + (try model.tokenize(continuation))
      check(score, try naive(tokens, from: context.count))
    }
  }

  @Test func `space at the end of a context counts to the continuation`() async throws {
    let model = try model()
    let tight = try await model.score(context: "the sum", continuations: [" is", "\n 3"])
    let spaced = try await model.score(context: "the sum ", continuations: ["is"])
    let lined = try await model.score(context: "the sum\n ", continuations: ["3"])
    check(spaced[0], tight[0])
    check(lined[0], tight[1])
    #expect(spaced[0].tokens > 1)
  }

  @Test func `a border inside a token is counted as the request says`() async throws {
    let model = try model()
    for (context, continuation) in [("the su", "m of three"), ("the sum\n", "\n 3 and 4")] {
      let alone = try model.tokenize(context.trimmingCharacters(in: .whitespacesAndNewlines))
      let tokens = try model.tokenize(context + continuation)
      let inside = !tokens.starts(with: alone)
      #expect(inside == (context == "the su"))
      let common = zip(alone, tokens).prefix { $0 == $1 }.count
      let whole = try await score(model, context, continuation, .token)
      check(whole, try naive(tokens, from: common))
      let counted = try await score(model, context, continuation, .count)
      check(counted, try naive(alone + tokens.dropFirst(alone.count), from: alone.count))
      #expect((whole == counted) == !inside)
    }
    // Nothing is left by counting: the whole token is scored.
    try #require(try model.tokenize("sum").count <= model.tokenize("su").count)
    let whole = try await score(model, "su", "m", .token)
    #expect(try await score(model, "su", "m", .count) == whole)
  }

  private func score(
    _ model: LocalModel, _ context: String, _ continuation: String, _ border: ScoringRequest.Border
  ) async throws -> ContinuationScore {
    let answer = try await BatchFixture.values(
      model,
      [
        .score(
          ScoringRequest(input: .text(context), continuations: [continuation], border: border))
      ])
    guard case .scores(let scores)? = answer.first, let score = scores.first else {
      throw RuntimeError.notFinite
    }
    return score
  }

  @Test func `an empty context is the token that texts begin with`() async throws {
    let model = try model()
    let begin = try #require(model.tokenizer.beginOfText ?? model.tokenizer.endOfText)
    let scores = try await model.score(context: "", continuations: ["the sum", "보세요"])
    for (score, text) in zip(scores, ["the sum", "보세요"]) {
      check(score, try naive([begin] + model.tokenize(text), from: 1))
    }
  }

  @Test func `more continuations than sequences and rows are scored in groups`() async throws {
    let model = try model()
    let continuations = (0..<150).map { " \($0) and \($0 * 7) is \($0 % 10)" }
    let context = "the sum of three and four"
    let scores = try await model.score(context: context, continuations: continuations)
    #expect(scores.count == 150)
    for index in stride(from: 0, to: 150, by: 29) {
      let tokens = try model.tokenize(context + continuations[index])
      check(scores[index], try naive(tokens, from: model.tokenize(context).count))
    }
  }

  @Test(arguments: [16, 40, 64])
  func `a whole text is scored in windows, each token once`(length: Int) async throws {
    let model = try model(context: length)
    let begin = try #require(model.tokenizer.beginOfText ?? model.tokenizer.endOfText)
    for text in [
      "the", "the sum of three and four is seven", String(repeating: "1 + 2 = 3, ", count: 14),
    ] {
      let answer = try await BatchFixture.values(model, [.rolling(text: text)])
      guard case .rolling(let score)? = answer.first else { throw RuntimeError.notFinite }
      let tokens = try model.tokenize(text)
      #expect(score.tokens == tokens.count)
      // Window by window, by the definition of it.
      var expected = 0.0
      var scored = 0
      while scored < tokens.count {
        let count = min(length, tokens.count - scored)
        let before = Array(([begin] + tokens[..<scored]).suffix(1 + length - count))
        let window = before + tokens[scored..<scored + count]
        expected += try naive(window, from: before.count).logLikelihood
        scored += count
      }
      #expect(abs(score.logLikelihood - expected) < tolerance * 10)
    }
  }

  @Test func `likelihoods of a generation are those of its text`() async throws {
    let model = try model()
    for prompt in ["the sum", "1 + 2 ="] {
      let request = GenerationRequest(
        input: .text(prompt), maxTokens: 9, wantsLikelihoods: true)
      guard
        case .generated(let generation)? = try await BatchFixture.values(
          model, [.generate(request)]
        ).first
      else { throw RuntimeError.notFinite }
      let likelihoods = try #require(generation.likelihoods)
      let context = try model.tokenize(prompt)
      let tokens = context + (try model.tokenize(generation.text))
      #expect(generation.text == (try await model.generate(request)).text)
      guard generation.reason == .length, tokens.count == context.count + 9 else { continue }
      #expect(likelihoods.count == 9)
      let sum = try #require(generation.logLikelihood)
      #expect(abs(sum - (try naive(tokens, from: context.count)).logLikelihood) < tolerance)
    }
  }

  @Test func `ln p is exact to a millionth for any logits`() throws {
    var generator = SplitMix64(seed: 5)
    for count in [1, 15, 16, 17, 295, 4096, 9000] {
      for scale in [0.01, 3, 60.0] {
        let logits = (0..<count).map { _ in Float((generator.unit() - 0.5) * 2 * scale) }
        let softmax = logits.map(Double.init)
        let peak = softmax.max() ?? 0
        let total = peak + log(softmax.reduce(0) { $0 + exp($1 - peak) })
        try logits.withUnsafeBufferPointer { buffer in
          let found = try LogSoftmax(buffer)
          #expect(Int(found.best) == logits.firstIndex(of: logits.max() ?? 0))
          for token in stride(from: 0, to: count, by: 1 + count / 7) {
            let value = try found.logProbability(of: Int32(token))
            #expect(abs(value - min(0, softmax[token] - total)) < 1e-6)
          }
        }
      }
    }
  }

  @Test(arguments: [0, 5, 15, 16, 20, 40])
  func `logits that are no numbers are refused wherever they stand`(place: Int) {
    for strange in [Float.nan, .infinity] {
      var logits = [Float](repeating: 1, count: 41)
      logits[place] = strange
      logits.withUnsafeBufferPointer { buffer in
        _ = #expect(throws: RuntimeError.notFinite) { try LogSoftmax(buffer) }
      }
    }
  }
}
