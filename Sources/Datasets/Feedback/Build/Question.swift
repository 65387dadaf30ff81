import Foundation
import JSON
import MLOpsCore

/// Everything that is known about the answers to one question.
struct Question {
  let conversation: Conversation
  /// As the first record had it; what balancing looks at.
  let input: JSONValue
  private(set) var votes: [Vote] = []
  /// Pairs that somebody compared, each with a vote for the one that won.
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
    func vote(_ value: JSONValue, _ isGood: Bool, isCorrection: Bool = false) -> Vote {
      let answer = text(value)
      if values[answer] == nil { values[answer] = value }
      return Vote(
        answer: answer, isGood: isGood, isCorrection: isCorrection, rater: record.rater,
        date: entry.judgedAt, sequence: entry.sequence, source: .feedback(entry.digest))
    }
    var taken: [Vote] = []
    if let corrected = record.corrected {
      let good = vote(corrected, true, isCorrection: true)
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

  /// Takes a row of a dataset that is merged in: older than all feedback, and nobody's in particular.
  ///
  /// - Parameter origins: the feedback that the row comes from, which is told with it.
  mutating func take(_ row: MergedRow, origins: [Digest], sequence: Int64) {
    func vote(_ answer: String, _ isGood: Bool) -> Vote {
      if values[answer] == nil { values[answer] = row.value(of: answer) }
      return Vote(
        answer: answer, isGood: isGood, isCorrection: false, rater: nil, date: .distantPast,
        sequence: sequence, source: row.source, origins: origins)
    }
    switch row.lesson {
    case .answer(let text): votes.append(vote(text, true))
    case .judged(let text, let isGood): votes.append(vote(text, isGood))
    // What is not compared in the dataset is not compared because of it.
    case .pair(let chosen, let rejected): pairs.append((chosen, rejected, vote(chosen, true)))
    }
  }

  /// What each rater says in the end: the latest word on each answer, and the latest correction.
  ///
  /// - Returns: the votes, and how many their raters took back.
  func finalVotes() -> (votes: [Vote], revised: Int) {
    let corrections = votes.filter(\.isCorrection).latestOfEach { _ in "" }
    let latest = Set(corrections.votes.map { "\($0.sequence)" })
    let standing = votes.filter { vote in
      !vote.isCorrection || vote.rater == nil || latest.contains("\(vote.sequence)")
    }
    let words = standing.latestOfEach(in: \.answer)
    return (words.votes, corrections.revised + words.revised)
  }
}
