public import Evaluation
public import Foundation
import JSON
public import MLOpsCore
import ModelRegistry

extension LiveTests {
  /// What a test is begun with.
  public struct Request: Sendable {
    public var name: ArtifactName
    /// A release, or a model or adapter that implies one in the environment.
    public var baseline: String
    public var candidate: String
    public var environment: EnvironmentName
    /// The share of subjects that gets the candidate.
    public var weight = 0.1
    public var outcome = LivePlan.Outcome.rating
    public var least = 0.0
    public var most = 1.0
    public var direction = LivePlan.Direction.higher
    public var margin: Double?
    public var alpha = 0.05
    public var minSubjects = 0
    /// By what another program has assigned; nil to draw one.
    public var id: String?
    /// Since when it has; nil for now.
    public var since: Date?
    public var reason = ""

    public init(
      name: ArtifactName, baseline: String, candidate: String, environment: EnvironmentName
    ) {
      self.name = name
      self.baseline = baseline
      self.candidate = candidate
      self.environment = environment
    }
  }

  /// Begins a test: one transaction, with its event.
  ///
  /// - Throws: `lifecycle.bad_option`, `lifecycle.bad_reference`, `lifecycle.same_release`,
  ///   `lifecycle.test_name_taken`, `lifecycle.test_runs`, and what resolving releases throws.
  public func start(_ request: Request) throws -> LiveTest {
    try request.check()
    let environment = try registry.knownEnvironment(request.environment)
    try refuse(request, among: try registry.runs(kind: RunRecord.comparison))
    let composer = ReleaseComposer(registry: registry)
    let baseline = try LifecycleError.naming("baseline") {
      try composer.candidate(request.baseline, for: environment)
    }
    let candidate = try LifecycleError.naming("candidate") {
      try composer.candidate(request.candidate, for: environment)
    }
    guard baseline.digest != candidate.digest else {
      throw LifecycleError.liveTest(.sameRelease(baseline.label, candidate.label))
    }
    let plan = request.plan(
      baseline: try composer.register(baseline), candidate: try composer.register(candidate))
    var parameters = plan.json.object ?? [:]
    parameters["reason"] = .string(request.reason)
    return try LiveTest(
      registry.beginRun(
        kind: RunRecord.comparison, parameters: .object(parameters),
        inputs: [
          Ingredient(role: "baseline", digest: plan.baseline.digest),
          Ingredient(role: "candidate", digest: plan.candidate.digest),
        ], code: Provenance.here, check: { try refuse(request, among: $0) }))
  }

  private func refuse(_ request: Request, among runs: [RunRecord]) throws {
    let tests = try runs.map(LiveTest.init)
    if tests.contains(where: { $0.plan.name == request.name.description }) {
      throw LifecycleError.liveTest(.nameTaken(request.name.description))
    }
    if let other = tests.first(where: {
      !$0.isStopped && $0.plan.environment == request.environment.description
    }) {
      throw LifecycleError.liveTest(
        .otherRuns(other.plan.name, environment: request.environment.description))
    }
    if let id = request.id, let other = tests.first(where: { $0.plan.id == id }) {
      throw LifecycleError.badOption(
        "id", reason: "the test '\(other.plan.name)' has it, and would assign the same subjects")
    }
  }
}

extension LiveTests.Request {
  fileprivate func check() throws(LifecycleError) {
    func require(_ holds: Bool, _ option: String, _ reason: String) throws(LifecycleError) {
      guard holds else { throw .badOption(option, reason: reason) }
    }
    // Below, an interval for a difference would need millions of subjects.
    try require(
      weight >= 0.001 && weight <= 0.999, "weight", "it is \(weight), expected 0.1% to 99.9%")
    try require(
      abs(least) <= 1e12 && abs(most) <= 1e12 && most - least >= 1e-12, "range",
      "it goes from \(least) to \(most), expected from a number to a larger one, both at most a million millions in size"
    )
    try require(
      outcome != .rating || (least == 0 && most == 1), "range",
      "it is \(least)..\(most), and thumbs are 0 or 1")
    try require(
      outcome != .rating || direction == .higher, "direction", "a thumb up is always better")
    if let margin {
      try require(
        margin > 0 && margin < most - least, "margin",
        "it is \(margin), expected above 0 and below the width of the range, \(most - least)")
    }
    try require(
      alpha >= 1e-6 && alpha <= 0.5, "alpha", "it is \(alpha), expected 0.000001 to 0.5")
    try require(
      minSubjects >= 0 && minSubjects <= 1_000_000_000, "min-subjects",
      "it is \(minSubjects), expected 0 to a billion")
    if let id {
      try require(
        LivePlan.isID(id), "id", "expected 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'")
    }
    if let since {
      try require(since <= Date(), "since", "\(UTCTime.text(since)) has not come yet")
    }
  }

  fileprivate func plan(baseline: VersionRecord, candidate: VersionRecord) -> LivePlan {
    LivePlan(
      name: name.description,
      id: id ?? UUID().uuidString.lowercased().replacing("-", with: ""),
      environment: environment.description,
      baseline: LivePlan.Side(label: baseline.label, digest: baseline.digest),
      candidate: LivePlan.Side(label: candidate.label, digest: candidate.digest), weight: weight,
      outcome: outcome, least: least, most: most, direction: direction, margin: margin,
      alpha: alpha, minSubjects: minSubjects, since: since ?? Date())
  }
}
