import Foundation
import JSON
import Yams

extension Suite {
  /// Reads a suite's YAML file and its data.
  ///
  /// - Parameters:
  ///   - yaml: the text of the file.
  ///   - file: its name in messages.
  ///   - load: reads a file that the suite names, by a path relative to the suite's file.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, naming line and column; what
  ///   `load` throws.
  public init(
    yaml: String, file: String, load: @escaping (SuitePart, String) throws -> [UInt8]
  ) throws {
    let parser = SuiteFile(reader: SuiteReader(file: file, load: load))
    self = try parser.suite(try parser.reader.root(of: yaml))
  }

  /// As above, for files that are found by their paths alone.
  public init(yaml: String, file: String, data: @escaping (String) throws -> [UInt8]) throws {
    try self.init(yaml: yaml, file: file, load: { try data($1) })
  }

  /// Reads a suite from a path; `data` is looked for beside it.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`.
  public init(contentsOf path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let yaml = try SuiteFile.text(at: path)
    try self.init(yaml: yaml, file: path) { (name: String) in
      let url = URL(fileURLWithPath: name, relativeTo: folder).standardizedFileURL
      do {
        return Array(try Data(contentsOf: url))
      } catch {
        throw UnreadablePart(reason: "there is no file to be read at '\(url.path)'")
      }
    }
  }
}

/// The keys of a suite's file and what they may hold.
struct SuiteFile {
  let reader: SuiteReader

  private static let keys = [
    "name", "task", "data", "cases", "prompt", "template", "format", "input", "expected",
    "alternatives", "metrics", "slices", "gate", "max_tokens", "stop", "judge",
  ]

  static func text(at path: String) throws(EvaluationError) -> String {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard isThere, !isFolder.boolValue,
      let text = try? String(contentsOfFile: path, encoding: .utf8)
    else {
      throw .invalidSuite(
        file: path, line: nil, column: nil,
        reason: !isThere
          ? "there is no such file"
          : isFolder.boolValue ? "it is a folder" : "the file cannot be read as UTF-8 text")
    }
    return text
  }

  func suite(_ root: Node) throws -> Suite {
    let kind = try kind(root)
    let members = try reader.mapping(
      root,
      keys: SuiteFile.keys + kind.keys + (kind.takesExamples ? ["examples"] : [])
        + (kind.takesRephrasings ? ["rephrasings"] : []), of: "a suite")
    func required(_ key: String) throws(EvaluationError) -> Node {
      guard let node = members[key] else { throw reader.error(at: root, "'\(key)' is missing") }
      return node
    }
    let task = try kind.init(members, reader)
    let input = try reader.string(try required("input"), "input")
    let expected =
      kind.expectsAnswer
      ? try reader.string(try required("expected"), "expected")
      : try members["expected"].map { try reader.string($0, "expected") }
    let alternatives = try members["alternatives"].map { try reader.string($0, "alternatives") }
    let wordings = Wordings(
      input: input,
      rephrasings: try members["rephrasings"].map { try reader.string($0, "rephrasings") })
    let slices = try members["slices"].map(slices) ?? []
    let judge = try members["judge"].map {
      try JudgeFile(reader: reader).judge($0, input: input, expected: expected)
    }
    let placed = try CaseFile(
      reader: reader, task: task, wordings: wordings, expected: expected,
      alternatives: alternatives, slices: slices, judge: judge
    ).cases(data: members["data"], inline: members["cases"], of: root)
    let cases = placed.map(\.one)
    if let node = members["rephrasings"] { try check(wordings, at: node, task, cases) }
    let prompt = try prompt(members)
    let format = try format(members)
    let examples = try members["examples"].map {
      try ExamplesFile(
        reader: reader, task: task, wordings: wordings, expected: expected,
        template: prompt.template
      ).examples($0, before: cases)
    }
    let metrics =
      try members["metrics"].map {
        try self.metrics($0, cases, rephrases: wordings.rephrasings != nil)
      } ?? kind.metrics
    let gate =
      try members["gate"].map {
        try GateFile(reader: reader, metrics: metrics, slices: slices, cases: cases).gate($0)
      } ?? Gate(checks: [Gate.Check(metric: metrics.first ?? .accuracy)])
    try JudgeFile(reader: reader).check(judge, members, kind, metrics)
    return Suite(
      name: try reader.string(try required("name"), "name"), task: task,
      prompt: prompt, format: format, input: input,
      rephrasings: wordings.rephrasings, expected: expected, alternatives: alternatives,
      metrics: metrics, slices: slices, gate: gate,
      maxTokens: try members["max_tokens"].map { try reader.int($0, "max_tokens", atLeast: 1) },
      stop: try members["stop"].map { try reader.strings($0, "stop") }, examples: examples,
      cases: cases, judge: judge,
      warnings: SuiteWarnings(reader: reader, members: members, cases: placed, gate: gate).all,
      labelPlace: reader.place(
        members["labels"] ?? members["schema"] ?? members["expected"] ?? root))
  }

