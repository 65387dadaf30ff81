import Dispatch
public import MLOpsCore
import Synchronization

/// Keeps a server at the generation that its environment points at.
///
/// The registry is the truth, and a nudge from `mlops promote` only makes the server look at it
/// sooner: where that command dies between its commit and the nudge, the next look finds the new
/// generation all the same. A release that cannot be loaded leaves the old one serving.
public final class GenerationFollower: Sendable {
  /// What a follower has to tell.
  public enum Event: Sendable {
    /// Another generation serves; `seconds` it took, the load included.
    case swapped(to: ServedGeneration, seconds: Double)
    /// The registry could not be read, or a generation cannot serve; told once for each cause.
    case failed(FailureReport, generation: ServedGeneration?)
  }

  /// Why a server does not serve what its environment points at.
  public struct Fault: Sendable {
    /// The generation that should serve; nil where the registry did not answer.
    public let generation: ServedGeneration?
    public let report: FailureReport
    let attempts: Int
    let retryAt: ContinuousClock.Instant
  }

  /// What a look at the registry led to.
  public struct Outcome: Sendable {
    /// Nil where nothing was promoted yet.
    public let serving: ServedGeneration?
    /// Whether the look changed it.
    public let swapped: Bool
    /// From the end of the load to the new release answering, in seconds.
    public let swapSeconds: Double
  }

  public let releases: ReleaseSwitch
  private let source: GenerationSource
  private let interval: Duration
  private let report: @Sendable (Event) -> Void
  private let current = Mutex<Fault?>(nil)
  private let queue = DispatchQueue(label: "mlops.generation-follower")

  /// - Parameters:
  ///   - interval: between two looks; above zero.
  ///   - report: is told about swaps and faults, for the log.
  public init(
    _ releases: ReleaseSwitch, source: @escaping GenerationSource,
    interval: Duration = .milliseconds(500), report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.releases = releases
    self.source = source
    self.interval = interval
    self.report = report
  }

  /// What keeps the server from the generation it should serve; nil where all is well.
  public var fault: Fault? { current.withLock { $0 } }

  /// Looks at the registry now, and makes its generation serve.
  ///
  /// - Throws: what the registry or the load throws; the old release goes on serving, and `fault`
  ///   says so from then on.
  @discardableResult
  public func sync() async throws -> Outcome { try await serve(try await look()) }

  /// Looks again and again until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      do {
        let generation = try await look()
        if isWorthTrying(generation) { try await serve(generation) }
      } catch {
        // Noted already; the next look may do better.
      }
      try? await Task.sleep(for: interval)
    }
  }

  private func look() async throws -> ServedGeneration? {
    do {
      return try await withCheckedThrowingContinuation { continuation in
        queue.async { [source] in continuation.resume(with: Result { try source() }) }
      }
    } catch {
      note(error, generation: nil)
      throw error
    }
  }

  @discardableResult
  private func serve(_ generation: ServedGeneration?) async throws -> Outcome {
    guard let generation, generation != releases.serving else {
      current.withLock { $0 = nil }
      return Outcome(serving: releases.serving, swapped: false, swapSeconds: 0)
    }
    do {
      let outcome = try await swap(to: generation)
      current.withLock { $0 = nil }
      return outcome
    } catch {
      note(error, generation: generation)
      throw error
    }
  }

  private func swap(to generation: ServedGeneration) async throws -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    var prepared = start
    var swapped: Bool?
    while swapped == nil {
      try Task.checkCancellation()
      try await releases.prepare(generation.release)
      prepared = clock.now
      // Nil where somebody prepared another release in between; the registry's word counts.
      swapped = try activate(generation)
    }
    let end = clock.now
    if swapped == true { report(.swapped(to: generation, seconds: (end - start).seconds)) }
    return Outcome(
      serving: releases.serving, swapped: swapped == true, swapSeconds: (end - prepared).seconds)
  }

  private func activate(_ generation: ServedGeneration) throws(ServingError) -> Bool? {
    do {
      return try releases.activate(generation)
    } catch {
      guard case .notPrepared = error else { throw error }
      return nil
    }
  }

  /// A release that failed to load is tried again ever more rarely, at least once a minute.
  private func isWorthTrying(_ generation: ServedGeneration?) -> Bool {
    guard let fault, fault.generation == generation else { return true }
    return ContinuousClock.now >= fault.retryAt
  }

  private func note(_ error: any Error, generation: ServedGeneration?) {
    if error is CancellationError { return }
    let failure = FailureReport(error)
    let isNew = current.withLock { fault in
      let before = fault.flatMap { $0.generation == generation ? $0 : nil }
      let attempts = (before?.attempts ?? 0) + 1
      fault = Fault(
        generation: generation, report: failure, attempts: attempts,
        retryAt: .now + .seconds(min(60, 1 << min(attempts, 6))))
      return before?.report.message != failure.message
    }
    if isNew { report(.failed(failure, generation: generation)) }
  }
}

extension Duration {
  /// The whole span in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
