public import ArgumentParser
public import Training

/// What `mlops train` learns of the rows.
struct MethodOptions: ParsableArguments {
  @Option(
    name: .customLong("method"),
    help: "sft (right answers), dpo (pairs of answers) or kto (judged answers).")
  var name = TrainingMethod.Name.sft

  @Option(
    parsing: .unconditional,
    help: "How much a departure from the base counts (dpo, kto; default: 0.1).")
  var beta: Double?

  @Option(
    help: "sigmoid, ipo or hinge: from a pair's margin to its loss (dpo; default: sigmoid).")
  var loss: DPOSettings.Loss?

  @Option(
    parsing: .unconditional,
    help: "The part of the pairs taken to be the wrong way round, 0 to below 0.5 (dpo).")
  var labelSmoothing: Double?

  @Option(parsing: .unconditional, help: "What a good answer counts (kto; default: 1).")
  var desirableWeight: Double?

  @Option(parsing: .unconditional, help: "What a bad answer counts (kto; default: 1).")
  var undesirableWeight: Double?

  func validate() throws {
    let foreign: [String] =
      switch name {
      case .sft: pairOptions + judgementOptions + (beta == nil ? [] : ["--beta"])
      case .dpo: judgementOptions
      case .kto: pairOptions
      }
    if let option = foreign.first {
      throw ValidationError("\(option) says nothing to the method '\(name.rawValue)'.")
    }
  }

  private var pairOptions: [String] {
    (loss == nil ? [] : ["--loss"]) + (labelSmoothing == nil ? [] : ["--label-smoothing"])
  }

  private var judgementOptions: [String] {
    (desirableWeight == nil ? [] : ["--desirable-weight"])
      + (undesirableWeight == nil ? [] : ["--undesirable-weight"])
  }

  var method: TrainingMethod {
    switch name {
    case .sft: return .sft
    case .dpo:
      var settings = DPOSettings()
      if let beta { settings.beta = beta }
      if let loss { settings.loss = loss }
      if let labelSmoothing { settings.labelSmoothing = labelSmoothing }
      return .dpo(settings)
    case .kto:
      var settings = KTOSettings()
      if let beta { settings.beta = beta }
      if let desirableWeight { settings.desirableWeight = desirableWeight }
      if let undesirableWeight { settings.undesirableWeight = undesirableWeight }
      return .kto(settings)
    }
  }
}

extension TrainingMethod.Name: ExpressibleByArgument {}
extension DPOSettings.Loss: ExpressibleByArgument {}