  /// Looked at first, as the kind decides which keys there are.
  private func kind(_ root: Node) throws(EvaluationError) -> any SuiteTask.Type {
    guard let mapping = root.mapping else {
      throw reader.error(at: root, "a suite must be a mapping of keys to values")
    }
    guard let node = mapping["task"] else {
      // A mistyped 'task' is an unknown key.
      _ = try reader.mapping(
        root, keys: SuiteFile.keys + Tasks.all.flatMap { $0.keys }, of: "a suite")
      throw reader.error(at: root, "'task' is missing")
    }
    let word = try reader.string(node, "task")
    guard let kind = Tasks.all.first(where: { $0.name == word }) else {
      throw reader.error(
        at: node, "task cannot be '\(word)'" + reader.hint(word, Tasks.all.map { $0.name }))
    }
    return kind
  }

  /// A text is given as it is, and so nothing but a template can make it.
  private func format(_ members: [String: Node]) throws(EvaluationError) -> Suite.PromptFormat {
    guard let node = members["format"] else { return .chat }
    let format = try reader.choice(node, "format", of: Suite.PromptFormat.self)
    if format == .text, members["template"] == nil {
      throw reader.error(at: node, "the format 'text' needs a 'template' in the suite")
    }
    return format
  }

  private func prompt(_ members: [String: Node]) throws(EvaluationError) -> Suite.PromptSource {
    switch (members["prompt"], members["template"]) {
    case (nil, nil): return .release
    case (let node?, nil): return .reference(try reader.string(node, "prompt"))
    case (nil, let node?): return .template(try reader.string(node, "template"))
    case (_, let node?):
      throw reader.error(at: node, "a suite has either 'prompt' or 'template', not both")
    }
  }

  /// Names, or mappings with `by`.
  private func slices(_ node: Node) throws(EvaluationError) -> [String] {
    var names: [String] = []
    for element in try reader.list(node, "slices") {
      var name = element
      if element.mapping != nil {
        guard let by = try reader.mapping(element, keys: ["by"], of: "a slice")["by"] else {
          throw reader.error(at: element, "a slice needs 'by', the name of a field")
        }
        name = by
      }
      let text = try reader.string(name, "a slice")
      guard !names.contains(text) else {
        throw reader.error(at: element, "the slice '\(text)' occurs twice")
      }
      names.append(text)
    }
    return names
  }

  /// Asked once per wording, a case has no answers to spare for samples.
  private func check(
    _ wordings: Wordings, at node: Node, _ task: any SuiteTask, _ cases: [SuiteCase]
  )
    throws(EvaluationError)
  {
    guard task.samples == 1 else {
      throw reader.error(
        at: node, "with 'rephrasings' each wording is asked once: leave 'samples' out")
    }
    guard cases.contains(where: { wordings.questions($0).count > 1 }) else {
      let name = wordings.rephrasings ?? ""
      throw reader.error(
        at: node,
        "no case has other wordings in '\(name)'"
          + reader.hint(name, cases[0].record.object?.keys.sorted() ?? []))
    }
  }

  private func metrics(_ node: Node, _ cases: [SuiteCase], rephrases: Bool)
    throws(EvaluationError) -> [Metric]
  {
    var metrics: [Metric] = []
    for element in try reader.list(node, "metrics") {
      let metric = try MetricFile(reader: reader, cases: cases).metric(element)
      guard !metrics.contains(metric) else {
        throw reader.error(at: element, "the metric '\(metric)' occurs twice")
      }
      if metric.definition is ConsistencyMetric, !rephrases {
        throw reader.error(
          at: element, "consistency needs 'rephrasings', the field with a question's other wordings"
        )
      }
      if metric.definition is PassAtMetric, rephrases {
        throw reader.error(
          at: element, "pass_at counts answers to one wording, and 'rephrasings' gives each one")
      }
      metrics.append(metric)
    }
    guard !metrics.isEmpty else { throw reader.error(at: node, "metrics must not be empty") }
    return metrics
  }
}
