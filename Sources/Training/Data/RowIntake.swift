import ModelRuntime

/// Rows as the model sees them, and what became of each that is not as it was.
struct RowIntake {
  var examples: [TokenisedExample] = []
  /// Left out because they are too long, by number from 1.
  var tooLongRows: [Int] = []
  /// Whose beginning was cut off.
  var truncatedRows: [Int] = []
  /// Left out because no token carries loss.
  var answerlessRows: [Int] = []
  /// Texts that were cut into several rows.
  var dividedTexts = 0
}

/// Turns rows into tokens and keeps to the length allowed.
struct RowTokeniser {
  let tokeniser: ExampleTokeniser
  /// Stays the first token where the beginning is cut off.
  let beginOfText: Int32?
  /// The longest row, in tokens.
  let limit: Int
  let longRows: TrainingConfiguration.LongRows

  func read(_ rows: [TrainingExample], isCancelled: () -> Bool) throws -> RowIntake {
    var intake = RowIntake()
    for (index, row) in rows.enumerated() {
      if isCancelled() { throw CancellationError() }
      let number = index + 1
      var pieces = try tokeniser.tokenise(row, row: number)
      // A text has no question whose answer would stay behind: what is too long for one row is several.
      if case .text = row, longRows != .refuse {
        let whole = pieces.count
        pieces = pieces.flatMap { $0.cut(at: limit) }
        if pieces.count > whole { intake.dividedTexts += 1 }
      }
      let learned = pieces.filter { $0.targets > 0 }
      if learned.count < row.leastSamples {
        intake.answerlessRows.append(number)
      } else if pieces.allSatisfy({ $0.tokens.count <= limit }) {
        intake.examples += learned
      } else if longRows != .truncate {
        intake.tooLongRows.append(number)
      } else {
        let kept = learned.compactMap { $0.end(of: limit, after: beginOfText) }
        intake.examples += kept
        // An answer that leaves no room for any of its question teaches nothing about it.
        if kept.count < row.leastSamples {
          intake.examples.removeLast(kept.count)
          intake.tooLongRows.append(number)
        } else {
          intake.truncatedRows.append(number)
        }
      }
    }
    if longRows == .refuse, !intake.tooLongRows.isEmpty {
      throw TrainingError.rowsTooLong(intake.tooLongRows, maxLength: limit)
    }
    return intake
  }
}

extension TokenisedExample {
  /// Stretches that follow on each other; the last token of one is the first of the next, so that
  /// every token that was learned still is.
  ///
  /// - Parameter limit: of tokens, at least 2.
  func cut(at limit: Int) -> [TokenisedExample] {
    guard tokens.count > limit else { return [self] }
    return stride(from: 0, to: tokens.count - 1, by: limit - 1).map { start in
      let stretch = start..<min(start + limit, tokens.count)
      return TokenisedExample(
        row: row, tokens: Array(tokens[stretch]), isAnswer: Array(isAnswer[stretch]),
        isGood: isGood)
    }
  }

  /// The last tokens, the first of a text before them; nil where no whole answer with something
  /// before it is left.
  ///
  /// An answer that is cut into is context from then on, and not learned.
  ///
  /// - Parameter limit: at least 2.
  func end(of limit: Int, after beginOfText: Int32?) -> TokenisedExample? {
    guard tokens.count > limit else { return self }
    let keepsFirst = beginOfText != nil && tokens.first == beginOfText
    let cut = tokens.count - limit + (keepsFirst ? 1 : 0)
    var isAnswer = Array(isAnswer[cut...])
    let whole = isAnswer.firstIndex(of: false) ?? isAnswer.count
    for index in 0..<whole { isAnswer[index] = false }
    guard isAnswer.contains(true) else { return nil }
    let first = keepsFirst ? [tokens[0]] : []
    return TokenisedExample(
      row: row, tokens: first + tokens[cut...], isAnswer: first.map { _ in false } + isAnswer,
      isGood: isGood)
  }
}
