import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import Synchronization
import SystemPackage
import Testing

@testable import Training

/// Whole trainings by DPO and KTO of the tiny model.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct PreferenceTrainerTests {
  private static func answer(_ index: Int, _ text: String) -> PromptedAnswer {
    .turns(
      prompt: [ChatMessage(role: .user, content: "row \(index)")],
      answer: [ChatMessage(role: .assistant, content: text)])
  }

  /// Of an even row "even" is right, of an odd one "홀수".
  private static let pairs: [TrainingExample] = (0..<12).map { index in
    let right = answer(index, index % 2 == 0 ? "even" : "홀수")
    let wrong = answer(index, index % 2 == 0 ? "홀수" : "even")
    return .pair(chosen: right, rejected: wrong)
  }

  private static let judged: [TrainingExample] = pairs.flatMap { pair -> [TrainingExample] in
    guard case .pair(let chosen, let rejected) = pair else { return [] }
    return [.judged(chosen, isGood: true), .judged(rejected, isGood: false)]
  }

  private func configuration(_ method: TrainingMethod, epochs: Int) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(method: method)
    configuration.rank = 4
    configuration.alpha = 8
    configuration.epochs = epochs
    configuration.batchTokens = 256
    configuration.learningRate = 1e-2
    configuration.threads = 2
    configuration.seed = 7
    return configuration
  }

  private func train(
    _ rows: [TrainingExample], _ configuration: TrainingConfiguration, to output: FilePath
  ) async throws -> (result: TrainingResult, steps: [TrainingStep]) {
    let seen = Mutex<[TrainingStep]>([])
    let result = try await Trainer.train(
      base: Reference.path("tiny-llama.gguf"), examples: rows, configuration: configuration,
      output: output
    ) { event in
      if case .step(let step) = event { seen.withLock { $0.append(step) } }
    }
    return (result, seen.withLock { $0 })
  }

  @Test(arguments: DPOSettings.Loss.allCases)
  func `DPO learns which answer is better`(loss: DPOSettings.Loss) async throws {
    let folder = try TemporaryFolder()
    var settings = DPOSettings()
    settings.loss = loss
    let (result, steps) = try await train(
      Self.pairs, configuration(.dpo(settings), epochs: 15), to: folder.file("a.gguf"))
    #expect(abs(steps[0].metrics["rewards/margins"] ?? .nan) < 1e-4)
    #expect(result.metrics["rewards/accuracies"] == 1)
    #expect(result.metrics["rewards/margins"] ?? 0 > 0.5)
    #expect(result.finalLoss < 0.7 * result.firstLoss)
    #expect(result.rows == 12)
    let first = ["sigmoid": 0.6931, "ipo": 25, "hinge": 1][loss.rawValue]
    #expect(abs(result.firstLoss - (first ?? .nan)) < 1e-3)
  }

  @Test func `KTO learns which answers are good`() async throws {
    let folder = try TemporaryFolder()
    let (result, steps) = try await train(
      Self.judged, configuration(.kto(KTOSettings()), epochs: 20), to: folder.file("a.gguf"))
    // Rows are multiplied in other company than when the base was asked: rounding differs.
    #expect(abs(steps[0].loss - 0.5) < 1e-5)
    #expect(abs(steps[0].metrics["kl"] ?? .nan) < 1e-4)
    #expect(steps.contains { $0.metrics["kl"] ?? 0 > 0 })
    #expect(result.metrics["rewards/margins"] ?? 0 > 1)
    #expect(result.metrics["rewards/chosen"] ?? 0 > result.metrics["rewards/rejected"] ?? 0)
    #expect(result.finalLoss < 0.4)
    #expect(result.rows == 24)
  }

  @Test(arguments: [TrainingMethod.dpo(DPOSettings()), .kto(KTOSettings())])
  func `equal inputs and seed give an equal file`(method: TrainingMethod) async throws {
    let folder = try TemporaryFolder()
    let rows = method.name == .dpo ? Self.pairs : Self.judged
    for name in ["a.gguf", "b.gguf"] {
      _ = try await train(rows, configuration(method, epochs: 2), to: folder.file(name))
    }
    #expect(try folder.bytes("a.gguf") == folder.bytes("b.gguf"))
  }

  @Test func `the adapter that DPO leaves makes libllama prefer what was chosen`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.gguf")
    _ = try await train(Self.pairs, configuration(.dpo(DPOSettings()), epochs: 15), to: path)
    let model = try LlamaModel(Reference.path("tiny-llama.gguf"))
    let tokeniser = ExampleTokeniser(tokenizer: model.tokenizer)
    let base = try LogitProbe(model, adapter: nil, limit: 128)
    let trained = try LogitProbe(
      model, adapter: try LoRAAdapterHandle(path, for: model), limit: 128)
    func likelihood(_ example: TokenisedExample, _ probe: LogitProbe) throws -> Double {
      let logits = try probe.logits(Array(example.tokens.dropLast()))
      return logits.indices.filter { example.isAnswer[$0 + 1] }.reduce(0) { sum, place in
        let row = logits[place].map(Double.init)
        let highest = row.max() ?? 0
        let normaliser = highest + log(row.reduce(0) { $0 + exp($1 - highest) })
        return sum + row[Int(example.tokens[place + 1])] - normaliser
      }
    }
    for (index, pair) in Self.pairs.enumerated() {
      let gains = try tokeniser.tokenise(pair, row: index).map {
        try likelihood($0, trained) - likelihood($0, base)
      }
      #expect(gains[0] > gains[1] + 3, "row \(index)")
    }
  }

  @Test func `a pair counts the tokens of both sides and is left out as a whole`() async throws {
    let folder = try TemporaryFolder()
    let long = TrainingExample.pair(
      chosen: Self.answer(12, "even"), rejected: Self.answer(12, String(repeating: "b", count: 200))
    )
    let empty = TrainingExample.pair(
      chosen: .text(prompt: "a", answer: "b"), rejected: .text(prompt: "a", answer: ""))
    var configuration = configuration(.dpo(DPOSettings()), epochs: 1)
    configuration.batchTokens = 4096
    let (result, steps) = try await train(
      Self.pairs + [long, empty], configuration, to: folder.file("a.gguf"))
    #expect(result.tooLongRows == [13])
    #expect(result.answerlessRows == [14])
    #expect(result.rows == 12)
    let data = try TrainingData(
      base: Reference.path("tiny-llama.gguf"), examples: Self.pairs, configuration: configuration)
    #expect(data.examples.count == 24)
    #expect(steps.map(\.tokens) == [data.examples.reduce(0) { $0 + $1.length }])
  }

  @Test func `metrics are told in the events and the result by TRL's names`() async throws {
    let folder = try TemporaryFolder()
    let (result, steps) = try await train(
      Self.pairs, configuration(.dpo(DPOSettings()), epochs: 1), to: folder.file("a.gguf"))
    let names = ["rewards/accuracies", "rewards/chosen", "rewards/margins", "rewards/rejected"]
    #expect(steps.allSatisfy { $0.json["metrics"]?.object?.keys.sorted() == names })
    #expect(result.json["metrics"]?.object?.keys.sorted() == names)
  }
}
