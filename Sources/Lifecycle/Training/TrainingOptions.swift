public import JSON
import MLOpsCore
public import Training

/// The options of a training that were given, from wherever.
public struct TrainingOptions: Sendable, Hashable {
  private(set) var values: [TrainingOption: JSONValue] = [:]

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
    }
    return merged
  }

  /// As a checkpoint keeps them.
  public var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
  }

  /// Reads `json` back; what is no option is left out.
  public init(json: JSONValue) {
    for (key, value) in json.object ?? [:] where value != .null {
      if let option = TrainingOption(rawValue: key) { values[option] = value }
    }
  }

  /// The options that make the settings of a finished training again.
  ///
  /// - Parameter settings: `TrainingConfiguration.json`.
  init(settings: JSONValue) {
    for (key, value) in settings.object ?? [:] where value != .null {
      if let option = TrainingOption(setting: key) { values[option] = value }
    }
  }

  // MARK: Values

  func text(_ option: TrainingOption) -> String? { values[option]?.string }
  func whole(_ option: TrainingOption) -> Int? { values[option]?.int }

  /// - Throws: `LifecycleError.missingOption`.
  func required(_ option: TrainingOption) throws(LifecycleError) -> String {
    guard let text = text(option), !text.isEmpty else {
      throw .missingOption(option.rawValue.replacing("_", with: "-"))
    }
    return text
  }

  func texts(_ option: TrainingOption) -> [String] {
    (values[option]?.array?.compactMap(\.string) ?? text(option).map { [$0] } ?? [])
      .flatMap { $0.split(separator: ",").map { String($0).trimmed } }
  }

  /// The settings; ranges are checked by the trainer.
  ///
  /// - Throws: `TrainingError.invalidConfiguration`, `LifecycleError.badOption`.
  public func configuration() throws -> TrainingConfiguration {
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
        "epochs", reason: "'epochs' and 'max_steps' both say how long to train; give one")
    }
    settings.batchTokens = whole(.batchTokens)
    if let accumulate = whole(.accumulate) { settings.accumulate = accumulate }
    settings.maxLength = whole(.context)
    settings.longRows = try word(.longRows) ?? settings.longRows
    settings.schedule = try word(.schedule) ?? settings.schedule
    settings.precision = try word(.precision) ?? settings.precision
    settings.recompute = try word(.recompute) ?? settings.recompute
    settings.weights = try word(.weights) ?? settings.weights
    if let seed = whole(.seed) { settings.seed = UInt64(bitPattern: Int64(seed)) }
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
        reason: "--\(option.rawValue.replacing("_", with: "-")) says nothing to the method "
          + "'\(name.rawValue)'")
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

  /// What is validated on.
  enum Validation: Equatable {
    /// Left to the amount of data.
    case automatic
    /// 0 for none.
    case share(Double)
    case dataset(String)
  }

  /// - Throws: `LifecycleError.badOption`.
  func validation() throws(LifecycleError) -> Validation {
    guard let value = values[.validation] else { return .automatic }
    if let share = value.double { return .share(share) }
    guard let text = value.string else { return .automatic }
    if text == "none" { return .share(0) }
    if text == "auto" { return .automatic }
    if let share = Self.share(text) { return .share(share) }
    return .dataset(text)
  }

  /// The share of a guarded suite's cases that may be found, 0 to 1.
  func guardThreshold() throws(LifecycleError) -> Double {
    guard let value = values[.guardThreshold] else { return 0 }
    guard let share = value.double ?? value.string.flatMap(Self.share), (0...1).contains(share)
    else { throw .badOption("guard_threshold", reason: "expected a share such as 1% or 0.01") }
    return share
  }

  /// `5%` or `0.05`; nil for anything else.
  private static func share(_ text: String) -> Double? {
    text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
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
      reason: "expected \(words.joined(separator: ", ")), found '\(text)'\(hint)")
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
