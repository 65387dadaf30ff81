import MLOpsCore

extension TargetModule {
  /// Words that stand for several modules.
  public static let groups: [String: Set<TargetModule>] = [
    "all-linear": Set(allCases), "attention": [.query, .key, .value, .output],
    "feed-forward": [.gate, .up, .down],
  ]

  /// The modules that some words name: groups, or modules as GGUF or PEFT calls them.
  ///
  /// - Parameter words: such as `attention`, `attn_q` or `q_proj`.
  /// - Throws: `TrainingError.invalidConfiguration` for a word that names none, or no words.
  public static func named(_ words: [String]) throws(TrainingError) -> Set<TargetModule> {
    var found: Set<TargetModule> = []
    for word in words {
      if let group = groups[word] {
        found.formUnion(group)
      } else if let module = allCases.first(where: { $0.rawValue == word || $0.peftName == word }) {
        found.insert(module)
      } else {
        let known = groups.keys.sorted() + allCases.flatMap { [$0.rawValue, $0.peftName] }
        let hint = Spelling.nearest(to: word, in: known).map { " (did you mean '\($0)'?)" } ?? ""
        throw .invalidConfiguration(
          setting: "targets",
          expected: "all-linear, attention, feed-forward or modules ("
            + allCases.map { "\($0.rawValue) or \($0.peftName)" }.joined(separator: ", ") + ")",
          found: "'\(word)'\(hint)")
      }
    }
    guard !found.isEmpty else {
      throw .invalidConfiguration(
        setting: "targets", expected: "at least one module", found: "none")
    }
    return found
  }
}
