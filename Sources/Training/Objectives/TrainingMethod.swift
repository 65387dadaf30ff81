import JSON

/// What a model learns of its rows.
public enum TrainingMethod: Sendable, Hashable {
  /// The likelihood of the answers: supervised fine-tuning.
  case sft
  /// Which of two answers is better.
  case dpo(DPOSettings)
  /// Which answers are good and which are not.
  case kto(KTOSettings)

  /// The method's name in settings and options.
  public enum Name: String, Sendable, CaseIterable {
    case sft, dpo, kto
  }

  public var name: Name {
    switch self {
    case .sft: .sft
    case .dpo: .dpo
    case .kto: .kto
    }
  }

  /// The greatest learning rate where none is chosen.
  ///
  /// A preference is learned from the difference to the base: a twentieth of what teaches new
  /// answers moves it enough, and leaves alone what the rows say nothing about.
  public var defaultLearningRate: Float { self == .sft ? 1e-3 : 5e-5 }

  /// The settings of the method as a run records them.
  var members: [String: JSONValue] {
    let own: [String: JSONValue] =
      switch self {
      case .sft: [:]
      case .dpo(let settings): settings.members
      case .kto(let settings): settings.members
      }
    return own.merging(["method": .string(name.rawValue)]) { $1 }
  }

  /// Samples that a batch never splits: chosen and rejected of a pair.
  var samplesTogether: Int { name == .dpo ? 2 : 1 }

  /// Whether every epoch has the batches of the first, in another order: what KTO estimates of a
  /// batch rests on which rows are neighbours, and their likelihood under the base is computed once.
  var keepsBatches: Bool { name == .kto }
}

/// How pairs are learned.
///
/// - SeeAlso: Rafailov et al., arXiv:2305.18290; Azar et al., arXiv:2310.12036, eq. 17.
public struct DPOSettings: Sendable, Hashable {
  /// From the margin between two answers to a loss.
  public enum Loss: String, Sendable, CaseIterable {
    /// `−ln σ(β·Δ)`.
    case sigmoid
    /// `(δ − 1/(2β))²`, where δ is the margin of the means over tokens.
    case ipo
    /// `max(0, 1 − β·Δ)`.
    case hinge
  }

  /// How much a departure from the base counts, above 0.
  public var beta = 0.1
  public var loss = Loss.sigmoid
  /// The part of the pairs that is taken to be the wrong way round, 0..<0.5; for `sigmoid` only.
  public var labelSmoothing = 0.0

  public init() {}

  var members: [String: JSONValue] {
    [
      "beta": .double(beta), "loss": .string(loss.rawValue),
      "label_smoothing": .double(labelSmoothing),
    ]
  }
}

/// How judged answers are learned.
///
/// - SeeAlso: Ethayarajh et al., arXiv:2402.01306, eq. 8.
public struct KTOSettings: Sendable, Hashable {
  /// How much a departure from the base counts, above 0.
  public var beta = 0.1
  /// What a good answer counts, at least 0.
  public var desirableWeight = 1.0
  /// What a bad answer counts, at least 0; not 0 where the other is.
  public var undesirableWeight = 1.0

  public init() {}

  var members: [String: JSONValue] {
    [
      "beta": .double(beta), "desirable_weight": .double(desirableWeight),
      "undesirable_weight": .double(undesirableWeight),
    ]
  }
}
