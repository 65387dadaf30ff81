import JSON

/// What the judgements about one question come to.
struct Answers {
  /// Every judged answer, with whether it is good; contested ones that are left out are not here.
  private(set) var judged: [(answer: String, isGood: Bool, votes: [Vote])] = []
  /// The one right answer.
  private(set) var right: (answer: String, votes: [Vote])?
  /// What people contradict each other in: nil where they do not.
  private(set) var conflict: JSONValue?
  /// Judgements that their own raters took back.
  private(set) var revised = 0

  /// - Parameter wantsOne: whether a question has one right answer, so that two good ones contradict
  ///   each other.
  init(_ question: Question, _ resolver: ConflictResolver, wantsOne: Bool) {
    let verdicts = question.verdicts(resolver)
    for verdict in verdicts {
      guard let isGood = verdict.isGood else { continue }
      judged.append((verdict.answer, isGood, verdict.votes))
    }
    var isContested = verdicts.contains { Set($0.votes.map(\.isGood)).count > 1 }
    revised = question.votes.count - verdicts.reduce(0) { $0 + $1.votes.count }
    if wantsOne {
      // A rater's latest right answer stands for the ones before.
      let supporters = judged.filter(\.isGood).flatMap { $0.votes.filter(\.isGood) }
      let votes = supporters.latestOfEach { _ in "" }
      revised += supporters.count - votes.count
      if Set(votes.map(\.answer)).count > 1 { isContested = true }
      let isLeftOut = isContested && resolver.policy == .drop
      if !isLeftOut, let answer = resolver.winner(votes, side: \.answer) {
        right = (answer, votes.filter { $0.answer == answer })
      }
    }
    guard isContested else { return }
    let kept: JSONValue =
      wantsOne
      ? right.map { .string($0.answer) } ?? .null
      : .object(
        Dictionary(judged.map { ($0.answer, .bool($0.isGood)) }) { first, _ in first })
    conflict = [
      "question": question.input, "kept": kept, "votes": .array(question.votes.map(\.json)),
    ]
  }
}
