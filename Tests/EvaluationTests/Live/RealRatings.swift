import Foundation
import JSON
import MLOpsCore

@testable import Evaluation

/// Ratings that people really gave, with their dates.
struct RealRatings {
  /// One judgement; the value is 0 to 1, the day counts from 1970.
  struct Rating {
    let subject: Int
    let value: Double
    let day: Int
  }

  var ratings: [Rating] = []
  private var subjects: [String: Int] = [:]

  /// Thumbs of the sample: a subject is a rater on a day, as twelve raters are too few to compare; or
  /// the rater.
  static func sample(byDay: Bool) throws -> RealRatings {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../registry/data/feedback.ndjson")
    var result = RealRatings()
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let json = try JSONValue(parsing: String(line))
      // Some dates are no dates, and one rating is a number of stars.
      guard let rater = json["rater"]?.string,
        let date = json["date"]?.string.flatMap(UTCTime.date),
        let rating = json["rating"]?.string
      else { continue }
      let day = Int(date.timeIntervalSince1970 / 86_400)
      result.add(byDay ? "\(rater) \(day)" : rater, rating == "up" ? 1 : 0, day)
    }
    return result
  }

  /// Stars of 1 to 10, from a table of id, thing, date (`03.12.02`), stars and text: the last ones by
  /// their dates, a hundred to a day, as they are spread over many years.
  static func stars(_ path: String) throws -> RealRatings {
    var result = RealRatings()
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard cells.count >= 4, let stars = Double(cells[3]), (1...10).contains(stars),
        let date = UTCTime.date("20" + cells[2].replacing(".", with: "-"))
      else { continue }
      result.add(String(cells[0]), (stars - 1) / 9, Int(date.timeIntervalSince1970 / 86_400))
    }
    let latest = result.ratings.sorted { $0.day < $1.day }.suffix(8000)
    result.ratings = latest.enumerated().map { place, rating in
      Rating(subject: rating.subject, value: rating.value, day: 20_000 + place / 100)
    }
    return result
  }

  private mutating func add(_ name: String, _ value: Double, _ day: Int) {
    let subject = subjects[name] ?? subjects.count
    subjects[name] = subject
    ratings.append(Rating(subject: subject, value: value, day: day))
  }

  var subjectCount: Int { subjects.count }

  /// The traffic as a test would have seen it, assigned by the test's id.
  ///
  /// - Parameter harm: the share of the candidate's value that is lost.
  func outcomes(_ plan: LivePlan, harm: Double = 0) -> [LiveOutcome] {
    let names = (0..<subjectCount).map { "s\($0)" }
    let arms = names.map { plan.assignment.arm(subject: $0) }
    return ratings.map { rating in
      let at = Date(timeIntervalSince1970: Double(rating.day) * 86_400)
      let arm = arms[rating.subject]
      return LiveOutcome(
        subject: names[rating.subject], arm: arm,
        value: arm == .candidate ? rating.value * (1 - harm) : rating.value, at: at,
        recordedAt: at)
    }
  }
}
