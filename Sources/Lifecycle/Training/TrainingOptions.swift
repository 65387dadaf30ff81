public import JSON
import MLOpsCore
public import Training

/// The options of a training that were given, from wherever.
public struct TrainingOptions: Sendable, Hashable {
  /// Where in a file an option stands: `train.yaml` and `3:1`.
  struct Place: Hashable {
    let file: String
    let position: String?
  }

  private(set) var values: [TrainingOption: JSONValue] = [:]
  /// Of the options that a file said.
  var places: [TrainingOption: Place] = [:]

  public init() {}

  /// What was given for an option; nil for nothing.
  public subscript(option: TrainingOption) -> JSONValue? {
    get { values[option] }
    set { values[option] = newValue }
  }

  /// These, and of the others what these do not say.
  ///
  /// `epochs` and `max_steps` are two ways to say one thing, so the other's `epochs` do not join
  /// these `max_steps`.
  public func over(_ other: TrainingOptions) -> TrainingOptions {
    var merged = self
    let length: Set<TrainingOption> = [.epochs, .maxSteps]
    let saysLength = !length.isDisjoint(with: values.keys)
    for (option, value) in other.values
    where values[option] == nil && !(saysLength && length.contains(option)) {
      merged.values[option] = value
      merged.places[option] = other.places[option]
    }
    return merged
  }

  /// The names on the command line of what was given besides some options, without hyphens before.
  public func others(than allowed: Set<TrainingOption>) -> [String] {
    TrainingOption.allCases.filter { values[$0] != nil && !allowed.contains($0) }.map(\.flag)
  }

  /// As a checkpoint keeps them.
  public var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
  }

  /// Reads `json` back; what is no option is left out.
  public init(json: JSONValue) { self.init(json, as: TrainingOption.init(rawValue:)) }

  /// The options that make the settings of a finished training again.
  ///
  /// - Parameter settings: `TrainingConfiguration.json`.
  init(settings: JSONValue) { self.init(settings, as: TrainingOption.init(setting:)) }

  private init(_ members: JSONValue, as option: (String) -> TrainingOption?) {
    for (key, value) in members.object ?? [:] where value != .null {
      if let option = option(key) { values[option] = value }
    }
  }

  // MARK: Values

  func text(_ option: TrainingOption) -> String? { values[option]?.string }
  func whole(_ option: TrainingOption) -> Int? { values[option]?.int }

  /// - Throws: `LifecycleError.missingOptions`.
  func required(_ option: TrainingOption) throws(LifecycleError) -> String {
    guard let text = text(option), !text.isEmpty else {
      throw .missingOptions([option.flag])
    }
    return text
  }

  /// - Throws: `LifecycleError.missingOptions` for what no training goes without.
  func refuseMissing() throws(LifecycleError) {
    let missing = [TrainingOption.base, .data, .out].filter { text($0)?.isEmpty != false }
    guard missing.isEmpty else { throw .missingOptions(missing.map(\.flag)) }
  }

  func texts(_ option: TrainingOption) -> [String] {
    (values[option]?.array?.compactMap(\.string) ?? text(option).map { [$0] } ?? [])
      .flatMap { $0.split(separator: ",").map { String($0).trimmed } }
  }

  /// The settings; ranges are checked by the trainer.
  ///
  /// - Throws: `TrainingError.invalidConfiguration`, `LifecycleError.badOption`.
  public func configuration() throws -> TrainingConfiguration {
    try refuseEmptyTexts()
    _ = try guardThreshold()
    var settings = TrainingConfiguration(method: try method(), scope: try scope())
    func take(_ option: TrainingOption, _ path: WritableKeyPath<TrainingConfiguration, Float>) {
      if let value = values[option]?.double { settings[keyPath: path] = Float(value) }
    }
    if let rank = whole(.rank) { settings.rank = rank }
    take(.alpha, \.alpha)
    take(.dropout, \.dropout)
    take(.learningRate, \.learningRate)
    take(.warmup, \.warmup)
    take(.weightDecay, \.weightDecay)
    take(.clip, \.clip)
    if values[.targets] != nil { settings.targets = try TargetModule.named(texts(.targets)) }
    settings.epochs = whole(.epochs)
    settings.maxSteps = whole(.maxSteps)
    if settings.epochs != nil, settings.maxSteps != nil {
      throw LifecycleError.badOption(
        "epochs", reason: "--max-steps says how long to train too; give one of them")
    }
    settings.batchTokens = whole(.batchTokens)
    if let accumulate = whole(.accumulate) { settings.accumulate = accumulate }
    settings.maxLength = whole(.context)
    settings.longRows = try word(.longRows) ?? settings.longRows
    settings.schedule = try word(.schedule) ?? settings.schedule
    settings.precision = try word(.precision) ?? settings.precision
    settings.recompute = try word(.recompute) ?? settings.recompute
    settings.weights = try word(.weights) ?? settings.weights
    if let seed = whole(.seed) {
      guard seed >= 0 else {
        throw LifecycleError.badOption("seed", reason: "expected 0 or more, found \(seed)")
      }
      settings.seed = UInt64(seed)
    }
    settings.threads = whole(.threads)
    settings.evalEvery = whole(.evalEvery)
    settings.earlyStop = whole(.earlyStop)
    settings.checkpointEvery = whole(.checkpointEvery)
    if case .share(let share) = try validation() { settings.validationShare = share }
    return settings
  }

  /// What is learned of the rows.
  ///
  /// - Throws: `LifecycleError.badOption` for an option that says nothing to the method.
  func method() throws(LifecycleError) -> TrainingMethod {
    let name: TrainingMethod.Name = try word(.method) ?? .sft
    let own: [TrainingMethod.Name: [TrainingOption]] = [
      .sft: [.prompt, .answer], .dpo: [.beta, .loss, .labelSmoothing],
      .kto: [.beta, .desirableWeight, .undesirableWeight],
    ]
    // A prompt and a field with the answer make right answers of records.
    let particular: [TrainingOption] = [
      .prompt, .answer, .beta, .loss, .labelSmoothing, .desirableWeight, .undesirableWeight,
    ]
    for option in particular
    where values[option] != nil && own[name]?.contains(option) != true {
      throw .badOption(
        option.rawValue,
        reason: "it says nothing to the method '\(name.rawValue)'")
    }
    switch name {
    case .sft: return .sft
    case .dpo:
      var settings = DPOSettings()
      settings.beta = values[.beta]?.double ?? settings.beta
      settings.loss = try word(.loss) ?? settings.loss
      settings.labelSmoothing = values[.labelSmoothing]?.double ?? settings.labelSmoothing
      return .dpo(settings)
    case .kto:
      var settings = KTOSettings()
      settings.beta = values[.beta]?.double ?? settings.beta
      settings.desirableWeight = values[.desirableWeight]?.double ?? settings.desirableWeight
      settings.undesirableWeight = values[.undesirableWeight]?.double ?? settings.undesirableWeight
      return .kto(settings)
    }
  }

  private func word<Word: RawRepresentable & CaseIterable>(_ option: TrainingOption)
    throws(LifecycleError) -> Word? where Word.RawValue == String
  {
    guard let text = text(option) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let hint = Spelling.nearest(to: text, in: words).map { " (did you mean '\($0)'?)" } ?? ""
    throw .badOption(
      option.rawValue,
      reason: "expected one of \(words.joined(separator: ", ")); found '\(text)'\(hint)")
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
