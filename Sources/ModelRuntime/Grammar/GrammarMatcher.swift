/// Follows a text through a grammar, token by token.
///
/// It keeps every way in which the text so far can be read: a stack of places in rules for each. Equal
/// stacks are one (they are numbered by place and rest), and what a stack can read next is worked out
/// once. Used on one thread.
final class GrammarMatcher {
  /// The stack of a text that is complete.
  private static let done = -1
  /// Ways to read a text that are followed at once; a grammar with more is refused.
  static let mostStacks = 10_000

  private struct Node: Hashable {
    /// In `grammar.elements`.
    let place: Int
    /// What comes after this rule's end.
    let rest: Int
  }

  private let grammar: Grammar
  private let pieces: TokenPieces
  private var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]
  /// For a stack those that stand before a set of scalars, and `done`.
  private var expansions: [Int: [Int]] = [:]
  private var stacks: [Int] = []
  /// The first steps from `stacks`, by scalar.
  private var steps: [UInt32: [Int]] = [:]
  /// Bytes of a scalar that the last token began.
  private var partial: [UInt8] = []

  /// - Throws: `runtime.invalid_grammar` where it can be read in too many ways.
  init(_ grammar: Grammar, _ pieces: TokenPieces) throws(RuntimeError) {
    self.grammar = grammar
    self.pieces = pieces
    var found: Set<Int> = []
    for start in grammar.rules[grammar.root] {
      found.formUnion(try expansion(of: number(start, Self.done)))
    }
    stacks = found.sorted()
  }

  /// Whether the text so far is complete, though it may go on.
  var mayEnd: Bool { partial.isEmpty && stacks.contains(Self.done) }
  /// Whether nothing can follow.
  var mustEnd: Bool { mayEnd && stacks.count == 1 }

  /// Whether a token that ends no text can follow.
  ///
  /// - Throws: `runtime.invalid_grammar`.
  func allows(_ token: Int32) throws(RuntimeError) -> Bool {
    try next(pieces[token]) != nil
  }

  /// Takes a token that was allowed.
  ///
  /// - Throws: `runtime.invalid_grammar`.
  func accept(_ token: Int32) throws(RuntimeError) {
    guard let (stacks, partial) = try next(pieces[token]) else { return }
    self.stacks = stacks
    self.partial = partial
    steps = [:]
  }

  /// The state after some bytes; nil where they cannot follow.
  private func next(_ bytes: ArraySlice<UInt8>) throws(RuntimeError) -> ([Int], [UInt8])? {
    guard !bytes.isEmpty, let text = UTF8Reader(partial + bytes) else { return nil }
    var states = stacks
    for (index, scalar) in text.scalars.enumerated() {
      if index == 0, let known = steps[scalar] {
        states = known
      } else {
        states = try step(states, scalar)
        if index == 0 { steps[scalar] = states }
      }
      if states.isEmpty { return nil }
    }
    if let possible = text.possible {
      guard states.contains(where: { set(before: $0)?.overlaps(possible) == true }) else {
        return nil
      }
    }
    return (states, text.partial)
  }

  private func set(before stack: Int) -> ScalarSet? {
    guard stack >= 0, case .set(let set) = grammar.elements[nodes[stack].place] else { return nil }
    return grammar.sets[set]
  }

  private func step(_ states: [Int], _ scalar: UInt32) throws(RuntimeError) -> [Int] {
    var found: Set<Int> = []
    for stack in states where set(before: stack)?.contains(scalar) == true {
      found.formUnion(try expansion(of: number(nodes[stack].place + 1, nodes[stack].rest)))
      guard found.count <= Self.mostStacks else { throw Self.tooManyWays }
    }
    return found.sorted()
  }

  /// Goes into rules and out of them until a scalar is to be read.
  private func expansion(of stack: Int) throws(RuntimeError) -> [Int] {
    if let known = expansions[stack] { return known }
    var found: Set<Int> = []
    var seen: Set<Int> = [stack]
    var open = [stack]
    while let next = open.popLast() {
      guard next >= 0 else {
        found.insert(next)
        continue
      }
      var more: [Int] = []
      let node = nodes[next]
      switch grammar.elements[node.place] {
      case .set: found.insert(next)
      case .end: more = [node.rest]
      case .rule(let rule):
        // A rule that ends with another leaves nothing to come back to: repetitions stay flat.
        let isLast = grammar.elements[node.place + 1] == .end
        let rest = isLast ? node.rest : number(node.place + 1, node.rest)
        more = grammar.rules[rule].map { number($0, rest) }
      }
      for stack in more where seen.insert(stack).inserted { open.append(stack) }
      guard seen.count <= Self.mostStacks else { throw Self.tooManyWays }
    }
    let sorted = found.sorted()
    expansions[stack] = sorted
    return sorted
  }

  private func number(_ place: Int, _ rest: Int) -> Int {
    let node = Node(place: place, rest: rest)
    if let number = numbers[node] { return number }
    numbers[node] = nodes.count
    nodes.append(node)
    return nodes.count - 1
  }

  private static let tooManyWays = RuntimeError.invalidGrammar(
    line: 1, column: 1, reason: "a text can be read in more than \(mostStacks) ways at once")
}
