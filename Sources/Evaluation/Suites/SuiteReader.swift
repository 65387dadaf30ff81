import JSON
import MLOpsCore
import Yams

/// Reads the nodes of a suite's file strictly, with the place of every mistake.
struct SuiteReader {
  let file: String
  /// Reads a file that the suite names, by a path relative to the suite's.
  var load: (SuitePart, String) throws -> [UInt8] = { _, name in
    throw EvaluationError.invalidSuite(
      file: name, line: nil, column: nil, reason: "no file is read here")
  }

  func root(of text: String) throws(EvaluationError) -> Node {
    do {
      if let root = try Yams.compose(yaml: text) {
        try checkSize(root)
        return root
      }
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw syntaxError(error)
    }
    throw .invalidSuite(file: file, line: nil, column: nil, reason: "the file is empty")
  }

  /// A few lines of aliases that name lists of aliases can stand for more values than any memory holds.
  private func checkSize(_ root: Node) throws(EvaluationError) {
    var left = SuiteReader.mostValues
    func count(_ node: Node) {
      left -= 1
      guard left >= 0 else { return }
      switch node {
      case .sequence(let elements):
        for element in elements where left >= 0 { count(element) }
      case .mapping(let members):
        for (key, value) in members where left >= 0 {
          count(key)
          count(value)
        }
      case .scalar, .alias: break
      }
    }
    count(root)
    guard left >= 0 else {
      throw error(
        at: root,
        "its aliases stand for more than \(SuiteReader.mostValues) values; put that many into a file of 'data'"
      )
    }
  }

  private static let mostValues = 2_000_000

  private func syntaxError(_ error: any Error) -> EvaluationError {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let before = context.map { "\($0.text) " } ?? ""
      return .invalidSuite(
        file: file, line: mark.line, column: mark.column,
        reason: "not YAML: \(before)\(problem)")
    default:
      return .invalidSuite(file: file, line: nil, column: nil, reason: "not YAML: \(error)")
    }
  }

  /// The bytes of a file that a node names.
  func bytes(_ part: SuitePart, _ name: String, at node: Node) throws -> [UInt8] {
    do {
      return try load(part, name)
    } catch let error as UnreadablePart {
      throw self.error(at: node, error.reason)
    }
  }

  /// What a file that the suite names is called in messages: its path, as the suite's own is a path.
  func location(of name: String) -> String {
    guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return name }
    return file[...slash] + name
  }

  /// The members of a mapping; unknown keys are refused.
  func mapping(_ node: Node, keys: [String], of subject: String) throws(EvaluationError)
    -> [String: Node]
  {
    guard let mapping = node.mapping else {
      throw error(at: node, "\(subject) must be a mapping of keys to values")
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      let name = try string(key, "a key of \(subject)")
      guard keys.contains(name) else {
        throw error(at: key, "\(subject) has no key '\(name)'" + hint(name, keys))
      }
      guard members.updateValue(value, forKey: name) == nil else {
        throw error(at: key, "the key '\(name)' occurs twice")
      }
    }
    return members
  }

  func string(_ node: Node, _ subject: String) throws(EvaluationError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw error(at: node, "\(subject) must be a text that is not empty")
    }
    return text
  }

  /// A text that may be empty or white space.
  func text(_ node: Node, _ subject: String) throws(EvaluationError) -> String {
    guard let text = node.scalar?.string else { throw error(at: node, "\(subject) must be a text") }
    return text
  }

  func number(_ node: Node, _ subject: String, _ range: ClosedRange<Double>)
    throws(EvaluationError) -> Double
  {
    guard let value = json(node).double, range.contains(value) else {
      throw error(
        at: node, "\(subject) must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func list(_ node: Node, _ subject: String) throws(EvaluationError) -> [Node] {
    guard let sequence = node.sequence else { throw error(at: node, "\(subject) must be a list") }
    return Array(sequence)
  }

  func strings(_ node: Node, _ subject: String) throws(EvaluationError) -> [String] {
    var texts: [String] = []
    for element in try list(node, subject) {
      texts.append(try string(element, "an element of \(subject)"))
    }
    return texts
  }

  func int(_ node: Node, _ subject: String, atLeast least: Int) throws(EvaluationError) -> Int {
    guard let value = json(node).int, value >= least else {
      throw error(at: node, "\(subject) must be a whole number of at least \(least)")
    }
    return value
  }

  func share(_ node: Node, _ subject: String) throws(EvaluationError) -> Double {
    guard let value = json(node).double, (0...1).contains(value) else {
      throw error(at: node, "\(subject) must be a number from 0 to 1 (0.01 is one point)")
    }
    return value
  }

  /// One of a fixed set of words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: Node, _ subject: String, of type: Choice.Type
  ) throws(EvaluationError) -> Choice where Choice.RawValue == String {
    let word = try string(node, subject)
    guard let choice = Choice(rawValue: word) else {
      throw error(
        at: node, "\(subject) cannot be '\(word)'" + hint(word, Choice.allCases.map(\.rawValue)))
    }
    return choice
  }

  /// A node as JSON; plain scalars that are JSON literals or numbers are those, all else is text.
  func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping):
      .object(
        Dictionary(mapping.map { ($0.key.scalar?.string ?? "", json($0.value)) }) { _, last in last
        })
    case .sequence(let sequence): .array(sequence.map(json))
    case .scalar(let scalar):
      switch (scalar.style, scalar.string) {
      case (.plain, ""), (.plain, "~"), (.any, ""), (.any, "~"): .null
      case (.plain, let text), (.any, let text):
        (try? JSONValue(parsing: text)) ?? .string(text)
      default: .string(scalar.string)
      }
    case .alias: .null
    }
  }

  /// ` (did you mean 'x'?)`, or the words that are known.
  func hint(_ word: String, _ known: [String]) -> String {
    Spelling.nearest(to: word, in: known).map { " (did you mean '\($0)'?)" }
      ?? " (known: \(known.joined(separator: ", ")))"
  }

  func bool(_ node: Node, _ subject: String) throws(EvaluationError) -> Bool {
    guard let value = json(node).bool else {
      throw error(at: node, "\(subject) must be true or false")
    }
    return value
  }

  func place(_ node: Node) -> SuitePlace {
    SuitePlace(file: file, line: node.mark?.line, column: node.mark?.column)
  }

  func error(at node: Node, _ reason: String) -> EvaluationError { place(node).error(reason) }
}
