import Deployment
import MLOpsCore
import MLOpsTestKit
import Synchronization
import Testing

@Suite struct ServingFollowerTests {
  let first = ScriptedReleases.digest("first")
  let second = ScriptedReleases.digest("second")

  /// A registry that is one variable.
  final class Registry: Sendable {
    struct Gone: Failure {
      let code = "test.gone"
      let kind = FailureKind.unavailable
      let message = "The registry does not answer."
    }
    private let state = Mutex<Result<ServedGeneration?, Gone>>(.success(nil))
    func point(_ number: Int, at release: Digest) {
      state.withLock { $0 = .success(ServedGeneration(number: number, release: release)) }
    }
    func fail() { state.withLock { $0 = .failure(Gone()) } }
    func read() throws -> ServedGeneration? { try state.withLock { $0 }.get() }
  }

  private func follower(
    _ source: ScriptedReleases, _ registry: Registry,
    report: @escaping @Sendable (GenerationFollower.Event) -> Void = { _ in }
  ) throws -> GenerationFollower {
    GenerationFollower(
      try source.makeSwitch(), source: { try registry.read() }, interval: .milliseconds(10),
      report: report)
  }

  @Test func aPromotionIsServedWithoutANudge() async throws {
    let registry = Registry()
    let follower = try follower(ScriptedReleases(), registry)
    let task = Task { await follower.run() }
    defer { task.cancel() }
    registry.point(1, at: first)
    #expect(await eventually { follower.releases.serving?.release == first })
    registry.point(2, at: second)
    #expect(await eventually { follower.releases.serving?.release == second })
  }

  @Test func aNudgeIsServedAtOnce() async throws {
    let registry = Registry()
    let follower = try follower(ScriptedReleases(), registry)
    #expect(try await follower.sync().serving == nil)
    registry.point(1, at: first)
    let outcome = try await follower.sync()
    #expect(outcome.swapped)
    #expect(outcome.serving == ServedGeneration(number: 1, release: first))
    #expect(try await follower.sync().swapped == false)
  }

  @Test func aReleaseThatCannotBeLoadedLeavesTheOldOneServingAndIsSaid() async throws {
    let registry = Registry()
    let source = ScriptedReleases()
    let follower = try follower(source, registry)
    registry.point(1, at: first)
    try await follower.sync()
    source.setBroken(second, true)
    registry.point(2, at: second)
    await #expect(throws: ScriptedReleases.Broken()) { try await follower.sync() }
    #expect(follower.releases.serving?.release == first)
    #expect(follower.fault?.generation == ServedGeneration(number: 2, release: second))
    source.setBroken(second, false)
    try await follower.sync()
    #expect(follower.releases.serving?.release == second)
    #expect(follower.fault == nil)
  }

  @Test func aBrokenReleaseIsNotLoadedAtEveryLook() async throws {
    let registry = Registry()
    let source = ScriptedReleases()
    let reported = Mutex(0)
    let counter: @Sendable (GenerationFollower.Event) -> Void = { _ in
      reported.withLock { $0 += 1 }
    }
    let follower = try follower(source, registry, report: counter)
    source.setBroken(first, true)
    registry.point(1, at: first)
    let task = Task { await follower.run() }
    try await Task.sleep(for: .milliseconds(400))
    task.cancel()
    #expect(source.loads.count == 1)
    #expect(reported.withLock { $0 } == 1)
  }

  @Test func aRegistryThatDoesNotAnswerIsAFaultUntilItDoes() async throws {
    let registry = Registry()
    let follower = try follower(ScriptedReleases(), registry)
    registry.point(1, at: first)
    let task = Task { await follower.run() }
    defer { task.cancel() }
    #expect(await eventually { follower.releases.serving?.release == first })
    registry.fail()
    #expect(await eventually { follower.fault?.report.code == "test.gone" })
    #expect(follower.releases.serving?.release == first)
    registry.point(1, at: first)
    #expect(await eventually { follower.fault == nil })
  }
}
