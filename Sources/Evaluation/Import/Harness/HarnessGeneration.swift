/// `generation_kwargs`: how outputs are written.
struct HarnessGeneration {
  /// In tokens, at least 1; 256 where the task says nothing.
  private(set) var length = 256
  private(set) var stops: [String]
  /// 0 is greedy.
  private(set) var temperature = 0.0
  private(set) var notes: [String] = []

  init(_ settings: HarnessSettings, _ delimiter: String) throws(EvaluationError) {
    stops = [delimiter]
    guard let setting = settings["generation_kwargs"] else { return }
    guard case .dict(let dict) = setting.value else {
      throw setting.fault("'generation_kwargs' must be a mapping")
    }
    if let until = setting.value["until"], until != .none {
      let texts = (until.elements ?? [until]).map(\.text)
      stops = texts.filter { !$0.isEmpty }
      if stops.count < texts.count { notes.append("an empty text in 'until' is ignored") }
    }
    for key in ["max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens"] {
      guard let value = setting.value[key] else { continue }
      guard let length = value.int, length > 0 else {
        throw setting.fault("'\(key)' must be a whole number of at least 1")
      }
      self.length = length
      break
    }
    let samples = setting.value["do_sample"]
    if let value = setting.value["temperature"], value != .none {
      guard let number = value.number ?? value.string.flatMap(Double.init), number >= 0 else {
        throw setting.fault("'temperature' must be a number of at least 0")
      }
      temperature = number
    } else if samples == .bool(true) {
      temperature = 1
    }
    if samples == .bool(false) { temperature = 0 }
    let known = [
      "until", "max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens", "do_sample",
      "temperature",
    ]
    for pair in dict.pairs where !known.contains(pair.key.text) {
      notes.append("'\(pair.key.text)' of 'generation_kwargs' is ignored: a suite does not say it")
    }
  }
}
