import JSON
import MLOpsCore
import ModelRegistry
import Training

/// What was trained, for people: a page beside its weights.
///
/// It says only what the inputs decide, so that a training that is repeated gives the same version.
struct ModelCard {
  let base: VersionRecord
  let data: VersionRecord
  let validation: VersionRecord?
  let prompt: VersionRecord?
  let result: TrainingResult

  /// What it is, in a title and a sentence.
  private var heading: [String] {
    switch result.plan.configuration.scope {
    case .adapter:
      [
        "# LoRA adapter", "",
        "A low-rank adapter, trained on the GGUF that serves. It works with this base only.",
      ]
    case .full:
      [
        "# Model", "",
        "All parameters of the base were trained: a model of its own, which serves without it.",
      ]
    case .fresh:
      [
        "# Model", "",
        "Trained from random weights: architecture, shapes and tokeniser are the base's, nothing else.",
      ]
    }
  }

  /// Markdown. The artifact's name is not in it: the same content may have several.
  var markdown: String {
    let configuration = result.plan.configuration
    var lines = heading
    lines += [
      "", "| | |", "|---|---|",
      "| base | \(base.label) `\(base.digest)` |",
      "| data | \(data.label) `\(data.digest)` |",
    ]
    if let validation {
      lines.append("| validation | \(validation.label) `\(validation.digest)` |")
    }
    if let prompt { lines.append("| prompt | \(prompt.label) `\(prompt.digest)` |") }
    lines += [
      "| rows | \(result.rows) trained on, \(result.plan.validationRows) held out, \(result.droppedRows) left out, \(result.truncatedRows.count) cut off |",
      "| parameters | \(Quantity.grouped(Int64(result.parameters))) trained (\(Quantity.fixed(result.plan.trainableShare * 100, decimals: 2)) %) |",
      "| steps | \(result.keptStep) of \(result.plan.steps)\(result.stoppedEarly ? ", stopped early" : "") |",
      "| training loss | \(Quantity.fixed(result.firstLoss, decimals: 4)) in the first step, \(Quantity.fixed(result.finalLoss, decimals: 4)) in the mean over the last epoch |",
    ]
    for validation in result.history.validations
    where validation.step == 0 || validation.step == result.keptStep {
      lines.append(
        "| validation loss after step \(validation.step) | \(Quantity.fixed(validation.loss, decimals: 4)) |"
      )
    }
    if let sentence = result.history.noGain { lines += ["", "**\(sentence)**"] }
    lines += ["", "## Settings", "", "```json", configuration.deciding.pretty, "```", ""]
    return lines.joined(separator: "\n")
  }
}
