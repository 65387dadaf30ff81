import Foundation
import JSON
import MLOpsCore
import MLOpsTestKit
import Synchronization
import SystemPackage
import Testing

@testable import ModelRuntime

/// Models and requests for lists of many cases.
enum BatchFixture {
  /// The sample's labeler, F16, as wide as a super-block of the K quantisations.
  static let labeler = Fixture.folder.removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("registry/models/labeler-base.gguf")

  /// Every answer in the order of the requests; the test fails where one is missing or comes twice.
  static func answers(_ model: some LanguageModel, _ requests: [ModelRequest]) async throws
    -> [Result<(ModelAnswer, ModelTimings), any Error>]
  {
    let found = Mutex<[Int: [Result<(ModelAnswer, ModelTimings), any Error>]]>([:])
    try await model.answer(requests) { index, outcome in
      found.withLock { $0[index, default: []].append(outcome) }
    }
    let all = found.withLock { $0 }
    #expect(all.keys.sorted() == Array(requests.indices))
    #expect(all.values.allSatisfy { $0.count == 1 })
    return requests.indices.compactMap { all[$0]?.first }
  }

  /// As `answers`, none of which may have failed.
  static func values(_ model: some LanguageModel, _ requests: [ModelRequest]) async throws
    -> [ModelAnswer]
  {
    try await answers(model, requests).map { try $0.get().0 }
  }

  static func model(
    _ path: FilePath = labeler, slots: Int = 4, threads: Int = 1, cache: CacheType = .f16,
    context: Int? = nil, shares: Bool = true, isStrict: Bool = false
  ) throws -> LocalModel {
    try LocalModel(
      modelPath: path,
      configuration: RuntimeConfiguration(
        contextPerSequence: context, slots: slots, threads: threads, batch: 64, cache: cache,
        sharesPrefixes: shares, isStrict: isStrict))
  }

  private static let head =
    "다음 문제를 읽고 단원을 고르시오. 보기: 수와 연산, 도형과 측정, 변화와 관계, 자료와 가능성. "
    + "문제 1: 사과가 3개 있고 배가 4개 있습니다. 모두 몇 개입니까? 답: 수와 연산. "

  /// Questions over two few-shot heads, one without any, with one to five answers of one to many tokens.
  static let scorings: [ModelRequest] = (0..<12).map { index in
    let options = ["수와 연산", "도형과 측정의 넓이와 둘레", "변화", "자료와 가능성", " x"]
    let start = index % 4 == 3 ? "" : index % 2 == 0 ? head : "짧은 예. " + head
    let question =
      start + "문제 \(index): " + String(repeating: "색종이가 \(index)장 ", count: 1 + index % 5) + "답:"
    return .score(
      ScoringRequest(
        input: .text(question), continuations: Array(options.prefix(1 + index % options.count))))
  }

  static let generations: [ModelRequest] = (0..<9).map { index in
    let messages =
      (index % 3 == 0 ? [] : [ChatMessage(role: .system, content: head)]) + [
        ChatMessage(
          role: .user,
          content: String(repeating: "삼각형의 넓이 \(index) ", count: 1 + index * 7 % 5))
      ]
    return .generate(
      GenerationRequest(
        input: .chat(messages), maxTokens: 6 + index * 5 % 12,
        sampling: Sampling(temperature: index % 2 == 0 ? 0 : 1.5, seed: UInt32(index)),
        wantsLikelihoods: true))
  }

  static let texts: [ModelRequest] = [
    .rolling(text: "사과가 3개 있습니다. 배가 4개 있습니다."),
    .rolling(text: String(repeating: head, count: 5)),
  ]

  static let all = scorings + generations + texts

  /// `requests` in another order, which a seed gives.
  static func order(_ count: Int, seed: UInt64) -> [Int] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { ($0, generator.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// The labeler's weights in another form.
  static func quantised(_ mixture: ModelQuantisation.Mixture, in folder: FilePath) async throws
    -> FilePath
  {
    let target = folder.appending("\(mixture.rawValue).gguf")
    if mixture == .f16 { return labeler }
    _ = try await ModelQuantisation(source: labeler, mixture: mixture, threads: 1).run(to: target)
    return target
  }
}
