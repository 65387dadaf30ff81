import Deployment
import JSON
import MLOpsCore

/// The body of `POST /v1/chat/completions`.
///
/// A parameter that would change the answer and is not understood is refused, for an answer that
/// silently disregards `tools` or a mistyped `max_tokens` is worse than none.
struct ChatCompletionRequest {
  var messages: [ChatMessage]
  var model: String?
  var maxTokens: Int?
  var temperature: Double?
  var topP: Double?
  var seed: UInt32?
  var stop: [String]?
  var isStream: Bool
  var includesUsage: Bool

  /// - Throws: `ServerError` with code `server.wrong_type`, `server.out_of_range`,
  ///   `server.missing_parameter`, `server.unsupported_parameter` or `server.unknown_parameter`.
  init(_ json: JSONValue) throws(ServerError) {
    let fields = try RequestFields(json)
    try ChatParameters.check(fields)
    guard let turns = try fields.array("messages") else { throw .missing(parameter: "messages") }
    guard !turns.isEmpty else {
      throw .outOfRange(
        parameter: "messages", expected: "an array of at least one message", found: "an empty one")
    }
    var messages: [ChatMessage] = []
    for (index, turn) in turns.enumerated() {
      messages.append(try ChatMessage(openAI: turn, at: "messages[\(index)]."))
    }
    self.messages = messages
    model = try fields.string("model")
    let limit = 1...(1 << 20)
    let newerLimit = try fields.integer("max_completion_tokens", in: limit)
    let olderLimit = try fields.integer("max_tokens", in: limit)
    maxTokens = newerLimit ?? olderLimit
    temperature = try fields.number("temperature", in: 0...2)
    topP = try fields.number("top_p", in: 0...1)
    // Clients send any 64-bit integer; equal seeds stay equal, and that is all a seed promises.
    seed = try fields.integer("seed", in: .min ... .max).map { UInt32(truncatingIfNeeded: $0) }
    stop = try ChatCompletionRequest.stop(fields)
    isStream = try fields.bool("stream") ?? false
    includesUsage = false
    if let options = fields["stream_options"] {
      let options = try RequestFields(options, at: "stream_options.")
      includesUsage = try options.bool("include_usage") ?? false
    }
  }

  /// What the model is asked; the release decides whatever the caller leaves open.
  func generation(for live: LiveRelease) -> GenerationRequest {
    var sampling = live.sampling
    if let temperature { sampling.temperature = temperature }
    // 0 is allowed by the protocol and means the narrowest choice there is.
    if let topP { sampling.topP = max(topP, 1e-6) }
    if let seed { sampling.seed = seed }
    return GenerationRequest(
      input: .chat(live.conversation(messages)),
      maxTokens: maxTokens ?? live.prompt?.maxTokens ?? 256, sampling: sampling,
      stop: stop ?? live.prompt?.stop ?? [])
  }

  private static func stop(_ fields: RequestFields) throws(ServerError) -> [String]? {
    guard let value = fields["stop"] else { return nil }
    if let text = value.string { return text.isEmpty ? [] : [text] }
    guard let elements = value.array else {
      throw .wrongType(
        parameter: "stop", expected: "a string or an array of strings", found: value.typeName)
    }
    guard elements.count <= 16 else {
      throw .outOfRange(parameter: "stop", expected: "at most 16", found: "\(elements.count)")
    }
    var stop: [String] = []
    for (index, element) in elements.enumerated() {
      guard let text = element.string else {
        throw .wrongType(
          parameter: "stop[\(index)]", expected: "a string", found: element.typeName)
      }
      if !text.isEmpty { stop.append(text) }
    }
    return stop
  }
}

extension ChatMessage {
  /// One element of `messages`; `developer` is OpenAI's newer word for `system`.
  fileprivate init(openAI json: JSONValue, at prefix: String) throws(ServerError) {
    let fields = try RequestFields(json, at: prefix)
    guard let name = try fields.string("role") else { throw .missing(parameter: prefix + "role") }
    guard let role = Role(rawValue: name == "developer" ? "system" : name) else {
      throw .outOfRange(
        parameter: prefix + "role", expected: "system, user or assistant", found: "'\(name)'")
    }
    self.init(role: role, content: try ChatMessage.content(fields))
  }

  /// Text, or OpenAI's list of parts as long as all of them are text.
  private static func content(_ fields: RequestFields) throws(ServerError) -> String {
    let parameter = fields.prefix + "content"
    guard let value = fields["content"] else { throw .missing(parameter: parameter) }
    if let text = value.string { return text }
    guard let parts = value.array else {
      throw .wrongType(
        parameter: parameter, expected: "a string or an array of parts", found: value.typeName)
    }
    var content = ""
    for (index, part) in parts.enumerated() {
      let fields = try RequestFields(part, at: "\(parameter)[\(index)].")
      guard try fields.string("type") == "text", let text = try fields.string("text") else {
        throw .unsupported(
          parameter: "\(parameter)[\(index)]", reason: "only parts of type 'text' are understood")
      }
      content += text
    }
    return content
  }
}
