/// Generates the texts of a list, as many beside each other as there are lanes.
///
/// Prompts are evaluated alone, in chunks; what another lane holds of them already is copied. Then
/// every step evaluates one row for each lane, also for idle ones, so that the rows' numbers do not
/// depend on how many are busy. Requests begin in the order of the list, whenever a lane is free.
final class GenerationBatch {
  struct Item {
    let work: GenerationWork
    let collector: AnswerCollector
  }

  private let context: LlamaContext
  private let sharesPrefixes: Bool
  /// Called before each decode; throws where nobody waits any more.
  private let checkCancellation: () throws -> Void
  private var lanes: [GenerationLane]

  /// - Parameter lanes: at most as many as the context has sequences.
  init(
    _ context: LlamaContext, lanes: Int, sharesPrefixes: Bool,
    checkCancellation: @escaping () throws -> Void
  ) {
    self.context = context
    self.sharesPrefixes = sharesPrefixes
    self.checkCancellation = checkCancellation
    self.lanes = Array(repeating: GenerationLane(), count: lanes)
  }

  /// - Parameter ended: is given each collector when it has its outcome.
  /// - Throws: `CancellationError`; a request that fails has an outcome that says so.
  func run(_ items: [Item], ended: (AnswerCollector) -> Void) throws {
    var items = items[...]
    while true {
      while let item = items.first, let lane = freeLane(for: item.work.start.tokens) {
        items.removeFirst()
        try begin(item, in: lane)
        settle(lane, ended)
      }
      guard lanes.contains(where: { $0.item != nil }) else { return }
      try step()
      for lane in lanes.indices { settle(lane, ended) }
    }
  }

  /// Frees a lane whose generation has ended.
  private func settle(_ lane: Int, _ ended: (AnswerCollector) -> Void) {
    guard let collector = lanes[lane].item?.collector, collector.outcome != nil else { return }
    lanes[lane].item = nil
    ended(collector)
  }

  private func freeLane(for prompt: [Int32]) -> Int? {
    let free = lanes.indices.filter { lanes[$0].item == nil }
    guard sharesPrefixes else { return free.first }
    return free.max { lanes[$0].common(with: prompt) < lanes[$1].common(with: prompt) }
  }

  // MARK: Prompts

  private func begin(_ item: Item, in lane: Int) throws {
    item.collector.begin()
    do {
      let kept = try prepare(lane, for: item.work.start.tokens)
      item.collector.begin(shared: kept)
      lanes[lane].item = item
      try evaluatePrompt(item.work.start, from: kept, in: lane)
    } catch let error as CancellationError {
      throw error
    } catch {
      lanes[lane].item = item
      fail(lane, error)
    }
  }

  /// Makes a lane hold the beginning of a prompt that is there already, and nothing else.
  private func prepare(_ lane: Int, for prompt: [Int32]) throws -> Int {
    var kept = 0
    if sharesPrefixes {
      let common = lanes.map { $0.common(with: prompt) }
      kept = common.max() ?? 0
      if let source = common.firstIndex(of: kept), kept > common[lane] {
        try context.copy(source, to: lane)
      }
    }
    kept = trim(lane, to: kept)
    lanes[lane].chunks = Array(prompt.prefix(kept))
    return kept
  }

  /// Leaves the first `count` tokens of a lane, or none where only all can be dropped.
  private func trim(_ lane: Int, to count: Int) -> Int {
    var kept = count
    if !context.drop(sequence: lane, from: kept) {
      _ = context.drop(sequence: lane, from: 0)
      kept = 0
    }
    lanes[lane].count = kept
    return kept
  }

  private func evaluatePrompt(_ feed: Feed, from: Int, in lane: Int) throws {
    for chunk in PromptChunk.ranges(from: from, to: feed.tokens.count) {
      context.batch.removeAll()
      for position in chunk {
        context.batch.add(
          feed.tokens[position], position: position, sequence: lane,
          wantsLogits: position >= feed.logitsFrom)
      }
      try decode()
      lanes[lane].count = chunk.upperBound
    }
    lanes[lane].chunks = Array(feed.tokens.prefix(PromptChunk.whole(feed.tokens.count)))
    try read(lane, row: (feed.tokens.count - 1) % PromptChunk.length)
  }

  // MARK: Steps

  private func step() throws {
    context.batch.removeAll()
    for lane in lanes.indices {
      if lanes[lane].item == nil {
        // A row that nobody reads; the lane keeps its chunks for others.
        let kept = trim(lane, to: lanes[lane].chunks.count)
        lanes[lane].chunks.removeLast(lanes[lane].chunks.count - kept)
        lanes[lane].next = 0
      }
      context.batch.add(
        lanes[lane].next, position: lanes[lane].count, sequence: lane, wantsLogits: true)
      lanes[lane].count += 1
    }
    do {
      try decode()
    } catch let error as CancellationError {
      throw error
    } catch {
      context.clear()
      for lane in lanes.indices { fail(lane, error) }
      return
    }
    for lane in lanes.indices where lanes[lane].item != nil {
      do {
        try read(lane, row: lane)
      } catch {
        fail(lane, error)
      }
    }
  }

  /// Lets a lane's work choose the next token by the logits of a row.
  private func read(_ lane: Int, row: Int) throws {
    guard let item = lanes[lane].item else { return }
    try context.withLogits(row) { try item.work.receive($0, position: lanes[lane].count - 1) }
    item.collector.tick()
    if case .append(let token) = item.work.advance() { lanes[lane].next = token }
  }

  /// Tells a lane's work, if any, and forgets what the lane holds.
  private func fail(_ lane: Int, _ error: any Error) {
    lanes[lane].item?.work.fail(error)
    _ = context.drop(sequence: lane, from: 0)
    lanes[lane].chunks = []
    lanes[lane].count = 0
  }

  private func decode() throws {
    try checkCancellation()
    try context.decode()
  }
}
