import Foundation
import MLOpsCore
import Testing

@testable import ModelRuntime

@Suite struct EngineTests {
  private let prompts = [
    "the sum", "사과가 3개 있습니다", "1 + 2 =", "a", "도형과 측정, 수와 연산", "문제를 풀어 보세요 the",
    "x y z", "seven is", "보세요", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19",
  ]

  private func texts(_ model: LocalModel, _ requests: [GenerationRequest]) async throws -> [String]
  {
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask { (index, try await model.generate(request).text) }
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        .sorted { $0.key < $1.key }.map(\.value)
    }
  }

  @Test(arguments: [1, 3, 8], [32, 512])
  func requests_together_give_the_texts_each_gives_alone(slots: Int, batch: Int) async throws {
    var alone: [String] = []
    for prompt in prompts {
      let model = try Fixture.model(slots: 1)
      alone.append(
        try await model.generate(GenerationRequest(input: .text(prompt), maxTokens: 20)).text)
    }
    let model = try Fixture.model(slots: slots, batch: batch)
    let requests = prompts.map { GenerationRequest(input: .text($0), maxTokens: 20) }
    #expect(try await texts(model, requests) == alone)
    // Again, over what the slots still hold.
    #expect(try await texts(model, requests.reversed()) == alone.reversed())
    #expect(Set(alone).count > 5)
  }

  @Test func a_seed_gives_the_same_text_and_another_gives_another() async throws {
    let model = try Fixture.model()
    func run(_ seed: UInt32) async throws -> String {
      try await model.generate(
        GenerationRequest(
          input: .text("the sum"), maxTokens: 24,
          sampling: Sampling(temperature: 1.5, topP: 0.95, topK: 50, seed: seed))
      ).text
    }
    let first = try await run(7)
    #expect(try await run(7) == first)
    #expect(try await run(8) != first)
    let other = try Fixture.model(slots: 2)
    let again = try await other.generate(
      GenerationRequest(
        input: .text("the sum"), maxTokens: 24,
        sampling: Sampling(temperature: 1.5, topP: 0.95, topK: 50, seed: 7)))
    #expect(again.text == first)
  }

  @Test func pieces_are_whole_scalars_and_add_up_to_the_text() async throws {
    let model = try Fixture.model()
    for seed in 0..<20 as Range<UInt32> {
      let request = GenerationRequest(
        input: .text("사과"), maxTokens: 60,
        sampling: Sampling(temperature: 2, seed: seed))
      var pieces: [String] = []
      var finished = 0
      for try await event in model.stream(request) {
        switch event {
        case .text(let piece): pieces.append(piece)
        case .finished: finished += 1
        }
      }
      #expect(finished == 1)
      #expect(pieces.allSatisfy { !$0.isEmpty })
      #expect(try await model.generate(request).text == pieces.joined())
    }
  }

  @Test func a_text_ends_before_a_stop_string_wherever_it_falls() async throws {
    let model = try Fixture.model()
    let whole = try await model.generate(
      GenerationRequest(input: .text("the sum"), maxTokens: 24))
    let scalars = Array(whole.text.unicodeScalars)
    for start in 0..<scalars.count - 4 {
      let stop = String(String.UnicodeScalarView(scalars[start..<start + 4]))
      let first = try #require(whole.text.range(of: stop, options: .literal))
      let stopped = try await model.generate(
        GenerationRequest(input: .text("the sum"), maxTokens: 24, stop: [stop]))
      #expect(stopped.text == String(whole.text[..<first.lowerBound]))
      #expect(stopped.reason == .stop)
    }
  }

  @Test func the_context_ends_a_text_with_length() async throws {
    let model = try LocalModel(
      modelPath: Fixture.tiny,
      configuration: RuntimeConfiguration(contextPerSequence: 16, slots: 2, threads: 1))
    let generation = try await model.generate(
      GenerationRequest(input: .text("the sum"), maxTokens: 1000))
    #expect(generation.reason == .length)
    #expect(generation.usage.promptTokens + generation.usage.completionTokens == 16)
  }

  @Test func a_prompt_that_is_too_long_is_refused_with_its_length() async throws {
    let model = try Fixture.model()
    let prompt = String(repeating: "1 ", count: 400)
    await #expect(throws: RuntimeError.promptTooLong(tokens: 800, limit: 255)) {
      try await model.generate(GenerationRequest(input: .text(prompt)))
    }
  }

  @Test func cancelling_ends_a_generation_and_frees_its_slot() async throws {
    let model = try Fixture.model(slots: 1)
    let request = GenerationRequest(input: .text("the sum"), maxTokens: 200)
    let consumer = _Concurrency.Task {
      var pieces = 0
      for try await event in model.stream(request) {
        if case .text = event { pieces += 1 }
        if pieces == 3 { break }
      }
    }
    try await consumer.value
    let waiting = _Concurrency.Task { try await model.generate(request) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    // The one slot is free again: this would wait for ever otherwise.
    let next = try await model.generate(GenerationRequest(input: .text("a"), maxTokens: 2))
    #expect(next.usage.completionTokens == 2)
  }

  @Test func a_shut_down_model_finishes_what_runs_and_takes_nothing_new() async throws {
    let model = try Fixture.model()
    let request = GenerationRequest(input: .text("the sum"), maxTokens: 40)
    let expected = try await model.generate(request).text
    var stream = model.stream(request).makeAsyncIterator()
    let first = try await stream.next()
    await model.shutdown()
    var text = ""
    if case .text(let piece) = first { text = piece }
    while let event = try await stream.next() {
      if case .text(let piece) = event { text += piece }
    }
    #expect(text == expected)
    await #expect(throws: RuntimeError.shutDown) { try await model.generate(request) }
  }

  @Test func scores_of_many_continuations_equal_those_of_each_alone() async throws {
    let model = try Fixture.model()
    let continuations = [" is seven", " 3", "을 풀어", " is", " of three and four"]
    let together = try await model.score(context: "the sum", continuations: continuations)
    for (index, continuation) in continuations.enumerated() {
      let alone = try await Fixture.model().score(context: "the sum", continuations: [continuation])
      #expect(abs(alone[0].logLikelihood - together[index].logLikelihood) < 1e-4)
      #expect(alone[0].tokens == together[index].tokens)
    }
    #expect(together.allSatisfy { $0.logLikelihood < 0 })
  }

  @Test func what_greedy_decoding_wrote_scores_as_greedy() async throws {
    let model = try Fixture.model()
    let tokenizer = model.tokenizer
    for prompt in prompts {
      let text = try await model.generate(
        GenerationRequest(input: .text(prompt), maxTokens: 6)
      ).text
      let joint = try tokenizer.encode(prompt + text, addSpecial: true)
      // Only where reading the text gives the tokens that were written.
      guard !text.isEmpty, !text.contains("\u{FFFD}"),
        joint.count == (try tokenizer.encode(prompt)).count + 6
      else { continue }
      let scores = try await model.score(context: prompt, continuations: [text, "zq"])
      #expect(scores[0].isGreedy)
      #expect(!scores[1].isGreedy)
    }
  }

  @Test(arguments: [
    GenerationRequest(input: .text("a"), maxTokens: 0),
    GenerationRequest(input: .text("a"), sampling: Sampling(temperature: -1)),
    GenerationRequest(input: .text("a"), sampling: Sampling(temperature: .nan)),
    GenerationRequest(input: .text("a"), sampling: Sampling(topP: 0)),
    GenerationRequest(input: .text("a"), sampling: Sampling(topK: -1)),
    GenerationRequest(input: .chat([])),
  ])
  func an_impossible_request_is_refused(_ request: GenerationRequest) async throws {
    let model = try Fixture.model()
    let error = await #expect(throws: RuntimeError.self) { try await model.generate(request) }
    #expect(error?.code == "runtime.invalid_request")
  }

  @Test func an_adapter_that_does_something_is_told_from_none() async throws {
    #expect(try await Fixture.model(adapter: true).adapterChangesOutput())
    #expect(try await !Fixture.model().adapterChangesOutput())
  }
}
