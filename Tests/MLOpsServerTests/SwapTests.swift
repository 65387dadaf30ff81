import Deployment
import HTTPTypes
import HummingbirdTesting
import JSON
import MLOpsCore
import MLOpsServer
import MLOpsTestKit
import Synchronization
import Testing

@Suite struct SwapTests {
  /// Every model it made, each saying its release's name in every piece.
  final class Models: Sendable {
    private let all = Mutex<[ScriptedModel]>([])
    static let pieces = 12

    func load(_ digest: Digest) -> PreparedRelease {
      let stamps = (0..<Models.pieces).map { "\(digest.short):\($0) " }
      let model = ScriptedModel(stamps, delay: .milliseconds(1))
      all.withLock { $0.append(model) }
      return PreparedRelease(digest: digest, model: ServableScript(script: model))
    }

    var list: [ScriptedModel] { all.withLock { $0 } }

    static func answer(of release: Digest) -> String {
      (0..<pieces).map { "\(release.short):\($0) " }.joined()
    }
  }

  /// Whether the clients go on.
  final class Load: Sendable {
    private let isOver = Atomic(false)
    var goesOn: Bool { !isOver.load(ordering: .relaxed) }
    func end() { isOver.store(true, ordering: .relaxed) }
  }

  static func release(_ number: Int) -> Digest { Digest(of: "release \(number % 3)".utf8) }

  @Test(arguments: [0, 1])
  func twentySwapsUnderConstantLoadLoseNoAnswerAndMixNone(keptPrevious: Int) async throws {
    let models = Models()
    let server = try TestServer(keptPrevious: keptPrevious) { models.load($0) }
    server.point(1, at: SwapTests.release(1))
    try await server.follower.sync()
    let header = try #require(HTTPField.Name("x-mlops-release"))
    let answered = try await server.test(.ahc()) { client in
      let load = Load()
      return try await withThrowingTaskGroup(of: Int.self) { group in
        for worker in 0..<8 {
          group.addTask {
            var answered = 0
            while load.goesOn || answered < 13 {
              let streams = (worker + answered).isMultiple(of: 2)
              let response = try await client.chat(.hello.with(["stream": .bool(streams)]))
              try #require(response.status == .ok)
              let release = try Digest(try #require(response.headers[header]))
              try #require(text(of: response, streams: streams) == Models.answer(of: release))
              answered += 1
            }
            return answered
          }
        }
        for generation in 2...21 {
          try await Task.sleep(for: .milliseconds(20))
          server.point(generation, at: SwapTests.release(generation))
          try await server.follower.sync()
        }
        load.end()
        return try await group.reduce(0, +)
      }
    }
    #expect(answered >= 100)
    #expect(server.follower.releases.status.swaps == 21)
    await server.follower.releases.close()
    #expect(models.list.allSatisfy { $0.counts.shutdowns == 1 && $0.counts.violations == 0 })
  }

  @Test func aStreamThatBeganBeforeASwapEndsWithItsOwnRelease() async throws {
    let models = Models()
    let server = try TestServer(keptPrevious: 0) { models.load($0) }
    server.point(1, at: SwapTests.release(1))
    try await server.follower.sync()
    try await server.test(.router) { client in
      async let early = client.chat(.hello.with(["stream": true]))
      let old = try #require(models.list.first)
      #expect(await eventually { old.counts.running == 1 })
      server.point(2, at: SwapTests.release(2))
      try await server.follower.sync()
      let late = try await client.chat(.hello)
      #expect(late.json.answer == Models.answer(of: SwapTests.release(2)))
      let text = try await text(of: early, streams: true)
      #expect(text == Models.answer(of: SwapTests.release(1)))
      #expect(await eventually { old.counts.shutdowns == 1 })
      #expect(old.counts.violations == 0)
    }
  }

  private func text(of response: TestResponse, streams: Bool) -> String? {
    guard streams else { return response.json.answer }
    guard response.events.last == .null else { return nil }
    return response.events.compactMap { $0.delta?["content"]?.string }.joined()
  }
}
