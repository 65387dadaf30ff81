import MLOpsCore

extension ReleaseSwitch {
  /// What the switch knows; every method is one step under its lock.
  ///
  /// Methods that let go of residents return them, so that they are retired outside the lock.
  struct State {
    enum Phase {
      case empty
      case serving(LiveRelease)
      case closed
    }

    enum Claim {
      case resident
      case loading(Digest, Task<Void, any Error>)
      case closed
    }

    private(set) var phase = Phase.empty
    /// Loaded, and waiting for its activation.
    private var prepared: ResidentRelease?
    /// Served before; the last to serve comes first.
    private var previous: [ResidentRelease] = []
    /// Retired, with requests in flight when last looked at.
    private var draining: [ResidentRelease] = []
    private var loading: (digest: Digest, task: Task<Void, any Error>)?
    private var swaps = 0

    var serving: ServedGeneration? {
      guard case .serving(let live) = phase else { return nil }
      return ServedGeneration(number: live.generation, release: live.digest)
    }

    /// Finds a release in memory, joins the load under way, or begins one.
    mutating func claim(_ digest: Digest, load: () -> Task<Void, any Error>) -> Claim {
      if case .closed = phase { return .closed }
      if resident(digest) != nil { return .resident }
      if let loading { return .loading(loading.digest, loading.task) }
      let task = load()
      loading = (digest, task)
      return .loading(digest, task)
    }

    /// Keeps what was loaded; returns what has to be retired.
    mutating func finishLoading(_ resident: ResidentRelease) -> ResidentRelease? {
      loading = nil
      if case .closed = phase { return resident }
      defer { prepared = resident }
      return prepared
    }

    mutating func failLoading() { loading = nil }

    /// Returns what has to be retired; nil where the generation is not newer.
    mutating func activate(
      _ generation: ServedGeneration, of environment: EnvironmentName, keeping kept: Int
    ) throws(ServingError) -> [ResidentRelease]? {
      if case .closed = phase { throw .closed(environment) }
      if let serving, generation.number <= serving.number { return nil }
      guard let next = resident(generation.release) else {
        throw .notPrepared(generation.release)
      }
      let last: ResidentRelease? = if case .serving(let live) = phase { live.resident } else { nil }
      phase = .serving(
        LiveRelease(environment: environment, generation: generation.number, resident: next))
      guard next !== last else { return [] }
      swaps += 1
      if prepared === next { prepared = nil }
      previous.removeAll { $0 === next }
      if let last { previous.insert(last, at: 0) }
      let retired = Array(previous.dropFirst(kept))
      previous.removeLast(retired.count)
      drain(retired)
      return retired
    }

    var hasSpares: Bool { prepared != nil || !previous.isEmpty }

    mutating func dropSpares() -> [ResidentRelease] {
      let dropped = previous + (prepared.map { [$0] } ?? [])
      previous = []
      prepared = nil
      drain(dropped)
      return dropped
    }

    mutating func close() -> (residents: [ResidentRelease], loading: Task<Void, any Error>?) {
      var residents = previous + draining
      if let prepared { residents.append(prepared) }
      if case .serving(let live) = phase { residents.append(live.resident) }
      let task = loading?.task
      self = State()
      phase = .closed
      draining = residents
      return (residents, task)
    }

    func status(of environment: EnvironmentName) -> ServingStatus {
      var residents: [ServingStatus.Resident] = []
      func note(_ resident: ResidentRelease, _ role: ServingStatus.Resident.Role) {
        residents.append(.init(release: resident.digest, role: role, inFlight: resident.inFlight))
      }
      if case .serving(let live) = phase { note(live.resident, .serving) }
      if let prepared { note(prepared, .prepared) }
      for resident in previous { note(resident, .previous) }
      for resident in draining where !resident.isFreed { note(resident, .draining) }
      return ServingStatus(
        environment: environment, serving: serving, residents: residents, swaps: swaps,
        loading: loading?.digest)
    }

    private func resident(_ digest: Digest) -> ResidentRelease? {
      if case .serving(let live) = phase, live.digest == digest { return live.resident }
      if let prepared, prepared.digest == digest { return prepared }
      return previous.first { $0.digest == digest }
    }

    private mutating func drain(_ retired: [ResidentRelease]) {
      draining.removeAll { $0.isFreed }
      draining += retired
    }
  }
}
