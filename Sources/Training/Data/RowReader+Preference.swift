import JSON
import MLOpsCore

extension RowReader {
  /// A pair: `prompt`, `chosen`, `rejected`; without a prompt (or with one of text beside turns) both
  /// begin with it.
  func pair() throws(TrainingError) -> TrainingExample {
    var (chosen, rejected) = (try part("chosen"), try part("rejected"))
    var prompt = row["prompt"] == nil ? nil : try part("prompt")
    if case .text = prompt, case .turns = chosen { prompt = nil }
    if prompt == nil { (prompt, chosen, rejected) = try apart(chosen, rejected) }
    guard let prompt else { throw lacks("prompt") }
    guard chosen != rejected else { throw bad("'chosen' and 'rejected' are the same") }
    return .pair(
      chosen: try answer(chosen, to: prompt, in: "chosen"),
      rejected: try answer(rejected, to: prompt, in: "rejected"))
  }

  /// A judged answer: `prompt`, `completion`, `label`.
  func judged() throws(TrainingError) -> TrainingExample {
    let (prompt, completion) = (try part("prompt"), try part("completion"))
    guard let isGood = row["label"]?.bool else {
      throw bad("'label' must be true or false; found \(looks(row["label"]))")
    }
    return .judged(try answer(completion, to: prompt, in: "completion"), isGood: isGood)
  }

  /// What two answers begin with is what was asked; at least a turn or a character is left of each.
  private func apart(_ chosen: Part, _ rejected: Part) throws(TrainingError)
    -> (prompt: Part, chosen: Part, rejected: Part)
  {
    switch (chosen, rejected) {
    case (.turns(let one), .turns(let other)):
      let count = shared(one, other)
      guard count > 0 else { break }
      return (
        .turns(Array(one[..<count])), .turns(Array(one[count...])), .turns(Array(other[count...]))
      )
    case (.text(let one), .text(let other)):
      let (one, other) = (Array(one), Array(other))
      var count = shared(one, other)
      // A space belongs to the word after it.
      if count > 0, one[count - 1] == " " { count -= 1 }
      guard count > 0 else { break }
      return (
        .text(String(one[..<count])), .text(String(one[count...])), .text(String(other[count...]))
      )
    default: throw bad("'chosen' and 'rejected' must both be text or both be turns")
    }
    throw bad("it has no 'prompt', and 'chosen' and 'rejected' do not begin alike")
  }

  private func shared<Element: Equatable>(_ one: [Element], _ other: [Element]) -> Int {
    let most = max(min(one.count, other.count) - 1, 0)
    return zip(one, other).prefix { $0 == $1 }.prefix(most).count
  }
}
