import JSON

extension TrainingOptions {
  /// An empty text is a slip, such as a variable of the shell that is not set.
  func refuseEmptyTexts() throws(LifecycleError) {
    for option in TrainingOption.allCases where option != .reason {
      let said = values[option]
      let texts = said?.array?.map(\.string) ?? [said?.string]
      let isList = option.form == .texts && said != nil
      guard !texts.contains(where: { $0?.trimmed.isEmpty == true }),
        !isList || !self.texts(option).isEmpty
      else { throw .badOption(option.rawValue, reason: "it is empty; leave it out, or say what") }
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
    guard !texts(.guardSuite).isEmpty else {
      throw .badOption(
        "guard_threshold", reason: "it bounds what --guard-suite finds, which is not given")
    }
    guard let share = value.double ?? value.string.flatMap(Self.share), (0...1).contains(share)
    else {
      throw .badOption(
        "guard_threshold",
        reason: "expected a share such as 1% or 0.01, found '\(value.string ?? value.canonical)'")
    }
    return share
  }

  /// `5%` or `0.05`; nil for anything else.
  private static func share(_ text: String) -> Double? {
    text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
  }
}
