import JSON
import MLOpsCore

/// What is to be learned of one question, as the method wants it.
struct Lessons {
  private let method: FeedbackBuildOptions.Method
  private let question: Question
  private let resolver: ConflictResolver

  init(
    _ method: FeedbackBuildOptions.Method, _ question: Question, _ resolver: ConflictResolver
  ) {
    self.method = method
    self.question = question
    self.resolver = resolver
  }

  func rows(_ answers: Answers) -> [BuiltRow] {
    switch method {
    case .sft:
      answers.right.map { [row(.answer($0.answer), $0.answer, nil, $0.votes)] } ?? []
    case .kto:
      answers.judged.map { judged in
        row(
          .judged(judged.answer, isGood: judged.isGood), judged.answer, judged.isGood,
          judged.votes.filter { $0.isGood == judged.isGood })
      }
    case .dpo: pairs(answers)
    }
  }

  /// Pairs that people compared themselves, and the right answer against each wrong one.
  private func pairs(_ answers: Answers) -> [BuiltRow] {
    struct Pair: Hashable {
      let better: String
      let worse: String
      /// The same two answers, whichever won.
      var sides: Set<String> { [better, worse] }
    }
    var compared: [Set<String>: [(pair: Pair, vote: Vote)]] = [:]
    var order: [Set<String>] = []
    for (chosen, rejected, vote) in question.pairs {
      let pair = Pair(better: chosen, worse: rejected)
      if compared[pair.sides] == nil { order.append(pair.sides) }
      compared[pair.sides, default: []].append((pair, vote))
    }
    var rows: [BuiltRow] = []
    var done: Set<Set<String>> = []
    for sides in order {
      done.insert(sides)
      let votes = (compared[sides] ?? []).map(\.vote).latestOfEach { _ in "" }
      // A vote's answer is the one that won.
      guard let better = resolver.winner(votes, side: \.answer),
        let worse = sides.first(where: { $0 != better })
      else { continue }
      rows.append(
        row(
          .pair(chosen: better, rejected: worse), better, nil,
          votes.filter { $0.answer == better }))
    }
    guard let right = answers.right else { return rows }
    for wrong in answers.judged where !wrong.isGood && wrong.answer != right.answer {
      guard done.insert([right.answer, wrong.answer]).inserted else { continue }
      rows.append(
        row(
          .pair(chosen: right.answer, rejected: wrong.answer), right.answer, nil,
          right.votes + wrong.votes.filter { !$0.isGood }))
    }
    return rows
  }

  private func row(
    _ lesson: BuiltRow.Lesson, _ answer: String, _ label: Bool?, _ votes: [Vote]
  ) -> BuiltRow {
    var seen: Set<Digest> = []
    return BuiltRow(
      conversation: question.conversation, lesson: lesson,
      origin: .feedback(votes.map(\.source).filter { seen.insert($0).inserted }),
      facts: [
        "input": question.input, "answer": question.values[answer] ?? .string(answer),
        "label": label.map { .bool($0) } ?? .null,
      ])
  }
}
