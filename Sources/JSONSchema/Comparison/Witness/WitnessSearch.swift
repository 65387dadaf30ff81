import JSON

/// Looks for values that an old schema admits and a new one refuses.
///
/// Candidates come from what both schemas say: limits and their neighbours, listed values, examples,
/// texts of patterns and formats, objects with and without optional members, each alternative. Both
/// schemas are asked about each; none of it is random, so the same schemas give the same answer.
struct WitnessSearch {
  /// Values for one place, valid under its old schemas.
  struct Samples {
    /// Valid under the new schemas too.
    var accepted: [JSONValue] = []
    /// Refused by the new schemas, each for another reason.
    var refused: [JSONValue] = []

    /// Any will do where only the old schemas are asked.
    var first: JSONValue? { accepted.first ?? refused.first }
    var all: [JSONValue] { refused + accepted }
  }

  /// A place in values: the schemas of each side that hold there, all of them.
  struct Place: Hashable {
    let olds: Set<SchemaNode.ID>
    let news: Set<SchemaNode.ID>
  }

  let old: SchemaProgram
  let new: SchemaProgram
  private var prover: SubsetProver
  private var oldTrial: Trial
  private var newTrial: Trial
  private var known: [Place: Samples] = [:]
  private var open: Set<Place> = []
  private var candidates = 0
  /// How many characters further long texts may have.
  private var longCharacters = 8_000_000

  /// How deep values nest that are looked for.
  private static let depthLimit = 6
  /// How many candidates are tried, and how many for one place.
  private static let candidateLimit = 20_000
  private static let placeLimit = 1_500
  /// How many schemas each side may apply to them.
  private static let trialBudget = 2_000_000
  /// How many samples of each sort are kept for one place.
  private static let acceptedLimit = 10
  private static let refusedLimit = 32

  init(_ prover: SubsetProver) {
    self.prover = prover
    old = prover.old
    new = prover.new
    oldTrial = Trial(old, budget: WitnessSearch.trialBudget)
    newTrial = Trial(new, budget: WitnessSearch.trialBudget)
  }

  /// Values that only the old schema admits, each refused for another reason.
  mutating func witnesses() -> [SchemaDiff.Witness] {
    samples(Place(olds: [old.root], news: [new.root])).refused.compactMap { value in
      let violations = newTrial.violations([new.root], value)
      // Whoever validates data does so without these trials' limits.
      guard !violations.isEmpty, Evaluator.admits(old, value) == true,
        Evaluator.admits(new, value) == false
      else { return nil }
      return SchemaDiff.Witness(value: value, violations: violations)
    }
  }

  mutating func samples(_ place: Place) -> Samples {
    if let known = known[place] { return known }
    guard open.count < WitnessSearch.depthLimit, open.insert(place).inserted else {
      return sift(WitnessSearch.plainValues, place, isRefusalWanted: false)
    }
    defer { open.remove(place) }
    let isRefusalWanted = !place.news.allSatisfy {
      prover.provesPart(.old, place.olds.sorted(), $0)
    }
    let samples = sift(candidates(for: place), place, isRefusalWanted: isRefusalWanted)
    known[place] = samples
    return samples
  }

  /// The shortest values of each type.
  static let plainValues: [JSONValue] = [nil, true, false, 0, 1, -1, 0.5, "", "a", [], [:]]

  private mutating func candidates(for place: Place) -> [JSONValue] {
    let olds = SchemaFacets(old.inPlace(place.olds), of: old)
    let news = SchemaFacets(new.inPlace(place.news), of: new)
    var values = olds.values + news.values + WitnessSearch.plainValues
    let scalars = ScalarCandidates(olds, news, patience: min(800_000, longCharacters))
    longCharacters -= scalars.longCharacters
    values += scalars.values
    for nodes in old.cases(place.olds) {
      let facets = SchemaFacets(nodes, of: old)
      if facets.mayBe("array") { values += arrays(facets, news) }
      if facets.mayBe("object") { values += objects(facets, news) }
    }
    return values
  }

  /// Asks both schemas about candidates.
  private mutating func sift(_ values: [JSONValue], _ place: Place, isRefusalWanted: Bool)
    -> Samples
  {
    var samples = Samples()
    var seen: Set<String> = []
    var reasons: [[String]: Int] = [:]
    for value in values.prefix(WitnessSearch.placeLimit) {
      guard candidates < WitnessSearch.candidateLimit else { break }
      if !isRefusalWanted, samples.accepted.count >= 3 { break }
      // As written, because where spelling counts 1 is not 1.0.
      guard seen.insert(value.asWritten).inserted else { continue }
      candidates += 1
      guard oldTrial.admits(place.olds, value) == true,
        let isAccepted = newTrial.admits(place.news, value)
      else { continue }
      if isAccepted {
        if samples.accepted.count < WitnessSearch.acceptedLimit { samples.accepted.append(value) }
      } else if samples.refused.count < WitnessSearch.refusedLimit {
        let reason = newTrial.violations(place.news, value).map(\.signature).sorted()
        guard let earlier = reasons[reason] else {
          reasons[reason] = samples.refused.count
          samples.refused.append(value)
          continue
        }
        if value.asWritten.utf8.count < samples.refused[earlier].asWritten.utf8.count {
          samples.refused[earlier] = value
        }
      }
    }
    return samples
  }
}

extension Evaluator {
  /// Whether a value is valid; nil where a limit was reached.
  fileprivate static func admits(_ program: SchemaProgram, _ value: JSONValue) -> Bool? {
    var evaluator = Evaluator(program: program, mode: .verdict)
    let isValid = evaluator.run(value)
    return evaluator.gaveUp ? nil : isValid
  }
}

extension SchemaViolation {
  /// What tells one reason for refusing a value from another.
  fileprivate var signature: String {
    "\(document ?? "")#\(schema) \(keyword) \(missing ?? "") \(nearest?.index ?? -1)"
  }
}

extension JSONValue {
  /// Its text with each number as it is written.
  var asWritten: String {
    switch self {
    case .number(let number): number.lexeme
    case .array(let elements): "[\(elements.map(\.asWritten).joined(separator: ","))]"
    case .object(let members):
      "{"
        + members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(JSONValue.string($0.key).canonical):\($0.value.asWritten)" }
        .joined(separator: ",") + "}"
    default: canonical
    }
  }
}
