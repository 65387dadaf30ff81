import Foundation
import MLOpsCore
import MLOpsTestKit
import Synchronization
import SystemPackage
import Testing

@testable import ModelRuntime

/// Lists as a whole: what fails, what is cancelled, what waits.
@Suite struct ListTests {
  @Test func `what cannot be answered fails alone`() async throws {
    let model = try BatchFixture.model(Fixture.tiny)
    let good = ModelRequest.score(ScoringRequest(input: .text("the sum"), continuations: [" is"]))
    let text = ModelRequest.generate(GenerationRequest(input: .text("the sum"), maxTokens: 4))
    let long = String(repeating: "1 ", count: 400)
    let requests: [ModelRequest] = [
      good,
      .score(ScoringRequest(input: .text(long), continuations: [" is"])),
      .score(ScoringRequest(input: .text("the sum"), continuations: [])),
      .score(ScoringRequest(input: .text("the sum"), continuations: [" is", ""])),
      .score(ScoringRequest(input: .chat([]), continuations: [" is"])),
      .generate(GenerationRequest(input: .text(long))),
      .generate(GenerationRequest(input: .text("a"), maxTokens: 0)),
      .rolling(text: ""),
      text, good,
    ]
    let answers = try await BatchFixture.answers(model, requests)
    let codes = answers.map { outcome -> String? in
      guard case .failure(let error) = outcome else { return nil }
      return (error as? RuntimeError)?.code
    }
    let invalid = "runtime.invalid_request"
    #expect(
      codes == [
        nil, "runtime.prompt_too_long", invalid, invalid, invalid, "runtime.prompt_too_long",
        invalid, invalid, nil, nil,
      ])
    #expect(try answers[0].get().0 == answers[9].get().0)
    #expect(try await BatchFixture.values(model, [good]) == [try answers[0].get().0])
    #expect(try await BatchFixture.answers(model, []).isEmpty)
  }

  @Test func `weights that are no numbers fail their requests and not the list`() async throws {
    let file = try GGUFFile(Fixture.tiny)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: Fixture.tiny.string)))
    // The row of one token: only texts with it are spoilt.
    let embedding = try #require(file.tensor("token_embd.weight"))
    let model = try LlamaModel(Fixture.tiny, vocabularyOnly: true)
    let token = try #require(try model.tokenizer.encode("x").first)
    let row = Int(embedding.offset) + Int(token) * 40 * 4
    for index in 0..<4 { bytes[row + index] = 0xFF }
    let scratch = try Scratch()
    let path = scratch.path.appending("nan.gguf")
    try Data(bytes).write(to: URL(filePath: path.string))
    let spoilt = try BatchFixture.model(path)
    func score(_ text: String) -> ModelRequest {
      .score(ScoringRequest(input: .text(text), continuations: ["7"]))
    }
    let generation = ModelRequest.generate(GenerationRequest(input: .text("x ="), maxTokens: 3))
    let answers = try await BatchFixture.answers(
      spoilt, [score("1 ="), score("x ="), score("2 ="), generation])
    let whole = try BatchFixture.model(Fixture.tiny)
    let expected = try await BatchFixture.values(whole, [score("1 ="), score("2 =")])
    #expect(try answers[0].get().0 == expected[0])
    #expect(try answers[2].get().0 == expected[1])
    for index in [1, 3] {
      #expect(throws: RuntimeError.notFinite) { try answers[index].get() }
    }
  }

  @Test(arguments: [BatchFixture.scorings, BatchFixture.generations, BatchFixture.texts])
  func `a cancelled list ends at once, and the next one is answered`(requests: [ModelRequest])
    async throws
  {
    let model = try BatchFixture.model()
    let many = (0..<400).flatMap { _ in requests }
    let seen = Mutex(0)
    let list = _Concurrency.Task {
      try await model.answer(many) { _, _ in seen.withLock { $0 += 1 } }
    }
    while seen.withLock({ $0 }) == 0 { try await _Concurrency.Task.sleep(for: .milliseconds(2)) }
    list.cancel()
    await #expect(throws: CancellationError.self) { try await list.value }
    #expect(seen.withLock { $0 } < many.count)
    #expect(try await BatchFixture.values(model, requests).count == requests.count)
  }

  @Test func `streams and lists wait for each other and come out as alone`() async throws {
    let model = try BatchFixture.model()
    guard case .generate(let request) = BatchFixture.generations[0] else { return }
    let alone = try await model.generate(request).text
    let requests = BatchFixture.all
    let expected = try await BatchFixture.values(model, requests)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let found = try await BatchFixture.values(model, requests)
          #expect(found == expected)
        }
        for _ in 0..<4 {
          group.addTask {
            let text = try await model.generate(request).text
            #expect(text == alone)
          }
        }
      }
      try await group.waitForAll()
    }
    await model.shutdown()
    await #expect(throws: RuntimeError.shutDown) {
      try await BatchFixture.values(model, requests)
    }
  }

  @Test func `timings cover every token`() async throws {
    let model = try BatchFixture.model()
    for outcome in try await BatchFixture.answers(model, BatchFixture.generations) {
      let (answer, timings) = try outcome.get()
      guard case .generated(let generation) = answer else { continue }
      let ended = generation.reason == .stop ? 1 : 0
      #expect(timings.tokenSeconds.count + 1 == generation.usage.completionTokens + ended)
      #expect(generation.likelihoods?.count == generation.usage.completionTokens + ended)
      #expect(timings.promptTokens == generation.usage.promptTokens)
      #expect(timings.firstToken > 0)
      let sum = timings.tokenSeconds.reduce(timings.firstToken, +)
      #expect(timings.total >= sum - 1e-6)
    }
  }

  @Test func `a context that does not fit is refused with its size`() throws {
    let file = try GGUFFile(Fixture.tiny)
    var shape = try RuntimeConfiguration(slots: 1, threads: 1).shape(for: file)
    shape.isUnified = true
    shape.context = 1 << 30
    let estimate = MemoryEstimate(file, adapter: nil, shape: shape)
    let error = #expect(throws: RuntimeError.self) {
      try estimate.checkBesideWeights(file, available: 1 << 30)
    }
    #expect(error?.code == "runtime.not_enough_memory")
    try MemoryEstimate(
      file, adapter: nil, shape: .init(context: 256, sequences: 1, batch: 64, threads: 1)
    )
    .checkBesideWeights(file, available: 1 << 30)
  }

  @Test func `a model without a way of its own answers one request at a time`() async throws {
    let model = ScriptedModel(["a", "b"])
    let requests: [ModelRequest] = (0..<40).map {
      $0 % 2 == 0
        ? .generate(GenerationRequest(input: .text("\($0)")))
        : .score(ScoringRequest(input: .chat([]), continuations: ["x", "yy"]))
    }
    let answers = try await BatchFixture.values(model, requests + [.rolling(text: "abc")])
    for (index, answer) in answers.dropLast().enumerated() {
      switch answer {
      case .generated(let generation): #expect(index % 2 == 0 && generation.text == "ab")
      case .scores(let scores): #expect(scores.map(\.logLikelihood) == [-1, -2])
      case .rolling: Issue.record("nobody asked for it")
      }
    }
    #expect(
      answers.last == .rolling(ContinuationScore(logLikelihood: -3, tokens: 3, isGreedy: false)))
  }
}
