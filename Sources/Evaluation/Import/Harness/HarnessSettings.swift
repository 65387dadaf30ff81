import Yams

/// The settings of a task file of lm-evaluation-harness with those of the files that it includes, each
/// with its place.
struct HarnessSettings {
  /// One value and where it stands.
  struct Setting {
    let value: PythonValue
    let file: String
    let line: Int?
    let column: Int?

    func fault(_ reason: String) -> EvaluationError {
      .invalidSuite(file: file, line: line, column: column, reason: reason)
    }
  }

  /// The task's own file.
  let file: String
  private(set) var members: [String: Setting] = [:]

  /// How many files one task may be spread over.
  private static let mostFiles = 64

  /// - Parameters:
  ///   - read: the text of a file.
  ///   - resolve: the path of an included file, from the including file's.
  init(
    file: String, read: (String) throws(EvaluationError) -> String,
    resolve: (_ name: String, _ from: String) -> String
  ) throws(EvaluationError) {
    self.file = file
    var seen: [String] = []
    members = try HarnessSettings.load(file, &seen, read, resolve)
  }

  subscript(key: String) -> Setting? {
    guard let setting = members[key], setting.value != .none else { return nil }
    return setting
  }

  /// Later files win, and the including one over all that it includes, as there.
  private static func load(
    _ file: String, _ seen: inout [String],
    _ read: (String) throws(EvaluationError) -> String,
    _ resolve: (_ name: String, _ from: String) -> String
  ) throws(EvaluationError) -> [String: Setting] {
    guard !seen.contains(file), seen.count < mostFiles else {
      throw .invalidSuite(
        file: file, line: nil, column: nil,
        reason: seen.contains(file)
          ? "it is included twice, or by itself"
          : "the task includes more than \(mostFiles) files")
    }
    seen.append(file)
    let reader = SuiteReader(file: file)
    var own: [String: Setting] = [:]
    let root = try reader.root(of: try read(file))
    guard let mapping = root.mapping else {
      throw reader.error(at: root, "a task file must be a mapping of keys to values")
    }
    for (key, node) in mapping {
      let name = try reader.string(key, "a key of a task")
      guard name != "<<" else { throw reader.error(at: key, "merge keys are not understood") }
      own[name] = Setting(
        value: try HarnessYAML.value(node, key: name, file: file, 0), file: file,
        line: key.mark?.line, column: key.mark?.column)
    }
    guard let include = own.removeValue(forKey: "include") else { return own }
    var merged: [String: Setting] = [:]
    for value in include.value.elements ?? [include.value] {
      guard let name = value.string else {
        throw include.fault("'include' must be a file or a list of files")
      }
      var included = try load(resolve(name, file), &seen, read, resolve)
      included["task_list"] = nil
      merged.merge(included) { $1 }
    }
    return merged.merging(own) { $1 }
  }
}

/// Nodes of YAML as Python's values.
enum HarnessYAML {
  static func value(_ node: Node, key: String, file: String, _ depth: Int)
    throws(EvaluationError) -> PythonValue
  {
    let reader = SuiteReader(file: file)
    guard depth < 32 else { throw reader.error(at: node, "'\(key)' is nested too deep") }
    switch node {
    case .scalar(let scalar):
      if scalar.tag.description == "!function" {
        throw reader.error(
          at: node,
          "'\(key)' calls the Python function '\(scalar.string)', which is not run here; \(advice(key))"
        )
      }
      return self.scalar(node, scalar)
    case .sequence(let sequence):
      var elements: [PythonValue] = []
      for element in sequence {
        elements.append(try value(element, key: key, file: file, depth + 1))
      }
      return .list(elements)
    case .mapping(let mapping):
      var dict = PythonDict()
      for (name, element) in mapping {
        let label = name.scalar?.string ?? key
        dict.set(
          try value(name, key: key, file: file, depth + 1),
          try value(element, key: label, file: file, depth + 1))
      }
      return .dict(dict)
    case .alias: throw reader.error(at: node, "aliases are not understood in '\(key)'")
    }
  }

  private static func scalar(_ node: Node, _ scalar: Node.Scalar) -> PythonValue {
    guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
    if node.null != nil { return .none }
    if let flag = node.bool { return .bool(flag) }
    if let number = node.int { return .int(number) }
    // PyYAML takes a number without a point for a text, 1e5 too.
    if scalar.string.contains("."), let number = node.float { return .float(number) }
    return .string(scalar.string)
  }

  /// What to do about a function.
  private static func advice(_ key: String) -> String {
    switch key {
    case "process_docs":
      "apply it once in Python, write the rows as JSON Lines, name these with --data SPLIT=FILE, and remove the key from a copy of the task"
    case "doc_to_text", "doc_to_target", "doc_to_choice":
      "write it as a Jinja template in a copy of the task, or add its result to the rows as a column and name the column"
    case "metric", "aggregation", "process_results":
      "remove it from a copy of the task, and name a metric that the imported suite has"
    default: "remove it from a copy of the task, or write what it gives into the file"
    }
  }
}
