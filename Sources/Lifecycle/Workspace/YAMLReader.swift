import JSON
import MLOpsCore
import Yams

/// Reads small YAML files strictly, with the place of every mistake.
struct YAMLReader {
  let root: Node
  private let file: String

  init(text: String, file: String) throws {
    self.file = file
    do {
      root = try Yams.compose(yaml: text) ?? Node.mapping(Node.Mapping([]))
    } catch let error as YamlError {
      throw LifecycleError.badConfiguration(
        file: file, place: error.place.map { "\($0.line):\($0.column)" }, reason: error.problem)
    }
  }

  /// The members of a mapping; unknown keys are refused unless `keys` is nil.
  func mapping(_ node: Node, keys: [String]?, of subject: String) throws -> [String: Node] {
    guard let mapping = node.mapping else {
      throw error(at: node, "\(subject) must be a mapping")
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string else { throw error(at: key, "a key must be a string") }
      if let keys, !keys.contains(name) {
        let hint = Spelling.nearest(to: name, in: keys).map { "; did you mean '\($0)'?" } ?? ""
        throw error(
          at: key, "\(subject) has no key '\(name)' (known: \(keys.joined(separator: ", ")))\(hint)"
        )
      }
      guard members.updateValue(value, forKey: name) == nil else {
        throw error(at: key, "the key '\(name)' occurs twice")
      }
    }
    return members
  }

  /// A node as JSON, with YAML's core types.
  func json(_ node: Node) throws -> JSONValue {
    switch node {
    case .mapping:
      .object(try mapping(node, keys: nil, of: "a mapping").mapValues { try json($0) })
    case .sequence(let sequence): .array(try sequence.map { try json($0) })
    case .scalar(let scalar):
      // Quoted text is text, whatever it looks like.
      if scalar.style != .plain {
        .string(scalar.string)
      } else if let number = try number(node, scalar.string) {
        .number(number)
      } else if let value = node.bool {
        .bool(value)
      } else if node.null != nil {
        .null
      } else {
        .string(scalar.string)
      }
    case .alias: throw error(at: node, "aliases are not understood here")
    }
  }

  /// A plain scalar as a number, with every digit that it has; nil where it is none.
  private func number(_ node: Node, _ text: String) throws -> JSONNumber? {
    if let number = YAMLReader.number(text) { return number }
    if let value = node.int { return JSONNumber(Int64(value)) }
    // Infinities and NaN have names that JSON has no numbers for.
    guard let value = node.float, !text.contains(where: { "iInN".contains($0) }) else { return nil }
    guard let number = YAMLReader.number(YAMLReader.decimal(text)) else {
      throw error(
        at: node,
        "the number '\(text)' cannot be read exactly (as a double it is \(value)); write it in decimal, or in quotes if it is text"
      )
    }
    return number
  }

  private static func number(_ text: String) -> JSONNumber? {
    guard text.first.map({ $0 == "-" || ("0"..."9").contains($0) }) == true,
      case .number(let number)? = try? JSONValue(parsing: text)
    else { return nil }
    return number
  }

  /// What YAML allows beyond JSON in a decimal number: a plus sign, digits parted by `_`, zeros before
  /// it, and nothing before or behind the point.
  private static func decimal(_ text: String) -> String {
    var digits = text.filter { $0 != "_" }[...]
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    digits = digits.drop { $0 == "0" }
    if digits.first.map({ ("0"..."9").contains($0) }) != true { digits = "0" + digits }
    if let point = digits.firstIndex(of: ".") {
      let next = digits.index(after: point)
      if next == digits.endIndex || !("0"..."9").contains(digits[next]) { digits.remove(at: point) }
    }
    return (isNegative ? "-" : "") + digits
  }

  func string(_ node: Node, _ subject: String) throws -> String {
    guard let text = node.string else { throw error(at: node, "\(subject) must be a string") }
    return text
  }

  func flag(_ node: Node, _ subject: String) throws -> Bool {
    guard let value = node.bool else { throw error(at: node, "\(subject) must be true or false") }
    return value
  }

  func strings(_ node: Node?, _ subject: String) throws -> [String] {
    guard let node else { return [] }
    guard let sequence = node.sequence else {
      throw error(at: node, "\(subject) must be a list")
    }
    return try sequence.map { try string($0, "an element of \(subject)") }
  }

  func int(_ node: Node, _ subject: String, in range: ClosedRange<Int>) throws -> Int {
    guard let value = node.int, range.contains(value) else {
      throw error(
        at: node,
        "\(subject) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func double(_ node: Node, _ subject: String, in range: ClosedRange<Double>) throws -> Double {
    guard let value = node.float ?? node.int.map(Double.init), range.contains(value) else {
      throw error(
        at: node, "\(subject) must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func error(at node: Node, _ reason: String) -> LifecycleError {
    .badConfiguration(
      file: file, place: node.mark.map { "\($0.line):\($0.column)" }, reason: reason)
  }
}

extension YamlError {
  /// From 1; nil where the error has no place.
  fileprivate var place: (line: Int, column: Int)? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      (mark.line, mark.column)
    case .duplicatedKeysInMapping(_, let context): (context.mark.line, context.mark.column)
    default: nil
    }
  }

  /// A clause without a full stop.
  fileprivate var problem: String {
    switch self {
    case .scanner(let context, let problem, _, _), .parser(let context, let problem, _, _),
      .composer(let context, let problem, _, _):
      "not YAML: " + (context.map { "\($0.text) " } ?? "") + problem
    case .duplicatedKeysInMapping(let duplicates, _):
      "the key \(duplicates.map { "'\($0)'" }.joined(separator: ", ")) occurs twice"
    case .reader(let problem, _, _, _): "not YAML: \(problem)"
    default: "not YAML: \(self)"
    }
  }
}
