public import JSON

/// A prompt version: how a record becomes a conversation, and how its answer is decoded.
public struct PromptTemplate: Sendable, Hashable {
  /// The system turn; none where nil.
  public var system: String?
  /// The user turn, with `{{field}}` where a record's value goes.
  public var template: String { didSet { pieces = PromptTemplate.pieces(of: template) } }
  /// Example turns before the user's, in order (few-shot).
  public var examples: [ChatMessage]
  /// At most this many tokens are generated.
  public var maxTokens: Int
  /// How tokens are chosen.
  public var sampling: Sampling
  /// The answer ends before the first of these.
  public var stop: [String]
  /// The template taken apart, once for all records.
  private var pieces: [Piece]

  public init(
    system: String? = nil, template: String, examples: [ChatMessage] = [], maxTokens: Int = 256,
    sampling: Sampling = .greedy, stop: [String] = []
  ) {
    self.system = system
    self.template = template
    pieces = PromptTemplate.pieces(of: template)
    self.examples = examples
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stop = stop
  }

  /// The names between `{{` and `}}`, in order of appearance, each once.
  public var fields: [String] {
    var names: [String] = []
    for case .field(let name) in pieces where !names.contains(name) { names.append(name) }
    return names
  }

  /// Whether some `{{` has no `}}`.
  public var hasOpenField: Bool {
    guard case .text(let rest)? = pieces.last else { return false }
    return rest.contains("{{")
  }

  /// The conversation for a record; strings go in as they are, other values as canonical JSON.
  ///
  /// Text that comes from the record is never looked at for `{{` again.
  ///
  /// - Throws: `PromptError.missingField` where the record lacks a field of the template.
  public func messages(for record: JSONValue) throws(PromptError) -> [ChatMessage] {
    messages(forUserTurn: try userTurn(for: record))
  }

  /// The user turn alone.
  ///
  /// - Throws: `PromptError.missingField` where the record lacks a field of the template.
  public func userTurn(for record: JSONValue) throws(PromptError) -> String {
    var user = ""
    for piece in pieces {
      switch piece {
      case .text(let text): user += text
      case .field(let name):
        guard let value = record[name] else {
          throw .missingField(name, known: (record.object?.keys).map { $0.sorted() } ?? [])
        }
        user += value.string ?? value.canonical
      }
    }
    return user
  }

  /// The conversation for a question, which fills the template's only field.
  ///
  /// - Throws: `PromptError.manyFields` where it has several.
  public func messages(asking question: String) throws(PromptError) -> [ChatMessage] {
    guard fields.count <= 1 else { throw .manyFields(fields) }
    let record = fields.map { ($0, JSONValue.string(question)) }
    return try messages(for: .object(Dictionary(record) { first, _ in first }))
  }

  /// The conversation around a user turn that is already complete.
  public func messages(forUserTurn user: String) -> [ChatMessage] {
    (system.map { [ChatMessage(role: .system, content: $0)] } ?? []) + examples
      + [ChatMessage(role: .user, content: user)]
  }

  /// A request for a conversation, decoded as the prompt says.
  public func request(_ messages: [ChatMessage]) -> GenerationRequest {
    GenerationRequest(
      input: .chat(messages), maxTokens: maxTokens, sampling: sampling, stop: stop)
  }

  private enum Piece: Sendable, Hashable {
    case text(String)
    case field(String)
  }

  private static func pieces(of template: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = template[...]
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      pieces.append(.text(String(rest[..<open.lowerBound])))
      let name = rest[open.upperBound..<close.lowerBound]
      pieces.append(
        .field(String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())))
      rest = rest[close.upperBound...]
    }
    pieces.append(.text(String(rest)))
    return pieces
  }
}

/// Why a record does not fit a prompt.
public enum PromptError: Failure, Equatable {
  case missingField(String, known: [String])
  case manyFields([String])

  public var code: String {
    switch self {
    case .missingField: "core.missing_field"
    case .manyFields: "core.many_fields"
    }
  }

  public var kind: FailureKind { .invalidInput }
  public var message: String {
    switch self {
    case .missingField(let name, let known):
      "The prompt needs the field '\(name)'; the record has \(known.isEmpty ? "none" : known.joined(separator: ", "))."
    case .manyFields(let fields):
      "The prompt has the fields \(fields.joined(separator: ", ")); a question fills only one."
    }
  }
}
