/// A context-free grammar over Unicode scalars, read from GBNF, the notation of llama.cpp.
///
/// It is checked as a whole, so that matching neither loops nor runs out of memory whatever the text
/// of the grammar was: no rule is missing, and none begins with itself.
struct Grammar: Sendable {
  enum Element: Sendable, Hashable {
    /// One scalar of `sets[_]`.
    case set(Int)
    /// What a rule produces.
    case rule(Int)
    /// The end of an alternative.
    case end
  }

  /// The alternatives of all rules, each ended by `end`.
  private(set) var elements: [Element] = []
  private(set) var sets: [ScalarSet] = []
  /// Where the alternatives of each rule begin in `elements`.
  private(set) var rules: [[Int]] = []
  /// The rule that a whole text matches.
  private(set) var root = 0

  /// - Throws: `runtime.invalid_grammar` with the line and column of what is wrong.
  init(parsing text: String) throws(RuntimeError) {
    var parser = GrammarParser(text)
    let draft = try parser.parse()
    var numbers: [ScalarSet: Int] = [:]
    for rule in draft.rules {
      var starts: [Int] = []
      for alternative in rule {
        starts.append(elements.count)
        for symbol in alternative {
          switch symbol {
          case .rule(let number): elements.append(.rule(number))
          case .set(let set):
            let number = numbers[set] ?? sets.count
            if number == sets.count {
              sets.append(set)
              numbers[set] = number
            }
            elements.append(.set(number))
          }
        }
        elements.append(.end)
      }
      rules.append(starts)
    }
    root = draft.root
    if let rule = ruleThatBeginsWithItself() {
      throw .invalidGrammar(
        line: draft.lines[rule], column: 1,
        reason: "'\(draft.names[rule])' can begin with itself, or repeats what may be empty")
    }
  }

  /// The symbols of an alternative.
  private func alternative(_ start: Int) -> ArraySlice<Element> {
    elements[start...].prefix { $0 != .end }
  }

  /// Which rules may produce the empty text.
  private func nullable() -> [Bool] {
    var isNullable = Array(repeating: false, count: rules.count)
    // A rule may become nullable by another that does; each round settles at least one.
    var callers: [[Int]] = Array(repeating: [], count: rules.count)
    for (rule, starts) in rules.enumerated() {
      for start in starts {
        for case .rule(let callee) in alternative(start) { callers[callee].append(rule) }
      }
    }
    var open = Array(rules.indices)
    while let rule = open.popLast() {
      guard !isNullable[rule] else { continue }
      let produces = rules[rule].contains { start in
        alternative(start).allSatisfy { element in
          if case .rule(let callee) = element { isNullable[callee] } else { false }
        }
      }
      guard produces else { continue }
      isNullable[rule] = true
      open += callers[rule]
    }
    return isNullable
  }

  /// A rule on a cycle of rules that call each other before any scalar is read.
  private func ruleThatBeginsWithItself() -> Int? {
    let isNullable = nullable()
    var begins: [Set<Int>] = Array(repeating: [], count: rules.count)
    for (rule, starts) in rules.enumerated() {
      for start in starts {
        for case .rule(let callee) in leading(alternative(start), isNullable) {
          begins[rule].insert(callee)
        }
      }
    }
    // Rules that begin with no other are taken away until none is left, or only cycles and what
    // leads to them.
    var callers: [[Int]] = Array(repeating: [], count: rules.count)
    for (rule, callees) in begins.enumerated() {
      for callee in callees { callers[callee].append(rule) }
    }
    var left = begins.map(\.count)
    var open = rules.indices.filter { left[$0] == 0 }
    var settled = 0
    while let rule = open.popLast() {
      settled += 1
      for caller in callers[rule] {
        left[caller] -= 1
        if left[caller] == 0 { open.append(caller) }
      }
    }
    guard settled < rules.count else { return nil }
    return left.firstIndex { $0 > 0 }
  }

  /// The symbols that may come first: up to the first that cannot be empty.
  private func leading(_ symbols: ArraySlice<Element>, _ isNullable: [Bool]) -> [Element] {
    var leading: [Element] = []
    for symbol in symbols {
      leading.append(symbol)
      guard case .rule(let rule) = symbol, isNullable[rule] else { break }
    }
    return leading
  }
}
