import MLOpsCore
import ModelRuntime
import Testing

/// Against tiny.json, which PyTorch and Hugging Face's tokenizers made (Fixtures/make_tiny.py).
@Suite struct NumbersTests {
  /// F32 sums of 40 to 80 products in another order than PyTorch's doubles.
  private let tolerance = 1e-4

  private func largestDifference(_ ours: [Float], _ theirs: [Double]) -> Double {
    zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test func tokens_equal_those_of_hugging_face() throws {
    let tokenizer = try LlamaModel(Fixture.tiny, vocabularyOnly: true).tokenizer
    let encodings = try Fixture.encodings()
    #expect(encodings.count >= 8)
    for (text, ids) in encodings { #expect(try tokenizer.encode(text) == ids, "\(text)") }
    for entry in try Fixture.cases() {
      #expect(try tokenizer.encode(entry.prompt, parseSpecial: true) == entry.ids)
    }
  }

  @Test func decoding_undoes_encoding() throws {
    let tokenizer = try LlamaModel(Fixture.tiny, vocabularyOnly: true).tokenizer
    for (text, ids) in try Fixture.encodings() {
      #expect(tokenizer.decode(ids).utf8.elementsEqual(text.utf8))
    }
  }

  @Test func logits_equal_those_of_pytorch() throws {
    let model = try LlamaModel(Fixture.tiny)
    for entry in try Fixture.cases() {
      let logits = try LogitProbe(model).logits(entry.ids)
      let last = try #require(logits.last)
      #expect(last.count == entry.logits.count)
      #expect(largestDifference(last, entry.logits) < tolerance)
    }
  }

  @Test func logits_with_an_adapter_equal_those_of_pytorch() throws {
    let model = try LlamaModel(Fixture.tiny)
    let adapter = try LoRAAdapterHandle(Fixture.tinyAdapter, for: model)
    for entry in try Fixture.cases() {
      let last = try #require(try LogitProbe(model, adapter: adapter).logits(entry.ids).last)
      #expect(largestDifference(last, entry.adaptedLogits) < tolerance)
      #expect(largestDifference(last, entry.logits) > 10 * tolerance)
    }
  }

  @Test func an_adapter_at_scale_zero_changes_nothing() throws {
    let model = try LlamaModel(Fixture.tiny)
    let adapter = try LoRAAdapterHandle(Fixture.tinyAdapter, for: model)
    let entry = try #require(try Fixture.cases().first)
    let last = try #require(
      try LogitProbe(model, adapter: adapter, scale: 0).logits(entry.ids).last)
    #expect(largestDifference(last, entry.logits) < tolerance)
  }

  @Test func greedy_text_equals_that_of_pytorch() async throws {
    let model = try Fixture.model()
    for entry in try Fixture.cases() {
      let generation = try await model.generate(
        GenerationRequest(input: .text(entry.prompt), maxTokens: 24))
      #expect(generation.text == model.detokenize(entry.greedyIDs))
      #expect(generation.usage.promptTokens == entry.ids.count)
      #expect(generation.usage.completionTokens == entry.greedyIDs.count)
    }
  }

  @Test func log_likelihoods_equal_those_of_pytorch() async throws {
    let model = try LocalModel(
      modelPath: Fixture.tiny,
      configuration: RuntimeConfiguration(slots: 2, threads: 1, cache: .f32))
    for entry in try Fixture.cases() {
      for split in 1..<entry.ids.count {
        let context = model.detokenize(Array(entry.ids[..<split]), special: true)
        let continuation = model.detokenize(Array(entry.ids[split...]), special: true)
        // Splits inside a character cannot be written as two texts.
        guard !context.contains("\u{FFFD}"), !continuation.contains("\u{FFFD}"),
          try model.tokenize(context, parseSpecial: true) == Array(entry.ids[..<split])
        else { continue }
        let score = try await model.score(context: context, continuations: [continuation])
        // Space at the end of the context is scored with the continuation.
        let first = entry.ids.count - score[0].tokens
        let moved = model.detokenize(Array(entry.ids[min(first, split)..<split]), special: true)
        #expect(first <= split && moved.allSatisfy(\.isWhitespace))
        let expected = entry.logLikelihoods[(first - 1)...].reduce(0, +)
        #expect(abs(score[0].logLikelihood - expected) < 1e-3)
      }
    }
  }
}
