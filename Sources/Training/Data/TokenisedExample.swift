/// One row as the model sees it.
struct TokenisedExample {
  /// The row's number in the data, from 1.
  let row: Int
  let tokens: [Int32]
  /// Which tokens the model shall learn to produce; the first never counts.
  let isAnswer: [Bool]
  /// Whether the answer is one to prefer; only methods that judge answers look.
  var isGood = true

  /// What a row teaches, whatever its number.
  struct Content: Hashable {
    let tokens: [Int32]
    let isAnswer: [Bool]
    let isGood: Bool
  }

  var content: Content { Content(tokens: tokens, isAnswer: isAnswer, isGood: isGood) }

  /// Positions it takes in a batch: the last token is only ever a target.
  var length: Int { max(tokens.count - 1, 0) }
  /// How many positions carry loss.
  var targets: Int { isAnswer.dropFirst().count { $0 } }
}
