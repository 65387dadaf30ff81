public import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry

/// What a store's feedback says, in numbers.
public struct FeedbackStatistics: Sendable {
  /// Thumbs of one release, one rater, or all.
  public struct Thumbs: Sendable, Equatable {
    public internal(set) var up = 0
    public internal(set) var down = 0

    public var count: Int { up + down }

    /// The share of thumbs up; nil where there is no thumb.
    public var share: Double? { count == 0 ? nil : Double(up) / Double(count) }

    /// Between which shares the true one lies with 95 % confidence (Wilson's score interval; E. B.
    /// Wilson 1927).
    public var interval: ClosedRange<Double>? {
      guard let share else { return nil }
      let (n, z) = (Double(count), 1.959963984540054)
      let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
      let half =
        z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
      return max(0, middle - half)...min(1, middle + half)
    }

    mutating func add(_ rating: FeedbackRecord.Rating?) {
      if rating == .up { up += 1 }
      if rating == .down { down += 1 }
    }

    /// Keys: `up`, `down`, `share`, `low`, `high`.
    var document: JSONValue {
      [
        "up": .integer(up), "down": .integer(down), "share": share.map { .double($0) } ?? .null,
        "low": interval.map { .double($0.lowerBound) } ?? .null,
        "high": interval.map { .double($0.upperBound) } ?? .null,
      ]
    }
  }

  public let counts: FeedbackCounts
  public private(set) var thumbs = Thumbs()
  public private(set) var corrections = 0
  public private(set) var preferences = 0
  public private(set) var comments = 0
  /// By release; nil for records that name none.
  public private(set) var releases: [(release: Digest?, label: String?, thumbs: Thumbs)] = []
  /// Records and thumbs by rater, the most active first.
  public private(set) var raters: [(rater: String, records: Int, thumbs: Thumbs)] = []
  /// Records a week, the oldest first, without gaps.
  public private(set) var weeks: [(start: Date, records: Int)] = []

  /// - Throws: `RegistryError`.
  public init(registry: Registry) throws {
    guard let log = try registry.feedbackIfAny() else {
      counts = FeedbackCounts()
      return
    }
    counts = try log.counts()
    var byRelease: [Digest?: Thumbs] = [:]
    var byRater: [String: (records: Int, thumbs: Thumbs)] = [:]
    var byWeek: [Int: Int] = [:]
    try log.forEach { entry in
      let record = entry.record
      thumbs.add(record.rating)
      byRelease[record.release, default: Thumbs()].add(record.rating)
      if record.corrected != nil { corrections += 1 }
      if record.preference != nil { preferences += 1 }
      if record.comment != nil { comments += 1 }
      if let rater = record.rater {
        byRater[rater, default: (0, Thumbs())].records += 1
        byRater[rater, default: (0, Thumbs())].thumbs.add(record.rating)
      }
      byWeek[FeedbackStatistics.week(of: entry.judgedAt), default: 0] += 1
    }
    releases = try byRelease.map { release, thumbs in
      (release, try release.flatMap { try FeedbackStatistics.label($0, registry) }, thumbs)
    }.sorted { ($1.thumbs.count, $0.label ?? "~") < ($0.thumbs.count, $1.label ?? "~") }
    raters = byRater.map { ($0.key, $0.value.records, $0.value.thumbs) }
      .sorted { ($1.records, $0.rater) < ($0.records, $1.rater) }
    if let first = byWeek.keys.min(), let last = byWeek.keys.max() {
      // A mistyped year must not make a line of thousands of weeks.
      weeks = (max(first, last - 519)...last).map { week in
        (FeedbackStatistics.start(of: week), byWeek[week] ?? 0)
      }
    }
  }

  private static func label(_ release: Digest, _ registry: Registry) throws -> String? {
    try registry.lineage(of: release, direction: .ancestors).nodes.first?.version?.label
  }

  // 1970-01-01 was a Thursday; weeks begin on Monday.
  private static let weekLength = 7 * 86_400.0
  private static let firstMonday = 4 * 86_400.0

  private static func week(of date: Date) -> Int {
    Int(((date.timeIntervalSince1970 - firstMonday) / weekLength).rounded(.down))
  }

  private static func start(of week: Int) -> Date {
    Date(timeIntervalSince1970: Double(week) * weekLength + firstMonday)
  }

  /// Keys: `records`, `forgotten`, `consent`, `thumbs`, `corrections`, `preferences`, `comments`,
  /// `releases`, `raters`, `weeks`.
  public var document: JSONValue {
    let present = counts.records - counts.forgotten
    return [
      "records": .integer(present), "forgotten": .integer(counts.forgotten),
      "consent": [
        "given": .integer(counts.given), "refused": .integer(counts.refused),
        "unknown": .integer(present - counts.given - counts.refused),
      ],
      "thumbs": thumbs.document, "corrections": .integer(corrections),
      "preferences": .integer(preferences), "comments": .integer(comments),
      "releases": .array(
        releases.map {
          [
            "release": $0.release.map { .string($0.description) } ?? .null,
            "reference": $0.label.map { .string($0) } ?? .null, "thumbs": $0.thumbs.document,
          ]
        }),
      "raters": .array(
        raters.map {
          [
            "rater": .string($0.rater), "records": .integer($0.records),
            "thumbs": $0.thumbs.document,
          ]
        }),
      "weeks": .array(
        weeks.map {
          ["start": .string(UTCTime.text($0.start)), "records": .integer($0.records)]
        }),
    ]
  }
}
