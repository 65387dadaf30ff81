import JSON
public import MLOpsCore

/// What one release answered.
public struct SuiteRun: Sendable, Hashable {
  /// One case's outcome.
  public enum Outcome: Sendable, Hashable {
    /// The model answered; `numbers` holds what each of the suite's metrics says of it, in the
    /// suite's order, nil where a metric has nothing to say.
    case answered([Sample], numbers: [[Double]?])
    /// The case could not be run; the reason is a sentence.
    case failed(reason: String)
  }

  /// How people call the release.
  public let label: String
  /// The digest of the release.
  public let release: Digest
  /// In the order of the suite's cases, one for each.
  public internal(set) var outcomes: [Outcome]
  /// The sampling seed of every case's first answer.
  public let seed: UInt32
  /// Bytes of the release's files, where known.
  public let bytes: Int64?
  /// How many answers were those of an earlier run.
  public let answersFound: Int
  /// What the model was asked, the samples of one case after the other; empty where nobody wanted to know.
  let requests: [ModelRequest]

  public init(
    label: String, release: Digest, outcomes: [Outcome], seed: UInt32, bytes: Int64? = nil,
    answersFound: Int = 0, requests: [ModelRequest] = []
  ) {
    self.label = label
    self.release = release
    self.outcomes = outcomes
    self.seed = seed
    self.bytes = bytes
    self.answersFound = answersFound
    self.requests = requests
  }
}

extension SuiteRun.Outcome {
  /// What a model's answers to a case come to.
  public init(_ samples: [Sample], to one: SuiteCase, of suite: Suite) {
    self = .answered(
      samples, numbers: suite.metrics.map { $0.definition.numbers(of: samples, one) })
  }

  /// What the metric at a place in the suite says; nil where nothing.
  func numbers(_ metric: Int) -> [Double]? {
    if case .answered(_, let numbers) = self { numbers[metric] } else { nil }
  }

  /// The answers; empty where the case failed to run.
  public var samples: [Sample] {
    if case .answered(let samples, _) = self { samples } else { [] }
  }

  /// What the model wrote first, or the choice it took; nil where the case failed to run.
  public var output: String? {
    samples.first.map { sample in
      sample.output ?? sample.answer.value.map { $0.string ?? $0.canonical } ?? ""
    }
  }

  /// Why the first output is no answer.
  public var unreadable: String? { samples.first?.answer.reason }

  /// Why the case failed to run.
  public var failure: String? { if case .failed(let reason) = self { reason } else { nil } }
}
