import Foundation

/// Why a text is no regular expression.
public struct InvalidPattern: Error, Sendable, Hashable {
  /// The text.
  public let pattern: String
  /// What is wrong with it, a phrase without a full stop.
  public let reason: String
}

/// A regular expression (ICU's syntax, as in Foundation) whose search ends after bounded work.
///
/// A backtracking matcher may take exponential time, and a model's output is the place to find the
/// text that makes it. ICU reports each place where it begins to match and every 10,000 steps
/// within a match: the search gives up after one report for each UTF-16 unit of the text and
/// `spareReports` more. A hopeless pattern costs less than a second on a short text, and some 20 s
/// at worst on the longest one. Reports are counted, not time, so that the outcome is the same on
/// each machine. It also gives up where the text is longer than `longestText` and where ICU's stack
/// of 8 MB is full. Having given up is neither a match nor none.
public struct BoundedPattern: Sendable, Hashable, CustomStringConvertible {
  /// What a search came to.
  public enum Outcome: Sendable, Hashable {
    /// The match and its groups, 0 being the whole; nil for a group that took no part.
    case found([String?])
    case absent
    /// The search gave up.
    case tooCostly
  }

  /// Which of several matches is meant.
  public enum Pick: String, Sendable, Hashable, CaseIterable { case first, last }

  /// The pattern as written.
  public let source: String
  private let expression: NSRegularExpression

  /// The longest pattern, in UTF-8 bytes.
  public static let longestPattern = 4_096
  /// The longest text that is searched, in UTF-16 units.
  public static let longestText = 65_536
  /// How much more than going over the text once a search may cost, in reports of 10,000 steps.
  static let spareReports = 2_000

  /// - Parameter ignoresCase: As if it began with `(?i)`.
  /// - Throws: `InvalidPattern`.
  public init(_ source: String, ignoresCase: Bool = false) throws(InvalidPattern) {
    guard source.utf8.count <= BoundedPattern.longestPattern else {
      throw InvalidPattern(
        pattern: source, reason: "it is longer than \(BoundedPattern.longestPattern) bytes")
    }
    let options: NSRegularExpression.Options = ignoresCase ? [.caseInsensitive] : []
    guard let expression = try? NSRegularExpression(pattern: source, options: options) else {
      throw InvalidPattern(pattern: source, reason: "it is no regular expression of ICU")
    }
    self.source = source
    self.expression = expression
  }

  public var description: String { source }

  /// Looks for the pattern anywhere in a text; of several matches, none overlapping, the one meant.
  public func search(_ text: String, for pick: Pick = .first) -> Outcome {
    let units = text.utf16.count
    guard units <= BoundedPattern.longestText else { return .tooCostly }
    var found: NSTextCheckingResult?
    var reports = units + BoundedPattern.spareReports
    var gaveUp = false
    expression.enumerateMatches(
      in: text, options: [.reportProgress, .reportCompletion],
      range: NSRange(location: 0, length: units)
    ) { match, flags, stop in
      if let match {
        found = match
        if pick == .first { stop.pointee = true }
      }
      if flags.contains(.internalError) { gaveUp = true }
      if flags.contains(.progress) {
        reports -= 1
        if reports < 0 {
          gaveUp = true
          stop.pointee = true
        }
      }
    }
    if gaveUp, found == nil || pick == .last { return .tooCostly }
    guard let found else { return .absent }
    return .found(
      (0..<found.numberOfRanges).map { group in
        Range(found.range(at: group), in: text).map { String(text[$0]) }
      })
  }

  public static func == (left: BoundedPattern, right: BoundedPattern) -> Bool {
    left.source.utf8.elementsEqual(right.source.utf8)
      && left.expression.options == right.expression.options
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(ExactText(source)) }
}
