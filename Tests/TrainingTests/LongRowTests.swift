import MLOpsCore
import ModelRuntime
import Testing

@testable import Training

@Suite struct LongRowTests {
  private func example(_ marks: String, first: Int32 = 1) -> TokenisedExample {
    TokenisedExample(
      row: 1, tokens: marks.indices.enumerated().map { first + Int32($0.offset) },
      isAnswer: marks.map { $0 == "a" })
  }

  @Test func `what is cut off is the front of what was asked`() throws {
    let cut = try #require(example("qqqqqaa").end(of: 4, after: nil))
    #expect(cut.tokens == [4, 5, 6, 7])
    #expect(cut.isAnswer == [false, false, true, true])
  }

  @Test func `the beginning of the text stays`() throws {
    let cut = try #require(example("qqqqqaa", first: 1).end(of: 4, after: 1))
    #expect(cut.tokens == [1, 5, 6, 7])
  }

  @Test func `an answer that is cut into is not learned, a later one is`() throws {
    let cut = try #require(example("qaaaqqaa").end(of: 6, after: nil))
    #expect(cut.isAnswer == [false, false, false, false, true, true])
  }

  @Test func `an answer that leaves no room for its question is left out`() {
    #expect(example("qqaaaa").end(of: 4, after: nil) == nil)
    #expect(example("qqaaaa").end(of: 3, after: nil) == nil)
  }

  @Test func `a short row stays as it is`() throws {
    #expect(try #require(example("qqa").end(of: 3, after: nil)).tokens.count == 3)
  }

  private static let rows: [TrainingExample] = [
    .completion(prompt: "a", completion: "b"),
    .completion(prompt: String(repeating: "long ", count: 60), completion: "b"),
    .completion(prompt: "a", completion: String(repeating: "b ", count: 100)),
  ]

  private func data(_ longRows: TrainingConfiguration.LongRows) throws -> TrainingData {
    var settings = TrainerTests.configuration
    settings.maxLength = 32
    settings.longRows = longRows
    return try TrainingData(
      base: TrainerTests.base, examples: Self.rows, configuration: settings)
  }

  @Test func `long rows are dropped, cut off or refused, and told each way`() throws {
    let dropped = try data(.drop)
    #expect(dropped.examples.map(\.row) == [1])
    #expect(dropped.intake.tooLongRows == [2, 3])
    let truncated = try data(.truncate)
    #expect(truncated.examples.map(\.row) == [1, 2])
    #expect(truncated.intake.truncatedRows == [2])
    #expect(truncated.intake.tooLongRows == [3])
    #expect(truncated.examples.allSatisfy { $0.tokens.count <= 32 && $0.targets > 0 })
    #expect(throws: TrainingError.rowsTooLong([2, 3], maxLength: 32)) { try data(.refuse) }
  }

  @Test(
    arguments: [
      (["all-linear"], Set(TargetModule.allCases)),
      (["attention"], [.query, .key, .value, .output]),
      (["attn_q", "v_proj"], [.query, .value]),
      (["feed-forward", "q_proj"], [.gate, .up, .down, .query]),
    ] as [([String], Set<TargetModule>)])
  func `targets are groups and names of GGUF and PEFT`(
    words: [String], modules: Set<TargetModule>
  ) throws {
    #expect(try TargetModule.named(words) == modules)
  }

  @Test func `an unknown target is refused with the nearest`() {
    #expect {
      _ = try TargetModule.named(["q_porj"])
    } throws: { error in
      (error as? TrainingError)?.message.contains("did you mean 'q_proj'") == true
    }
    #expect(throws: TrainingError.self) { try TargetModule.named([]) }
  }
}
