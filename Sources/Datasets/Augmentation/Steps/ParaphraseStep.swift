import JSON
import MLOpsCore

/// Asks a model to say a text in other words, and takes what passes the checks.
struct ParaphraseStep: AugmentationStep {
  static let name = "paraphrase"

  let common: CommonSettings
  /// The reference of the model.
  let model: String?
  private let field: FieldUse
  /// With `{text}` where the text goes.
  private let prompt: SlotTemplate
  private let system: String?
  private let sampling: Sampling
  private let maxTokens: Int
  private let stop: [String]
  private let checks: ParaphraseChecks

  /// - Parameter model: For a step that names none.
  init(_ setting: Setting, model fallback: String?) throws(DatasetsError) {
    let members = try setting.members(
      keys: CommonSettings.keys + ParaphraseChecks.keys + [
        "field", "model", "prompt", "system", "temperature", "top_p", "top_k", "max_tokens", "stop",
      ])
    common = try CommonSettings(members)
    checks = try ParaphraseChecks(members)
    guard let field = members["field"], let prompt = members["prompt"] else {
      throw setting.failure(expected: "a mapping with field and prompt")
    }
    self.field = try field.field()
    self.prompt = try SlotTemplate(prompt, lists: [ParaphraseStep.textSlot])
    guard self.prompt.slots.contains(.list(ParaphraseStep.textSlot)), !self.prompt.isRunning else {
      throw prompt.failure(expected: "a template with {text}, where the text goes")
    }
    model = try members["model"]?.text() ?? fallback
    guard model != nil else {
      throw setting.failure(expected: "a mapping with model, where --model names none")
    }
    system = try members["system"]?.text()
    sampling = Sampling(
      temperature: try members["temperature"]?.number(in: 0...5) ?? 0.8,
      topP: try members["top_p"]?.number(in: 0.000_001...1) ?? 1,
      topK: try members["top_k"]?.whole(in: 0...1_000_000) ?? 0)
    maxTokens = try members["max_tokens"]?.whole(in: 1...100_000) ?? 256
    var stop: [String] = []
    if let list = members["stop"] {
      for element in try list.elements() {
        let text = try element.text()
        guard !text.isEmpty else { throw element.failure(expected: "a text that is not empty") }
        stop.append(text)
      }
    }
    self.stop = stop
  }

  private static let textSlot = "text"
  /// What a model may find wrong with one row.
  private static let faultsOfRows: Set<String> = [
    "runtime.prompt_too_long", "runtime.text_not_representable",
  ]

  var settings: [String: JSONValue] {
    var object = checks.json
    object["field"] = .string(field.pointer.description)
    object["prompt"] = .string(prompt.source)
    if let model { object["model"] = .string(model) }
    if let system { object["system"] = .string(system) }
    object["temperature"] = .double(sampling.temperature)
    object["top_p"] = .double(sampling.topP)
    object["top_k"] = .integer(sampling.topK)
    object["max_tokens"] = .integer(maxTokens)
    object["stop"] = .array(stop.map { .string($0) })
    return object
  }

  var reads: [FieldUse] { [field] + prompt.reads }
  var writes: [JSONPointer] { [field.pointer] }
  var rowsEach: Int { 1 }

  func variants(of row: SourceRow, _ indices: Range<Int>, _ context: StepContext) async throws
    -> RowVariants
  {
    guard let text = row.value[field.pointer]?.string else { return .unsuited("no text") }
    guard let model = context.model else { return .unsuited("no model") }
    let question: String
    do throws(Rejection) {
      question = try prompt.filled { slot throws(Rejection) in
        guard case .field(let pointer) = slot else { return text }
        guard let value = row.value.label(at: pointer) else {
          throw Rejection(reason: "no field \(pointer)")
        }
        return value
      }
    } catch {
      return .unsuited(error.reason)
    }
    var variants: [Variant] = []
    for index in indices {
      var random = context.random(for: row, index)
      let request = request(question, seed: UInt32(truncatingIfNeeded: random.next()))
      variants.append(
        try await variant(of: row, text, index, model.model, request))
    }
    return .made(variants)
  }

  private func request(_ question: String, seed: UInt32) -> GenerationRequest {
    var sampling = sampling
    sampling.seed = seed
    let turns = (system.map { [ChatMessage(role: .system, content: $0)] } ?? [])
    return GenerationRequest(
      input: .chat(turns + [ChatMessage(role: .user, content: question)]), maxTokens: maxTokens,
      sampling: sampling, stop: stop)
  }

  private func variant(
    of row: SourceRow, _ text: String, _ index: Int, _ model: any LanguageModel,
    _ request: GenerationRequest
  ) async throws -> Variant {
    let answer: String
    do {
      answer = try await model.generate(request).text
    } catch let error as any Failure where ParaphraseStep.faultsOfRows.contains(error.code) {
      // Anything else would be wrong with every row, and ends the work.
      let rejection = Rejection(
        reason: "refused by the model", detail: error.message, pointer: field.pointer)
      return Variant(index, rejected: rejection)
    }
    let tidy = WhitespaceStep(collapses: false).tidied(answer)
    var value = row.value
    value.set(.string(tidy), at: field.pointer.tokens[...])
    if let found = checks.rejection(of: tidy, for: text) {
      let rejection = Rejection(
        reason: found.reason, detail: found.detail, pointer: field.pointer, row: value)
      return Variant(index, rejected: rejection)
    }
    return Variant(index, value)
  }
}
