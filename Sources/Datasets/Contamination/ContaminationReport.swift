public import JSON
import MLOpsCore

/// A case of a suite, by the text that a model must not have seen.
public struct SuiteText: Sendable, Equatable {
  public let id: String
  public let text: String

  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }
}

/// A row of training data that has a case of the suite in it.
public struct ContaminationHit: Sendable, Equatable {
  /// The first that holds is told.
  public enum Kind: String, Sendable, CaseIterable {
    /// The same text but for case, width, spaces and punctuation.
    case exact
    /// As similar as the options ask for.
    case nearDuplicate = "near_duplicate"
    /// A long run of the same words or characters.
    case run
  }

  /// A stretch that both texts have; ranges are in Unicode scalars.
  public struct Span: Sendable, Equatable {
    public let inCase: Range<Int>
    public let inRow: Range<Int>
    /// What both have there, each as it is spelled.
    public let caseExcerpt: Excerpt
    public let rowExcerpt: Excerpt
  }

  /// The beginning of a stretch of a text, with a little of what is around it.
  public struct Excerpt: Sendable, Equatable {
    public let before: String
    public let span: String
    public let after: String

    private static let context = 12
    private static let length = 120

    /// - Parameter range: in Unicode scalars from the start of the text.
    init(_ text: String, _ range: Range<Int>) {
      let scalars = text.unicodeScalars
      func part(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars.dropFirst(range.lowerBound).prefix(range.count)))
      }
      let start = max(0, range.lowerBound - Excerpt.context)
      let end = min(range.upperBound, range.lowerBound + Excerpt.length)
      before = (start > 0 ? "…" : "") + part(start..<range.lowerBound)
      span = part(range.lowerBound..<end) + (end < range.upperBound ? "…" : "")
      let rest = part(range.upperBound..<range.upperBound + Excerpt.context)
      let isAll = rest.unicodeScalars.count < Excerpt.context
      after = end < range.upperBound ? "" : rest + (isAll ? "" : "…")
    }

    /// With the stretch between angle quotes.
    public var text: String { "\(before)«\(span)»\(after)" }
  }

  public let kind: Kind
  public let caseID: String
  /// On which the row begins, from 1.
  public let line: Int
  /// The row's own name, where it has one.
  public let rowID: String?
  /// To the text in the row.
  public let pointer: String
  /// The Jaccard similarity of near duplicates; 1 for exact ones, nil for runs.
  public let similarity: Double?
  /// In the order of the row, at most eight; of near duplicates both texts as a whole.
  public let spans: [Span]

  public var text: String {
    let name = rowID.map { "line \(line) (\($0))" } ?? "line \(line)"
    let how =
      switch kind {
      case .exact: "is the same as"
      case .nearDuplicate: "is \(Quantity.percent(similarity ?? 0)) like"
      case .run: "shares a run with"
      }
    return "\(name) \(how) case \(caseID)"
  }

  public var json: JSONValue {
    func range(_ range: Range<Int>) -> JSONValue {
      [.integer(range.lowerBound), .integer(range.upperBound)]
    }
    return [
      "kind": .string(kind.rawValue), "case": .string(caseID), "line": .integer(line),
      "row": rowID.map { .string($0) } ?? .null, "pointer": .string(pointer),
      "similarity": similarity.map { .double(($0 * 10000).rounded() / 10000) } ?? .null,
      "spans": .array(
        spans.map {
          [
            "case": range($0.inCase), "row": range($0.inRow),
            "case_text": .string($0.caseExcerpt.span), "row_text": .string($0.rowExcerpt.span),
          ]
        }),
    ]
  }
}

/// How much of a suite is in some training data.
public struct ContaminationReport: Sendable, Equatable {
  /// Cases of the suite.
  public internal(set) var cases = 0
  /// Cases that are too short for a run, so that only equal or similar rows can hit them.
  public internal(set) var shortCases = 0
  /// Rows that are JSON.
  public internal(set) var rows = 0
  /// Rows that are no JSON.
  public internal(set) var defective = 0
  /// Rows with a hit.
  public internal(set) var contaminatedRows = 0
  /// The cases that were hit, by the strongest kind of hit.
  public internal(set) var caseKinds: [String: ContaminationHit.Kind] = [:]
  /// The first ones, at most as many as were asked for.
  public internal(set) var hits: [ContaminationHit] = []
  /// All of them.
  public internal(set) var hitCount = 0
  /// Runs of words that so many cases share that they are the suite's template.
  public internal(set) var templates = 0

  /// The share of cases that were hit, 0 to 1; 0 for an empty suite.
  public var rate: Double { cases > 0 ? Double(caseKinds.count) / Double(cases) : 0 }

  /// The cases that were hit, by name.
  public var contaminatedCases: [String] { caseKinds.keys.sorted() }

  /// One line of counts.
  public var summary: String {
    let counts = ContaminationHit.Kind.allCases.map { kind in
      "\(caseKinds.values.count { $0 == kind }) \(kind.rawValue)"
    }
    return
      "\(caseKinds.count) of \(Quantity.count(Int64(cases), of: "case")) (\(Quantity.percent(rate))) are in \(contaminatedRows) of \(Quantity.count(Int64(rows), of: "row")): \(counts.joined(separator: ", "))"
  }

  /// The hits with the stretches that match, each of the row above that of the case; then the counts.
  public var text: String {
    let lines = hits.flatMap { hit in
      [hit.text]
        + hit.spans.flatMap { ["  row   \($0.rowExcerpt.text)", "  case  \($0.caseExcerpt.text)"] }
    }
    let more = hitCount > hits.count ? ["… and \(hitCount - hits.count) more"] : []
    return (lines + more + [summary]).joined(separator: "\n")
  }

  public var json: JSONValue {
    [
      "cases": .integer(cases), "short_cases": .integer(shortCases), "rows": .integer(rows),
      "defective": .integer(defective), "contaminated_rows": .integer(contaminatedRows),
      "contaminated_cases": .object(caseKinds.mapValues { .string($0.rawValue) }),
      "rate": .double(rate), "templates": .integer(templates), "hit_count": .integer(hitCount),
      "hits": .array(hits.map(\.json)),
    ]
  }
}
