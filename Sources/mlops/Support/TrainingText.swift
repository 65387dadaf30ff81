import Foundation
import MLOpsCore
import Training

/// What is told of a training, as text.
enum TrainingText {
  /// One line while it goes.
  static func line(_ step: TrainingStep, validation: TrainingHistory.Validation?) -> String {
    var parts = [
      "step \(step.step)/\(step.steps)", "epoch \(step.epoch)",
      "loss \(Quantity.fixed(step.loss, decimals: 3))",
    ]
    if let validation { parts.append("val \(Quantity.fixed(validation.loss, decimals: 3))") }
    let rewards = RewardText.short(step.metrics)
    if !rewards.isEmpty { parts.append(rewards) }
    parts += [
      "lr \(String(format: "%.1e", step.learningRate))",
      "|g| \(Quantity.fixed(step.gradientNorm, decimals: 2))",
      Quantity.rate(step.tokensPerSecond, unit: "tokens"),
    ]
    if let memory = step.memory { parts.append(Quantity.bytes(memory)) }
    parts.append("\(Quantity.clock(step.secondsLeft)) left")
    return parts.joined(separator: "  ")
  }

  /// What was chosen, before the first step.
  static func lines(of plan: TrainingPlan) -> [String] {
    let settings = plan.configuration
    var lines = [
      "\(Quantity.count(Int64(plan.rows), of: "row")) to train on, \(plan.validationRows) held out; "
        + "rows of at most \(settings.maxLength ?? 0) tokens (\(longRows(of: plan)))",
      "\(Quantity.count(Int64(plan.steps), of: "step")) in \(plan.epochs) epoch\(plan.epochs == 1 ? "" : "s"), "
        + "\(settings.batchTokens ?? 0) tokens a batch"
        + (settings.accumulate == 1 ? "" : " × \(settings.accumulate)")
        + (plan.evalEvery.map { ", validated every \(steps($0))" } ?? "")
        + ", a checkpoint every "
        + (settings.checkpointEvery.map(steps) ?? "5 minutes"),
      (settings.scope.isFull
        ? "all \(VersionText.parameters(plan.parameters)) parameters"
          + (settings.scope == .fresh ? " from random ones" : "") + ", "
        : "an adapter of \(VersionText.parameters(plan.parameters)) parameters beside the base's "
          + "\(VersionText.parameters(Int(plan.baseParameters))) (\(share(of: plan))), ")
        + "about \(Quantity.bytes(plan.memory.total)) of memory"
        + (settings.scope.isFull ? ", " : " (weights \(plan.weights.rawValue)), ")
        + "\(settings.threads ?? 1) thread\(settings.threads == 1 ? "" : "s"), seed \(settings.seed)",
    ]
    if plan.stepsDone > 0 { lines.append("going on after step \(plan.stepsDone)") }
    return lines
  }

  /// After "every".
  private static func steps(_ count: Int) -> String { count == 1 ? "step" : "\(count) steps" }

  /// What becomes of longer rows.
  private static func longRows(of plan: TrainingPlan) -> String {
    let texts = plan.dividedTexts
    if texts > 0 { return "\(Quantity.count(Int64(texts), of: "longer text")) cut into several" }
    return switch plan.configuration.longRows {
    case .drop: "longer ones left out"
    case .truncate: "longer ones cut off at the front"
    case .refuse: "none is longer"
    }
  }

  private static func share(of plan: TrainingPlan) -> String {
    "\(Quantity.fixed(plan.trainableShare * 100, decimals: 2)) % of all"
  }

  /// What is told at the end.
  static func facts(of result: TrainingResult) -> [[String]] {
    func loss(_ value: Double) -> String { Quantity.fixed(value, decimals: 3) }
    var facts = [
      [
        "loss",
        "\(loss(result.firstLoss)) in the first step, \(loss(result.finalLoss)) in the mean over the last epoch",
      ]
    ]
    if let first = result.history.validations.first, let best = result.history.best {
      facts.append([
        "validation",
        "\(loss(first.loss)) → \(loss(result.history.validations.last?.loss ?? first.loss))"
          + ", lowest \(loss(best.loss)) "
          + (best.step == 0
            ? "before the first step: the training did not help" : "after step \(best.step)"),
      ])
    }
    if result.stoppedEarly || result.keptStep != result.steps {
      facts.append([
        "kept",
        "step \(result.keptStep)"
          + (result.stoppedEarly ? ", stopped early after \(result.steps)" : ""),
      ])
    }
    facts += [
      [
        "speed",
        "\(Quantity.rate(result.tokensPerSecond, unit: "tokens")), \(Quantity.count(Int64(result.steps), of: "step")), \(Quantity.duration(result.seconds))",
      ],
      [
        "rows",
        "\(result.rows) trained on, \(result.plan.validationRows) held out, \(result.droppedRows) dropped, \(result.truncatedRows.count) cut off"
          + (result.plan.dividedTexts > 0
            ? ", \(Quantity.count(Int64(result.plan.dividedTexts), of: "text")) cut into several"
            : ""),
      ],
      [
        "parameters",
        "\(VersionText.parameters(result.parameters)) trained, \(share(of: result.plan))",
      ],
    ]
    if let peak = result.peakMemory {
      facts.append([
        "memory",
        "\(Quantity.bytes(peak)) at most, \(Quantity.bytes(result.plan.memory.total)) estimated",
      ])
    }
    let rows = [
      ("too long", result.tooLongRows), ("cut off", result.truncatedRows),
      ("no answer", result.answerlessRows),
    ]
    for (name, numbers) in rows where !numbers.isEmpty {
      facts.append([
        name,
        "rows " + numbers.prefix(8).map(String.init).joined(separator: ", ")
          + (numbers.count > 8 ? " …" : ""),
      ])
    }
    return facts
  }
}
