public import Foundation
public import MLOpsCore

/// What a comparison on live traffic was begun with; it never changes.
public struct LivePlan: Sendable, Hashable {
  /// One of the two releases that are compared.
  public struct Side: Sendable, Hashable {
    /// `labeler@v7`.
    public var label: String
    public var digest: Digest

    public init(label: String, digest: Digest) {
      self.label = label
      self.digest = digest
    }
  }

  /// What is measured.
  public enum Outcome: Sendable, Hashable, CustomStringConvertible {
    /// Thumbs of the feedback log: 1 up, 0 down.
    case rating
    /// A number that was recorded, by its name.
    case proxy(String)

    /// Parses `rating` or `proxy:name`, the name of 1 to 64 letters, digits, `.`, `_` and `-`.
    public init?(_ text: String) {
      if text == "rating" {
        self = .rating
        return
      }
      let name = String(text.dropFirst("proxy:".count))
      guard text.hasPrefix("proxy:"), LivePlan.isID(name) else { return nil }
      self = .proxy(name)
    }

    public var description: String {
      switch self {
      case .rating: "rating"
      case .proxy(let name): "proxy:\(name)"
      }
    }
  }

  /// Which outcomes are good ones.
  public enum Direction: String, Sendable, Hashable, CaseIterable { case higher, lower }

  public var name: String
  /// What subjects are assigned by; see `LiveAssignment`.
  public var id: String
  public var environment: String
  public var baseline: Side
  public var candidate: Side
  /// The share of subjects that gets the candidate, 0 < weight < 1.
  public var weight: Double
  public var outcome: Outcome
  /// The least outcome that can be.
  public var least: Double
  /// The largest, above the least.
  public var most: Double
  public var direction: Direction
  /// The difference that does not matter, in the unit of the outcomes; nil where every one does.
  public var margin: Double?
  /// The chance that equal releases are ever called different, 0 < alpha ≤ 0.5.
  public var alpha: Double
  /// Subjects of both arms together before the candidate may be called better or equivalent; harm is
  /// told at once.
  public var minSubjects: Int
  /// When the assignment began: outcomes before it are none of the test.
  public var since: Date

  public init(
    name: String, id: String, environment: String, baseline: Side, candidate: Side,
    weight: Double = 0.1, outcome: Outcome = .rating, least: Double = 0, most: Double = 1,
    direction: Direction = .higher, margin: Double? = nil, alpha: Double = 0.05,
    minSubjects: Int = 0, since: Date
  ) {
    self.name = name
    self.id = id
    self.environment = environment
    self.baseline = baseline
    self.candidate = candidate
    self.weight = weight
    self.outcome = outcome
    self.least = least
    self.most = most
    self.direction = direction
    self.margin = margin
    self.alpha = alpha
    self.minSubjects = minSubjects
    self.since = since
  }

  /// Who gets which release.
  public var assignment: LiveAssignment { LiveAssignment(id: id, weight: weight) }

  /// Whether a text can be an id: 1 to 64 letters, digits, `.`, `_` and `-`.
  public static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || byte == 0x2E || byte == 0x5F || byte == 0x2D
      }
  }
}
