import Foundation
import JSON
import MLOpsCore

/// One judgement about one answer to a question.
struct Vote {
  /// The answer's text.
  let answer: String
  let isGood: Bool
  let rater: String?
  let date: Date
  /// Its record's place in the order of arrival.
  let sequence: Int64
  /// Its record.
  let source: Digest

  func isLater(than other: Vote) -> Bool {
    (date, sequence) > (other.date, other.sequence)
  }

  var json: JSONValue {
    [
      "feedback": .string(source.description), "rater": rater.map { .string($0) } ?? .null,
      "at": .string(UTCTime.text(date)), "good": .bool(isGood), "answer": .string(answer),
    ]
  }
}

extension Sequence<Vote> {
  /// The latest vote of each rater in `topic`; votes without a rater count one each.
  func latestOfEach(in topic: (Vote) -> String) -> [Vote] {
    var kept: [Vote] = []
    var places: [[String]: Int] = [:]
    for vote in self {
      guard let rater = vote.rater else {
        kept.append(vote)
        continue
      }
      let key = [rater, topic(vote)]
      if let place = places[key] {
        if vote.isLater(than: kept[place]) { kept[place] = vote }
      } else {
        places[key] = kept.count
        kept.append(vote)
      }
    }
    return kept
  }

  var latest: Vote? {
    reduce(nil) { best, vote in
      guard let best else { return vote }
      return vote.isLater(than: best) ? vote : best
    }
  }
}
