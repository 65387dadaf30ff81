import JSON

/// Tries values on single schemas of a program, within a budget for all tries together.
struct Trial {
  /// How many schemas one try may apply.
  private static let patience = 20_000

  private var program: SchemaProgram
  /// How many schemas may still be applied.
  private(set) var budget: Int
  /// What a try costs at least: more where regular expressions may take long.
  private let price: Int

  /// Whether draft 4's `type` looks at how a number is written, so that equal values differ.
  let readsSpelling: Bool

  init(_ program: SchemaProgram, budget: Int) {
    self.program = program
    self.budget = budget
    var isRisky = false
    var readsSpelling = false
    for assertion in program.nodes.lazy.flatMap(\.assertions) {
      switch assertion.rule {
      case .typeAsWritten: readsSpelling = true
      case .pattern(let pattern): isRisky = isRisky || PatternRisk.of(pattern.source) != nil
      case .members(let rules):
        isRisky = isRisky || rules.matching.contains { PatternRisk.of($0.0.source) != nil }
      default: continue
      }
    }
    self.readsSpelling = readsSpelling
    price = isRisky ? 2_000 : 5
  }

  /// Whether a value is valid under all of some schemas; nil where a limit was reached.
  mutating func admits(_ nodes: some Sequence<SchemaNode.ID>, _ value: JSONValue) -> Bool? {
    for node in nodes {
      guard budget > 0 else { return nil }
      program.root = node
      var evaluator = Evaluator(program: program, mode: .verdict, patience: Trial.patience)
      let isValid = evaluator.run(value)
      budget -= evaluator.steps + price
      guard !evaluator.gaveUp else { return nil }
      guard isValid else { return false }
    }
    return true
  }

  /// What is wrong with a value under all of some schemas.
  mutating func violations(_ nodes: some Sequence<SchemaNode.ID>, _ value: JSONValue)
    -> [SchemaViolation]
  {
    var violations: [SchemaViolation] = []
    for node in nodes {
      guard budget > 0 else { break }
      program.root = node
      var evaluator = Evaluator(program: program, mode: .violations, patience: Trial.patience)
      evaluator.run(value)
      budget -= evaluator.steps + price
      if !evaluator.gaveUp { violations += evaluator.violations }
    }
    return violations
  }
}
