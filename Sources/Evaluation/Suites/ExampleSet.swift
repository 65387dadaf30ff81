import JSON
import MLOpsCore

/// Examples of which some stand before each question.
struct ExampleSet: Sendable {
  enum Pick: String, Sendable, CaseIterable { case first, random }

  let examples: [PlacedCase]
  /// How many stand before each question, at least 1.
  let count: Int
  let pick: Pick
  /// Draws them, where they are drawn.
  let seed: Int
  /// Whether all cases draw the same.
  let isSame: Bool
  /// Stands between examples, and before the question; of texts only.
  let between: String
  /// Stands between an example's question and its answer; of texts only.
  let separator: String

  /// The settings and the examples, for the suite's digest.
  var json: JSONValue {
    [
      "count": .integer(count), "pick": .string(pick.rawValue), "seed": .integer(seed),
      "same": .bool(isSame), "between": .string(between), "separator": .string(separator),
      "cases": .array(examples.map { .string($0.one.digest.description) }),
    ]
  }

  /// The places of the examples before a case's question, in their order there: as many as there shall
  /// be, where there are enough that are not the case itself.
  func places(before one: SuiteCase, _ wordings: Wordings) -> [Int] {
    let questions = wordings.questions(one)
    var order = ExampleOrder(count: examples.count, seed: drawSeed(for: one))
    var places: [Int] = []
    while places.count < count, let place = order.next() {
      let example = examples[place].one
      // It would tell the answer.
      let isSame =
        example.label == one.label
        && example.record[wordings.input].map(questions.contains) ?? false
      if !isSame { places.append(place) }
    }
    return places
  }

  /// Nil where nothing is drawn.
  private func drawSeed(for one: SuiteCase) -> UInt64? {
    guard pick == .random else { return nil }
    let text = isSame ? "mlops.examples \(seed)" : "mlops.examples \(seed) \(one.id)"
    return UInt64(Digest(of: Array(text.utf8)).hex.prefix(16), radix: 16)
  }
}

/// Numbers from 0, one after the other or in random order, each once.
private struct ExampleOrder {
  private let count: Int
  private var step = 0
  private var generator: SplitMix64?
  /// What an exchange has put where, by place: Fisher and Yates without the list.
  private var moved: [Int: Int] = [:]

  init(count: Int, seed: UInt64?) {
    self.count = count
    generator = seed.map { SplitMix64(seed: $0) }
  }

  mutating func next() -> Int? {
    guard step < count else { return nil }
    defer { step += 1 }
    guard let other = generator?.next(below: count - step) else { return step }
    let place = step + other
    let drawn = moved[place] ?? place
    moved[place] = moved[step] ?? step
    return drawn
  }
}
