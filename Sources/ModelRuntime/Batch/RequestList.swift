import MLOpsCore

/// A list of requests in tokens, those that cannot be run set apart.
struct RequestList {
  /// A scoring or rolling request: what is evaluated for it.
  struct Scoring {
    /// The place of the request in the list.
    let request: Int
    let plans: [ScoringPlan]
    /// Whether the plans are the windows of one text.
    let isRolling: Bool
  }

  private(set) var scorings: [Scoring] = []
  private(set) var generations: [GenerationBatch.Item] = []
  private(set) var failures: [(request: Int, error: RuntimeError)] = []

  /// - Parameters:
  ///   - limit: tokens that a sequence may have.
  ///   - sorts: puts requests into the order of their tokens, so that equal beginnings come together.
  init(
    _ requests: [ModelRequest], _ tokenizer: Tokenizer, _ grammars: GrammarLibrary, limit: Int,
    sorts: Bool, _ cancellation: CancellationFlag
  ) throws {
    for (index, request) in requests.enumerated() {
      guard !cancellation.isSet else { throw CancellationError() }
      do throws(RuntimeError) {
        try add(request, index, tokenizer, grammars, limit, cancellation)
      } catch {
        failures.append((index, error))
      }
    }
    guard sorts else { return }
    scorings = Self.sorted(scorings) { $0.plans.first?.root ?? [] }
    generations = Self.sorted(generations) { $0.work.start.tokens }
  }

  private mutating func add(
    _ request: ModelRequest, _ index: Int, _ tokenizer: Tokenizer, _ grammars: GrammarLibrary,
    _ limit: Int, _ cancellation: CancellationFlag
  ) throws(RuntimeError) {
    switch request {
    case .generate(let request):
      let collector = AnswerCollector(request: index)
      let work = try GenerationWork(
        request, tokenizer: tokenizer, grammars: grammars, limit: limit, output: collector,
        cancellation: cancellation)
      generations.append(GenerationBatch.Item(work: work, collector: collector))
    case .score(let request):
      let plan = try ScoringPlan(request, tokenizer, limit: limit)
      scorings.append(Scoring(request: index, plans: [plan], isRolling: false))
    case .rolling(let text):
      let plans = try ScoringPlan.windows(of: text, tokenizer, length: limit)
      scorings.append(Scoring(request: index, plans: plans, isRolling: true))
    }
  }

  /// By tokens; of equals the first of the list comes first.
  private static func sorted<Element>(_ items: [Element], by tokens: (Element) -> [Int32])
    -> [Element]
  {
    let keys = items.map(tokens)
    let order = items.indices.sorted { left, right in
      if keys[left].lexicographicallyPrecedes(keys[right]) { return true }
      return left < right && !keys[right].lexicographicallyPrecedes(keys[left])
    }
    return order.map { items[$0] }
  }
}
