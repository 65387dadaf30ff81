import Deployment
import MLOpsCore
import MLOpsTestKit
import Synchronization

/// A scripted model that can serve.
struct ServableScript: ServableModel {
  let script: ScriptedModel

  func stream(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
    script.stream(request)
  }

  func score(context: String, continuations: [String]) async throws -> [ContinuationScore] {
    try await script.score(context: context, continuations: continuations)
  }

  func shutdown() async { await script.shutdown() }
}

/// Makes releases on demand and remembers every model that it loaded.
final class ScriptedReleases: Sendable {
  struct Broken: Error, Equatable {}
  struct MemoryShort: Failure {
    let code = "test.memory"
    let kind = FailureKind.exhausted
    let message = "No memory."
  }

  private struct State {
    var loads: [Digest] = []
    var models: [Digest: [ScriptedModel]] = [:]
    var broken: Set<Digest> = []
    var room = Int.max
  }

  private let state = Mutex(State())
  private let pieces: Int
  private let delay: Duration
  private let canaries: [Canary]

  /// - Parameters:
  ///   - pieces: how many pieces an answer has.
  ///   - delay: before each.
  init(pieces: Int = 3, delay: Duration = .zero, canaries: [Canary] = []) {
    self.pieces = pieces
    self.delay = delay
    self.canaries = canaries
  }

  static func digest(_ name: String) -> Digest { Digest(of: name.utf8) }

  var loads: [Digest] { state.withLock { $0.loads } }

  func models(_ digest: Digest) -> [ScriptedModel] { state.withLock { $0.models[digest] ?? [] } }

  var allModels: [ScriptedModel] { state.withLock { $0.models.values.flatMap { $0 } } }

  func setBroken(_ digest: Digest, _ isBroken: Bool) {
    state.withLock { state in
      if isBroken { state.broken.insert(digest) } else { state.broken.remove(digest) }
    }
  }

  /// How many models fit in memory.
  func setRoom(_ room: Int) { state.withLock { $0.room = room } }

  func load(_ digest: Digest) async throws -> PreparedRelease {
    let model = try state.withLock { state in
      state.loads.append(digest)
      if state.broken.contains(digest) { throw Broken() }
      let resident = state.models.values.joined().count { $0.counts.shutdowns == 0 }
      guard resident < state.room else { throw MemoryShort() }
      let stamps = (0..<pieces).map { "\(digest.short):\($0) " }
      let model = ScriptedModel(stamps, delay: delay)
      state.models[digest, default: []].append(model)
      return model
    }
    return PreparedRelease(
      digest: digest, model: ServableScript(script: model), canaries: canaries)
  }

  func makeSwitch(keptPrevious: Int = 1) throws -> ReleaseSwitch {
    ReleaseSwitch(
      environment: try EnvironmentName("production"), keptPrevious: keptPrevious,
      loader: { try await self.load($0) })
  }
}

extension ReleaseSwitch {
  /// Prepares and activates.
  func serve(_ name: String, as number: Int) async throws {
    let digest = ScriptedReleases.digest(name)
    try await prepare(digest)
    try activate(ServedGeneration(number: number, release: digest))
  }
}

extension GenerationRequest {
  static let hello = GenerationRequest(
    input: .chat([ChatMessage(role: .user, content: "hello")]))
}

/// Waits until something holds; false after five seconds.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<1000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}
