import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

/// The model that the repository brings along, on problems that it was not trained with.
@Suite struct SampleModelTests {
  private static let root = Fixture.folder.removingLastComponent().removingLastComponent()
    .removingLastComponent()

  private func problems(_ count: Int) throws -> [(text: String, label: JSONValue?)] {
    let path = Self.root.appending("registry/data/test-2015.ndjson")
    return try String(contentsOfFile: path.string, encoding: .utf8)
      .split(separator: "\n").prefix(count)
      .map { try JSONValue(parsing: String($0)) }
      .map { ($0["problem"]?.string ?? "", $0["label"]) }
  }

  private func request(_ problem: String) -> GenerationRequest {
    GenerationRequest(input: .chat([ChatMessage(role: .user, content: problem)]), maxTokens: 64)
  }

  @Test func korean_problems_survive_the_tokeniser() throws {
    let tokenizer = try LlamaModel(
      Self.root.appending("registry/models/labeler-base.gguf"), vocabularyOnly: true
    ).tokenizer
    for (text, _) in try problems(500) {
      #expect(try tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
    }
  }

  @Test func it_answers_with_labels_alone_as_in_company() async throws {
    let model = try LocalModel(
      modelPath: Self.root.appending("registry/models/labeler-base.gguf"),
      configuration: RuntimeConfiguration(slots: 8))
    let problems = try problems(24)
    let together = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (index, problem) in problems.enumerated() {
        group.addTask { (index, try await model.generate(request(problem.text)).text) }
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    var right = 0
    for (index, problem) in problems.enumerated() {
      let answer = try await model.generate(request(problem.text)).text
      #expect(together[index] == answer)
      let label = try JSONValue(parsing: answer)
      #expect(label["대분류"]?.string != nil)
      if label == problem.label { right += 1 }
    }
    #expect(right > problems.count / 3)
  }

  /// Sampling shows the last bits of sums, which depend on how many tokens are computed at once.
  @Test func a_sampled_text_depends_on_its_request_alone_where_prompts_are_not_used_again()
    async throws
  {
    func model() throws -> LocalModel {
      try LocalModel(
        modelPath: Self.root.appending("registry/models/labeler-base.gguf"),
        configuration: RuntimeConfiguration(slots: 1, reusesPrompts: false))
    }
    func ask(_ model: LocalModel, _ problem: String, _ seed: UInt32) async throws -> String {
      var request = request(problem)
      request.maxTokens = 24
      request.sampling = Sampling(temperature: 2, seed: seed)
      return try await model.generate(request).text
    }
    let problems = try problems(12).map(\.text)
    let (one, other) = (try model(), try model())
    var forwards: [String] = []
    for problem in problems {
      for seed: UInt32 in 0..<4 { forwards.append(try await ask(one, problem, seed)) }
    }
    var backwards: [String] = []
    for problem in problems.reversed() {
      for seed: UInt32 in (0..<4).reversed() {
        backwards.append(try await ask(other, problem, seed))
      }
    }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards).count > 24)
  }
}
