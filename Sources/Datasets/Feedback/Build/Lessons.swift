import JSON
import MLOpsCore

/// What is to be learned of one question, as the method wants it.
struct Lessons {
  private(set) var rows: [BuiltRow] = []
  /// What people contradict each other in: nil where they do not.
  private(set) var conflict: JSONValue?
  /// Judgements that their own raters took back.
  let revised: Int
  private let question: Question
  private let resolver: ConflictResolver
  private var isContested: Bool

  init(
    _ method: FeedbackBuildOptions.Method, _ question: Question, _ resolver: ConflictResolver
  ) {
    self.question = question
    self.resolver = resolver
    let answers = Answers(question, resolver, wantsOne: method != .kto)
    revised = answers.revised
    isContested = answers.isContested
    switch method {
    case .sft: if let right = answers.right { add(.answer(right.answer), right.votes) }
    case .kto:
      for judged in answers.judged {
        add(
          .judged(judged.answer, isGood: judged.isGood),
          judged.votes.filter { $0.isGood == judged.isGood })
      }
    case .dpo: addPairs(answers)
    }
    guard isContested else { return }
    conflict = [
      "question": question.input, "kept": .array(rows.map(\.lesson.json)),
      "votes": .array((question.votes + question.pairs.map(\.vote)).distinct.map(\.json)),
    ]
  }

  /// Pairs that people compared themselves, and the right answer against each wrong one.
  private mutating func addPairs(_ answers: Answers) {
    var compared: [Set<String>: [Vote]] = [:]
    var order: [Set<String>] = []
    for (chosen, rejected, vote) in question.pairs {
      let sides: Set = [chosen, rejected]
      if compared[sides] == nil { order.append(sides) }
      compared[sides, default: []].append(vote)
    }
    var pairs: [PreferenceOrder.Pair] = []
    for sides in order {
      // A vote's answer is the one that won.
      let votes = (compared[sides] ?? []).latestOfEach { _ in "" }.votes
      if Set(votes.map(\.answer)).count > 1 { isContested = true }
      guard let better = resolver.winner(votes, side: \.answer),
        let worse = sides.first(where: { $0 != better })
      else { continue }
      pairs.append(
        PreferenceOrder.Pair(
          better: better, worse: worse, votes: votes.filter { $0.answer == better }))
    }
    if let right = answers.right {
      for wrong in answers.judged where !wrong.isGood && wrong.answer != right.answer {
        guard compared[[right.answer, wrong.answer]] == nil else { continue }
        pairs.append(
          PreferenceOrder.Pair(
            better: right.answer, worse: wrong.answer,
            votes: right.votes + wrong.votes.filter { !$0.isGood }))
      }
    }
    let consistent = PreferenceOrder(
      pairs, dropsCircles: resolver.policy == .drop, countsVotes: resolver.policy == .majority)
    if consistent.hasCircle { isContested = true }
    for pair in consistent.pairs {
      add(.pair(chosen: pair.better, rejected: pair.worse), pair.votes)
    }
  }

  private mutating func add(_ lesson: Lesson, _ votes: [Vote]) {
    let (answer, label): (String, JSONValue) =
      switch lesson {
      case .answer(let text): (text, .null)
      case .pair(let chosen, _): (chosen, .null)
      case .judged(let text, let isGood): (text, .bool(isGood))
      }
    rows.append(
      BuiltRow(
        conversation: question.conversation, lesson: lesson, sources: votes.flatMap(\.sources),
        facts: [
          "input": question.input, "answer": question.values[answer] ?? .string(answer),
          "label": label,
        ]))
  }
}

extension Lesson {
  /// As a conflict tells what was kept.
  fileprivate var json: JSONValue {
    switch self {
    case .answer(let text): ["answer": .string(text)]
    case .pair(let chosen, let rejected):
      ["chosen": .string(chosen), "rejected": .string(rejected)]
    case .judged(let text, let isGood): ["answer": .string(text), "good": .bool(isGood)]
    }
  }
}

extension [Vote] {
  /// Without votes that a record gave twice.
  fileprivate var distinct: [Vote] {
    var seen: Set<Vote.Word> = []
    return filter { seen.insert($0.word).inserted }
  }
}
