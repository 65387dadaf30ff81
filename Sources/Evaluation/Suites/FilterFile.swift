import Yams

/// Reads `filters`: what is done to an output before it is compared.
struct FilterFile {
  let reader: SuiteReader

  private static let words: [String: AnswerNormalisation.Step] = [
    "trim": .trim, "nfc": .form(.nfc), "nfkc": .form(.nfkc), "lowercase": .lowercase,
    "fold_case": .foldCase, "strip_punctuation": .stripPunctuation,
    "collapse_white_space": .collapseWhiteSpace, "remove_white_space": .removeWhiteSpace,
    "first_number": .number(.first), "last_number": .number(.last),
  ]
  private static let keys = ["regex", "last_regex", "after", "choice"]

  func filters(_ nodes: [Node]) throws(EvaluationError) -> AnswerNormalisation {
    var steps: [AnswerNormalisation.Step] = []
    for node in nodes { steps.append(try step(node)) }
    return AnswerNormalisation(steps)
  }

  private func step(_ node: Node) throws(EvaluationError) -> AnswerNormalisation.Step {
    guard node.mapping != nil else {
      let word = try reader.string(node, "a filter")
      guard let step = FilterFile.words[word] else {
        let known = FilterFile.words.keys.sorted() + FilterFile.keys.map { $0 + ": …" }
        throw reader.error(at: node, "there is no filter '\(word)'" + reader.hint(word, known))
      }
      return step
    }
    let members = try reader.mapping(node, keys: FilterFile.keys, of: "a filter")
    guard members.count == 1, let (key, value) = members.first else {
      throw reader.error(at: node, "a filter is one word, or one key with its value")
    }
    switch key {
    case "after": return .after(try reader.string(value, key), isRequired: true)
    case "choice": return .choice(try reader.strings(value, key))
    default:
      let source = try reader.string(value, key)
      do {
        return .pattern(try BoundedPattern(source), key == "regex" ? .first : .last)
      } catch {
        throw reader.error(at: value, "'\(source)' is no pattern: \(error.reason)")
      }
    }
  }
}
