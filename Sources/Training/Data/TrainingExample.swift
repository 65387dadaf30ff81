public import JSON
public import MLOpsCore

/// One row to learn from, in one of the forms that TRL writes.
public enum TrainingExample: Sendable, Hashable {
  /// Turns in the model's chat template; every assistant turn is learned.
  case conversation([ChatMessage])
  /// Text as it is; the completion is learned, and that the text ends after it.
  case completion(prompt: String, completion: String)
  /// Text of which every token is learned, and that it ends: what language models are made of.
  case text(String)
  /// Two answers to one question, of which one is better.
  case pair(chosen: PromptedAnswer, rejected: PromptedAnswer)
  /// An answer that is good or is not.
  case judged(PromptedAnswer, isGood: Bool)

  /// Reads a row as a method learns from it:
  /// - sft: `{"messages": […]}`, `{"prompt", "completion"}` with texts or with turns, or `{"text"}`;
  /// - dpo: `{"prompt", "chosen", "rejected"}`, or without `prompt` where both begin with it;
  /// - kto: `{"prompt", "completion", "label"}`, the label true or false.
  ///
  /// - Parameters:
  ///   - row: other members are ignored.
  ///   - number: the row's number from 1, for the message.
  /// - Throws: `TrainingError.malformedExample`; `TrainingError.wrongMethod` where another method
  ///   learns from such a row.
  public init(row: JSONValue, number: Int, method: TrainingMethod.Name = .sft)
    throws(TrainingError)
  {
    let reader = RowReader(row: row, number: number)
    guard row.object != nil else {
      throw reader.bad("a row must be an object; found \(reader.looks(row))")
    }
    if let (found, fits) = Self.form(of: row), fits != method {
      throw .wrongMethod(row: number, found: found, fits: fits, method: method)
    }
    switch method {
    case .sft: self = try reader.lesson()
    case .dpo: self = try reader.pair()
    case .kto: self = try reader.judged()
    }
  }

  /// What a row is by its looks, and which method learns from it; nil where none does.
  private static func form(of row: JSONValue) -> (found: String, fits: TrainingMethod.Name)? {
    if row["chosen"] != nil, row["rejected"] != nil {
      ("a preference ('chosen' and 'rejected')", .dpo)
    } else if row["messages"] != nil {
      ("a conversation ('messages')", .sft)
    } else if row["prompt"] == nil, row["completion"] == nil, row["text"]?.string != nil {
      ("a text ('text')", .sft)
    } else if row["prompt"] == nil || row["completion"] == nil {
      nil
    } else if row["label"]?.bool != nil {
      ("a judged answer ('completion' with a 'label' of true or false)", .kto)
    } else {
      ("a right answer ('prompt' and 'completion' without a 'label' of true or false)", .sft)
    }
  }

  /// Samples that must be learnable for the row to be: both sides of a pair.
  var leastSamples: Int {
    if case .pair = self { 2 } else { 1 }
  }
}

extension RowReader {
  /// Members that rows of some method have.
  private static let known = ["messages", "prompt", "completion", "text"]

  /// The names of the row's members, and what one of them may be a slip of.
  private var members: String {
    let names = (row.object ?? [:]).keys.sorted()
    guard !names.isEmpty else { return "no member" }
    let slips = names.lazy.compactMap { name in
      Self.known.contains(name) ? nil : Spelling.nearest(to: name, in: Self.known)
    }
    return names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 8 ? ", …" : "")
      + (slips.first.map { " (did you mean '\($0)'?)" } ?? "")
  }

  /// A right answer.
  func lesson() throws(TrainingError) -> TrainingExample {
    if row["messages"] != nil { return .conversation(try turns("messages")) }
    if row["prompt"] == nil, row["completion"] == nil, let text = row["text"]?.string {
      return .text(text)
    }
    guard row["prompt"] != nil || row["completion"] != nil else {
      throw bad(
        "it has neither 'messages', nor 'prompt' and 'completion', nor a 'text' of text; "
          + "found \(members)")
    }
    switch try answer(part("completion"), to: part("prompt"), in: "completion") {
    case .text(let prompt, let completion):
      return .completion(prompt: prompt, completion: completion)
    case .turns(let prompt, let completion): return .conversation(prompt + completion)
    }
  }
}
