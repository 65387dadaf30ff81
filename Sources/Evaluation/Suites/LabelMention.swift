import JSON
import JSONSchema
import MLOpsCore

extension Suite {
  /// What a release's prompt lacks that its answers need: labels that nothing in it mentions.
  ///
  /// Nothing is said of labels that decoding is bound to, nor of numbers, which a range may name.
  ///
  /// - Throws: what `SuiteRunner.run` throws before it asks anything.
  public func warnings(for side: EvaluationSide) throws -> [SuiteWarning] {
    guard let task = task as? LabelTask, task.grammar == nil, let one = cases.first else {
      return []
    }
    let groups = LabelGroups(suite: self, task: task).groups
    guard !groups.isEmpty else { return [] }
    let template = template(over: side.prompt)
    let prompt = try CasePrompts(self, template, label: side.label)[0]
    // The question's own text is no mention.
    var record = one.record
    if case .object(var fields) = record {
      fields[input] = ""
      record = .object(fields)
    }
    let text: String
    switch try prompt.input(record) {
    case .text(let whole): text = whole
    case .chat(let messages): text = messages.map(\.content).joined(separator: "\n")
    }
    return groups.compactMap { group in
      let missing = group.labels.filter { !LabelMention(text: text).has($0) }
      guard !missing.isEmpty else { return nil }
      let shown = missing.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      return SuiteWarning(
        place: labelPlace,
        sentence: "The prompt of \(side.label) mentions "
          + (missing.count == group.labels.count
            ? "none of the \(group.labels.count) labels"
            : "\(group.labels.count - missing.count) of the \(group.labels.count) labels")
          + (group.field.map { " of '\($0)'" } ?? "")
          + (missing.count == group.labels.count ? " (\(shown)" : " (not \(shown)")
          + (missing.count > 5 ? ", …)" : ")")
          + ": a model that was not trained on them cannot know them.")
    }
  }
}

/// Where a label stands in a text by itself.
private struct LabelMention {
  let text: String

  /// Latin letters and digits next to it would make it a part of another word.
  func has(_ label: String) -> Bool {
    var rest = text[...]
    while let range = rest.firstRange(of: label) {
      let before =
        range.lowerBound > text.startIndex
        ? text[text.index(before: range.lowerBound)] : nil
      let after = range.upperBound < text.endIndex ? text[range.upperBound] : nil
      if !joins(before, label.first), !joins(label.last, after) { return true }
      rest = text[text.index(after: range.lowerBound)...]
    }
    return false
  }

  private func joins(_ left: Character?, _ right: Character?) -> Bool {
    guard let left, let right else { return false }
    func isWord(_ one: Character) -> Bool { one.isASCII && (one.isLetter || one.isNumber) }
    return isWord(left) && isWord(right)
  }
}

/// The labels that answers are made of.
private struct LabelGroups {
  struct Group {
    /// The member of the answer; nil for the whole answer.
    let field: String?
    let labels: [String]
  }

  let suite: Suite
  let task: LabelTask

  /// More are no set of labels.
  private static let most = 50

  var groups: [Group] {
    if case .labels(let labels) = task.rule.form { return [group(nil, labels)].compactMap { $0 } }
    var schema: JSONValue?
    if case .schema(let found) = task.rule.form { schema = found.value }
    let measured = suite.metrics.compactMap { metric -> String? in
      switch metric.definition {
      case let metric as ExactMatchMetric: metric.field
      case let metric as LabelMetric: metric.field
      default: nil
      }
    }
    let declared = schema?["properties"]?.object ?? [:]
    var fields = measured
    fields += declared.keys.sorted().filter { declared[$0]?["enum"] != nil }
    var seen: Set<String> = []
    var groups = [group(nil, labels(schema, suite.cases.map(\.expected)))]
    for field in fields where seen.insert(field).inserted {
      groups.append(
        group(field, labels(declared[field], suite.cases.compactMap { $0.expected[field] })))
    }
    return groups.compactMap { $0 }
  }

  /// What a schema lists, else what the cases expect; nil where one of them is no label.
  private func labels(_ schema: JSONValue?, _ expected: [JSONValue]) -> [String]? {
    let values = schema?["enum"]?.array ?? expected
    var labels: [String] = []
    var seen: Set<String> = []
    for value in values {
      let label: String
      switch value {
      case .string(let text): label = text
      case .bool(let value): label = value ? "true" : "false"
      default: return nil
      }
      guard !label.isEmpty else { return nil }
      if seen.insert(label).inserted { labels.append(label) }
      guard labels.count <= LabelGroups.most else { return nil }
    }
    return labels
  }

  private func group(_ field: String?, _ labels: [String]?) -> Group? {
    guard let labels, labels.count > 1 else { return nil }
    return Group(field: field, labels: labels)
  }
}
