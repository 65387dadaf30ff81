import Foundation
import JSON
import MLOpsCore

/// One judgement about one answer to a question.
struct Vote {
  /// Where it comes from.
  enum Source: Hashable {
    case feedback(Digest)
    /// A row of a dataset that was merged in; the line is from 1.
    case row(dataset: String, line: Int)
  }

  /// The answer's text.
  let answer: String
  let isGood: Bool
  /// Whether it says what the one right answer is.
  let isCorrection: Bool
  let rater: String?
  let date: Date
  /// Its place in the order of arrival.
  let sequence: Int64
  let source: Source
  /// Feedback that a merged row comes from.
  var origins: [Digest] = []

  /// Everything that a row rests on which rests on this.
  var sources: [Source] { [source] + origins.map { .feedback($0) } }

  /// What a record says of an answer: it may say it in several ways.
  struct Word: Hashable {
    let source: Source
    let answer: String
    let isGood: Bool
  }

  var word: Word { Word(source: source, answer: answer, isGood: isGood) }

  func isLater(than other: Vote) -> Bool {
    (date, sequence) > (other.date, other.sequence)
  }

  func says(sameAs other: Vote) -> Bool {
    answer == other.answer && isGood == other.isGood
  }

  /// Keys: `good`, `answer`, and `feedback`, `at`, `rater` or `dataset`, `line`.
  var json: JSONValue {
    var members: [String: JSONValue] = ["good": .bool(isGood), "answer": .string(answer)]
    switch source {
    case .feedback(let digest):
      members["feedback"] = .string(digest.description)
      members["at"] = .string(UTCTime.text(date))
      members["rater"] = rater.map { .string($0) }
    case .row(let dataset, let line):
      members["dataset"] = .string(dataset)
      members["line"] = .integer(line)
    }
    return .object(members)
  }
}

extension Sequence<Vote> {
  /// The latest vote of each rater in `topic`; votes without a rater stay, one each.
  ///
  /// - Returns: those that stay, and how many said otherwise and went.
  func latestOfEach(in topic: (Vote) -> String) -> (votes: [Vote], revised: Int) {
    var kept: [Vote] = []
    var places: [[String]: Int] = [:]
    var revised = 0
    for vote in self {
      guard let rater = vote.rater else {
        kept.append(vote)
        continue
      }
      let key = [rater, topic(vote)]
      guard let place = places[key] else {
        places[key] = kept.count
        kept.append(vote)
        continue
      }
      if !vote.says(sameAs: kept[place]) { revised += 1 }
      if vote.isLater(than: kept[place]) { kept[place] = vote }
    }
    return (kept, revised)
  }

  var latest: Vote? {
    reduce(nil) { best, vote in
      guard let best else { return vote }
      return vote.isLater(than: best) ? vote : best
    }
  }
}
