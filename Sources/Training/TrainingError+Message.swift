import MLOpsCore

extension TrainingError {
  public var message: String {
    switch self {
    case .unsupportedArchitecture(let name):
      "Models of the architectures "
        + DecoderArchitecture.all.map(\.name).joined(separator: " and ")
        + " can be trained; the base is '\(name)'."
    case .unusableBase(let reason):
      "The base model cannot be trained: \(reason)."
    case .quantisedBase(let tensor, let type):
      "All parameters can be trained of a model whose weights are F32, F16 or BF16; its "
        + "'\(tensor)' is \(type)."
    case .fullNeedsKernels:
      "Training all parameters needs the library oneDNN, which was not found."
    case .invalidConfiguration(let setting, let expected, let found):
      "--\(setting.replacing("_", with: "-")) must be \(expected); found \(found)."
    case .malformedExample(let row, let reason):
      "Row \(row) is no training example: \(reason)."
    case .wrongMethod(let row, let found, let fits, let method):
      "Row \(row) is \(found), which the method '\(fits.rawValue)' learns from; "
        + "the method here is '\(method.rawValue)'."
    case .needsKernels(let what):
      "\(what) needs the library oneDNN, which was not found."
    case .nothingToTrain(let rows, let tooLong, let withoutAnswer, let maxLength):
      "None of the \(rows) rows can be trained on: \(tooLong) are longer than \(maxLength) tokens, "
        + "\(withoutAnswer) have no answer."
    case .nothingToValidate(let rows):
      "No row is left to validate on: \(Quantity.count(Int64(rows), of: "row")) cannot give one."
    case .rowsTooLong(let rows, let maxLength):
      "\(Quantity.count(Int64(rows.count), of: "row")) \(rows.count == 1 ? "is" : "are") longer than "
        + "\(maxLength) tokens: \(Self.list(rows))."
    case .diverged(let step, let epoch, let rows, let loss, let gradientNorm):
      "Training left its course in step \(step) (epoch \(epoch)): loss \(loss), gradient norm "
        + "\(gradientNorm); the batch held the rows \(Self.list(rows))."
    case .interrupted(let step, let steps, _):
      "Training was interrupted after step \(step) of \(steps); a checkpoint holds everything."
    case .noCheckpoint(let path): "There is no checkpoint at '\(path)'."
    case .damagedCheckpoint(let path, let reason, _):
      "The checkpoint '\(path)' is damaged: \(reason)."
    case .otherRun(let differences):
      "This run is not the one that the checkpoint is of: "
        + differences.map { "\($0.name) was \($0.before) and is \($0.now)" }
        .joined(separator: ", ") + "."
    case .checkpointUnwritable(let path, let reason, _):
      "The checkpoint '\(path)' could not be written: \(reason)."
    case .notEnoughMemory(let memory, let available):
      "Training would take about \(Quantity.bytes(memory.total)) of memory "
        + "(weights \(Quantity.bytes(memory.weights)), intermediate results "
        + "\(Quantity.bytes(memory.activations)), optimiser \(Quantity.bytes(memory.optimiser)), "
        + "vocabulary \(Quantity.bytes(memory.vocabulary))); "
        + "\(Quantity.bytes(available)) are free."
    case .unwritable(let path, let reason):
      "The result could not be written to '\(path)': \(reason)"
    }
  }

  public var advice: String? {
    switch self {
    case .unsupportedArchitecture: "Choose a base of one of these architectures."
    case .unusableBase, .unwritable: nil
    case .quantisedBase:
      "Leave --full out: an adapter takes a quantised base as it is; or take the model that this one was quantised from."
    case .fullNeedsKernels: "Install oneDNN (libdnnl), or train an adapter, without --full."
    case .invalidConfiguration: nil
    case .malformedExample:
      "For sft a row is {\"messages\": [{\"role\", \"content\"}, …]} ending with the assistant, or "
        + "{\"prompt\", \"completion\"}, or {\"text\"}; for dpo {\"prompt\", \"chosen\", \"rejected\"}; for kto "
        + "{\"prompt\", \"completion\", \"label\"}."
    case .wrongMethod(_, _, let fits, _):
      "Choose the method '\(fits.rawValue)', or data of the form that this method learns from."
    case .needsKernels:
      "Install oneDNN (libdnnl); without it 'sft' can be trained, and no layer computed again."
    case .nothingToTrain(_, let tooLong, _, _):
      tooLong > 0
        ? "Raise --context, or cut long rows off with --long-rows truncate."
        : "Look at the data: a conversation is learned where the assistant answers in it."
    case .nothingToValidate: "Name other rows with --validation, or none with --validation none."
    case .rowsTooLong:
      "Raise --context, or choose --long-rows drop or truncate; truncate keeps the end with the answer."
    case .diverged: "Lower the learning rate or lengthen the warm-up, and look at these rows."
    case .interrupted(_, _, let resume): "Go on with: mlops train --resume \(resume)"
    case .noCheckpoint:
      "Checkpoints are written as training goes, and at Ctrl-C; a run that ended well keeps none."
    case .damagedCheckpoint(_, _, let before):
      before.map { "Go on from the one before it: mlops train --resume \($0)" }
        ?? "Begin anew: no whole checkpoint is before it."
    case .otherRun:
      "Leave out what is other to go on as before, or begin a run of its own without --resume."
    case .checkpointUnwritable(_, _, let resume):
      resume.map { "Make room on the disk, and go on with: mlops train --resume \($0)" }
        ?? "Make room on the disk and begin anew: no checkpoint was written before."
    case .notEnoughMemory(let memory, let available):
      if let fitting = memory.recomputing?.total, fitting <= available {
        "Add --recompute layers, with which it takes about \(Quantity.bytes(fitting)): more time, "
          + "the same result."
      } else {
        "Lower --batch-tokens (with --accumulate for the same step) or --context, choose fewer "
          + "--targets or a smaller --rank (with --full: leave it out), leave "
          + "out --weights expanded, or choose a smaller base."
      }
    }
  }

  private static func list(_ rows: [Int]) -> String {
    rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? ", …" : "")
  }
}
