import MLOpsCore

/// Evaluates many requests together: continuous batching.
///
/// Each request has a slot, which is a sequence of the KV cache. In every step each generating
/// request gives one token and the prompts of new ones fill what room is left in the batch; requests
/// come and go between steps. What a slot still holds from the request before is used again where the
/// next begins alike. One engine serves one release, so that no release ever sees another's cache.
///
/// Sequences never see each other. Still a product of matrices may be summed in another order when
/// there are more rows, so that logits can differ in their last bits with the company they keep;
/// greedy texts differ only where two tokens are equally likely to within that, sampled ones sooner.
/// One slot that does not use prompts again gives the same text whatever else is asked.
actor Engine {
  private nonisolated let thread: DedicatedThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private var context: LlamaContext?
  private let tokenizer: Tokenizer
  private let grammars: GrammarLibrary
  /// Tokens that a sequence may have.
  nonisolated let limit: Int
  private var slots: [Slot]
  private let reusesPrompts: Bool
  private var waiting: [any SlotWork] = []
  private var loop: _Concurrency.Task<Void, Never>?
  private var isAccepting = true
  /// Lists that wait for what runs to end; nothing new begins meanwhile.
  private var waitingLists = 0
  private let model: LlamaModel
  private let adapter: LoRAAdapterHandle?
  private let scale: Float
  private let shape: LlamaContext.Shape
  private var steps = 0

  init(
    _ model: LlamaModel, adapter: LoRAAdapterHandle?, scale: Float, shape: LlamaContext.Shape
  ) throws(RuntimeError) {
    let context = try LlamaContext(model, adapter: adapter, scale: scale, shape: shape)
    limit = min(shape.context, context.contextPerSequence)
    self.context = context
    self.model = model
    self.adapter = adapter
    self.scale = scale
    self.shape = shape
    tokenizer = model.tokenizer
    grammars = GrammarLibrary(model.tokenizer)
    slots = Array(repeating: Slot(), count: shape.sequences)
    reusesPrompts = shape.reusesPrompts
    thread = DedicatedThread(name: "mlops.engine")
  }

  // MARK: Requests

  func generate(
    _ request: GenerationRequest, to stream: StreamOutput.Stream, _ cancellation: CancellationFlag
  ) {
    let output = StreamOutput(stream)
    guard isAccepting else { return output.fail(RuntimeError.shutDown) }
    do {
      waiting.append(
        try GenerationWork(
          request, tokenizer: tokenizer, grammars: grammars, limit: limit, output: output,
          cancellation: cancellation))
      begin()
    } catch {
      output.fail(error)
    }
  }

  /// Answers a list of requests, alone: what runs is finished before, and what comes meanwhile waits.
  ///
  /// - Throws: `runtime.not_enough_memory`, `runtime.shut_down`, `CancellationError`.
  func answer(
    _ requests: [ModelRequest], _ configuration: RuntimeConfiguration,
    _ cancellation: CancellationFlag,
    deliver: @Sendable (Int, AnswerCollector.Outcome) -> Void
  ) async throws {
    guard isAccepting else { throw RuntimeError.shutDown }
    waitingLists += 1
    while let loop { await loop.value }
    waitingLists -= 1
    defer { if !waiting.isEmpty { begin() } }
    guard let context else { throw RuntimeError.shutDown }
    let check = { if cancellation.isSet { throw CancellationError() } }
    let list = try RequestList(
      requests, tokenizer, grammars, limit: limit, sorts: configuration.sharesPrefixes,
      cancellation)
    for (request, error) in list.failures { deliver(request, .failure(error)) }
    if !list.scorings.isEmpty {
      let batch = ScoringBatch(scorings: list.scorings)
      let shape = batch.shape(like: shape)
      try MemoryEstimate(model.file, adapter: nil, shape: shape).checkBesideWeights(model.file)
      let path = ScoringPath(
        try LlamaContext(model, adapter: adapter, scale: scale, shape: shape),
        sharesPrefixes: configuration.sharesPrefixes, checkCancellation: check)
      try batch.run(on: path, ended: deliver)
    }
    guard !list.generations.isEmpty else { return try check() }
    for index in slots.indices { slots[index] = Slot() }
    context.clear()
    defer { context.clear() }
    let batch = GenerationBatch(
      context, lanes: configuration.isStrict ? 1 : slots.count,
      sharesPrefixes: configuration.sharesPrefixes, checkCancellation: check)
    try batch.run(list.generations) { collector in
      if let outcome = collector.outcome { deliver(collector.request, outcome) }
    }
  }

  /// Takes no new requests, finishes those there are, and frees the memory.
  func shutDown() async {
    isAccepting = false
    await loop?.value
    context = nil
  }

  // MARK: Steps

  private func begin() {
    guard loop == nil, waitingLists == 0 else { return }
    loop = _Concurrency.Task { await run() }
  }

  private func run() async {
    while slots.contains(where: { $0.work != nil }) || (!waiting.isEmpty && waitingLists == 0) {
      step()
      // New requests and cancellations get in between steps.
      await _Concurrency.Task.yield()
    }
    loop = nil
  }

  private func step() {
    guard let context else { return }
    steps += 1
    dropCancelled()
    admit(context)
    let spans = fill(context.batch)
    guard !spans.isEmpty else { return }
    do {
      try context.decode()
    } catch {
      failAll(error, context)
      return
    }
    for span in spans { finish(span, context) }
  }

  private func dropCancelled() {
    waiting.removeAll {
      if $0.isCancelled { $0.fail(CancellationError()) }
      return $0.isCancelled
    }
    for index in slots.indices where slots[index].work?.isCancelled == true {
      slots[index].work?.fail(CancellationError())
      slots[index].work = nil
    }
  }

  private func admit(_ context: LlamaContext) {
    while waitingLists == 0, let work = waiting.first {
      let tokens = work.start.tokens
      let free = slots.indices.filter { slots[$0].work == nil }
      let best = free.max { left, right in
        let (a, b) = (slots[left].common(with: tokens), slots[right].common(with: tokens))
        // Of slots that fit equally well the one that was used longest ago.
        return (a, -slots[left].lastUsed) < (b, -slots[right].lastUsed)
      }
      guard let best else { return }
      waiting.removeFirst()
      slots[best].work = work
      assign(work.start, to: best, context)
    }
  }

  /// Makes a slot hold the beginning of `feed` that it shares with what is cached, and nothing else.
  private func assign(_ feed: Feed, to index: Int, _ context: LlamaContext) {
    var kept = reusesPrompts ? min(slots[index].common(with: feed.tokens), feed.logitsFrom) : 0
    if kept < slots[index].cached.count, !context.drop(sequence: index, from: kept) {
      _ = context.drop(sequence: index, from: 0)
      kept = 0
    }
    slots[index].cached.removeLast(slots[index].cached.count - kept)
    slots[index].feed = feed
  }

  /// The part of a batch that belongs to one slot.
  private struct Span {
    let slot: Int
    /// Where its tokens begin in the batch.
    let first: Int
    let count: Int
  }

  private func fill(_ batch: TokenBatch) -> [Span] {
    batch.removeAll()
    // Those with least to evaluate come first: nobody who generates waits for a long prompt.
    let busy = slots.indices.filter { slots[$0].work != nil }
      .sorted { (missing($0), $0) < (missing($1), $1) }
    var spans: [Span] = []
    for index in busy where batch.room > 0 {
      let count = min(missing(index), batch.room)
      let first = batch.count
      for position in slots[index].cached.count..<slots[index].cached.count + count {
        batch.add(
          slots[index].feed.tokens[position], position: position, sequence: index,
          wantsLogits: position >= slots[index].feed.logitsFrom)
      }
      spans.append(Span(slot: index, first: first, count: count))
    }
    return spans
  }

  private func missing(_ index: Int) -> Int {
    slots[index].feed.tokens.count - slots[index].cached.count
  }

  private func finish(_ span: Span, _ context: LlamaContext) {
    guard let work = slots[span.slot].work else { return }
    slots[span.slot].lastUsed = steps
    let start = slots[span.slot].cached.count
    let feed = slots[span.slot].feed
    slots[span.slot].cached += feed.tokens[start..<start + span.count]
    do {
      for position in start..<start + span.count where position >= feed.logitsFrom {
        try context.withLogits(span.first + position - start) {
          try work.receive($0, position: position)
        }
      }
      guard missing(span.slot) == 0 else { return }
      switch try work.advance() {
      case .append(let token):
        slots[span.slot].feed.logitsFrom = slots[span.slot].feed.tokens.count
        slots[span.slot].feed.tokens.append(token)
      case .finished: slots[span.slot].work = nil
      }
    } catch {
      work.fail(error)
      slots[span.slot].work = nil
    }
  }

  private func failAll(_ error: any Error, _ context: LlamaContext) {
    for index in slots.indices {
      slots[index].work?.fail(error)
      slots[index] = Slot()
    }
    context.clear()
  }
}
