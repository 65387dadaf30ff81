/// A pipeline of `filter_list` as a suite's filters.
struct HarnessFilters {
  /// Of YAML: a word, or a mapping with one key.
  var steps: [SuiteFilter] = []
  var notes: [String] = []

  private static let usualPattern = "#### (\\-?[0-9\\.\\,]+)"

  /// - Parameter name: The pipeline's; nil for the first.
  init(_ settings: HarnessSettings, named name: String?) throws(EvaluationError) {
    guard let setting = settings["filter_list"] else {
      if let name {
        throw .invalidSuite(
          file: settings.file, line: nil, column: nil,
          reason: "the task has no 'filter_list', and so no filter '\(name)'")
      }
      return
    }
    let pipelines = setting.value.elements ?? []
    let names = pipelines.map { $0["name"]?.text ?? "" }
    guard let index = name.map({ names.firstIndex(of: $0) }) ?? (names.isEmpty ? nil : 0) else {
      throw setting.fault(
        "there is no filter '\(name ?? "")' (known: \(names.joined(separator: ", ")))")
    }
    if name == nil, names.count > 1 {
      notes.append(
        "of the filters \(names.joined(separator: ", ")) the first is taken; name another with --filter"
      )
    }
    for step in pipelines[index]["filter"]?.elements ?? [] { try read(step, setting) }
  }

  private mutating func read(_ step: PythonValue, _ setting: HarnessSettings.Setting)
    throws(EvaluationError)
  {
    let function = step["function"]?.text ?? ""
    switch function {
    // A suite takes one output for each case.
    case "take_first": break
    case "lowercase": steps.append(.word("lowercase"))
    // Its name notwithstanding, only the ends are stripped.
    case "remove_whitespace": steps.append(.word("trim"))
    case "regex":
      let source = step["regex_pattern"]?.text ?? HarnessFilters.usualPattern
      let pattern = try HarnessPattern(source, setting)
      let pick = step["group_select"]?.int ?? 0
      guard pick == 0 || pick == -1 else {
        throw setting.fault(
          "'group_select' can be 0 (the first match) or -1 (the last), not \(pick)")
      }
      steps.append(.pair(pick == 0 ? "regex" : "last_regex", pattern.source))
      if let fallback = step["fallback"], fallback != .string("[invalid]") {
        notes.append("'fallback' is ignored: an output without a match has no answer")
      }
    default:
      throw setting.fault(
        "the filter '\(function)' cannot be imported (known: regex, lowercase, remove_whitespace, "
          + "take_first); name another pipeline with --filter, or remove it from a copy of the task"
      )
    }
  }
}

/// One of a suite's filters.
enum SuiteFilter: Equatable {
  case word(String)
  case pair(String, String)
}
