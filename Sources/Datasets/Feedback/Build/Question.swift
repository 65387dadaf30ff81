import JSON
import MLOpsCore

/// Everything that is known about the answers to one question.
struct Question {
  let conversation: Conversation
  /// As the first record had it; what balancing looks at.
  let input: JSONValue
  private(set) var votes: [Vote] = []
  /// Pairs that somebody compared, each with a vote that is good where `chosen` won.
  private(set) var pairs: [(chosen: String, rejected: String, vote: Vote)] = []
  /// The answers' values, by their texts.
  private(set) var values: [String: JSONValue] = [:]

  init(_ conversation: Conversation, input: JSONValue) {
    self.conversation = conversation
    self.input = input
  }

  /// Takes what a record says; false where it judges no answer.
  mutating func take(_ entry: FeedbackEntry, text: (JSONValue) -> String) -> Bool {
    let record = entry.record
    func vote(_ value: JSONValue, _ isGood: Bool) -> Vote {
      let answer = text(value)
      if values[answer] == nil { values[answer] = value }
      return Vote(
        answer: answer, isGood: isGood, rater: record.rater, date: entry.judgedAt,
        sequence: entry.sequence, source: entry.digest)
    }
    var taken: [Vote] = []
    if let corrected = record.corrected {
      let good = vote(corrected, true)
      taken.append(good)
      // Who corrects an answer says that it was wrong, unless the correction is the answer.
      if let output = record.output, text(output) != good.answer {
        taken.append(vote(output, false))
      }
    } else if let output = record.output, let rating = record.rating {
      taken.append(vote(output, rating == .up))
    }
    if let preference = record.preference {
      let (better, worse) = (vote(preference.chosen, true), vote(preference.rejected, false))
      if better.answer != worse.answer {
        taken += [better, worse]
        pairs.append((better.answer, worse.answer, better))
      }
    }
    votes += taken
    return !taken.isEmpty
  }

  /// Each answer that was judged, with whether it is good; nil where that is contested and left out.
  func verdicts(_ resolver: ConflictResolver) -> [(answer: String, isGood: Bool?, votes: [Vote])] {
    var order: [String] = []
    var byAnswer: [String: [Vote]] = [:]
    for vote in votes {
      if byAnswer[vote.answer] == nil { order.append(vote.answer) }
      byAnswer[vote.answer, default: []].append(vote)
    }
    return order.map { answer in
      let votes = (byAnswer[answer] ?? []).latestOfEach(in: \.answer)
      return (answer, resolver.winner(votes, side: \.isGood), votes)
    }
  }
}
