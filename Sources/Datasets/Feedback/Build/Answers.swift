import JSON

/// What the judgements about one question come to.
struct Answers {
  /// Every judged answer, with whether it is good; contested ones that are left out are not here.
  private(set) var judged: [(answer: String, isGood: Bool, votes: [Vote])] = []
  /// The one right answer.
  private(set) var right: (answer: String, votes: [Vote])?
  private(set) var isContested = false
  /// Judgements that their own raters took back.
  private(set) var revised = 0

  /// - Parameter wantsOne: whether a question has one right answer, so that two good ones contradict
  ///   each other.
  init(_ question: Question, _ resolver: ConflictResolver, wantsOne: Bool) {
    let final = question.finalVotes()
    revised = final.revised
    var order: [String] = []
    var byAnswer: [String: [Vote]] = [:]
    for vote in final.votes {
      if byAnswer[vote.answer] == nil { order.append(vote.answer) }
      byAnswer[vote.answer, default: []].append(vote)
    }
    for answer in order {
      let votes = byAnswer[answer] ?? []
      if Set(votes.map(\.isGood)).count > 1 { isContested = true }
      guard let isGood = resolver.winner(votes, side: \.isGood) else { continue }
      judged.append((answer, isGood, votes))
    }
    guard wantsOne else { return }
    // A rater's latest right answer stands for the ones before.
    let supporters = judged.filter(\.isGood).flatMap { $0.votes.filter(\.isGood) }
      .latestOfEach { _ in "" }
    revised += supporters.revised
    if Set(supporters.votes.map(\.answer)).count > 1 { isContested = true }
    let isLeftOut = isContested && resolver.policy == .drop
    if !isLeftOut, let answer = resolver.winner(supporters.votes, side: \.answer) {
      right = (answer, supporters.votes.filter { $0.answer == answer })
    }
  }
}
