internal import CLlama
import Foundation
public import MLOpsCore

extension Tokenizer {
  /// Puts turns into the model's own chat template.
  ///
  /// libllama recognises templates by their marks and renders them itself; it runs no Jinja, so that
  /// a template's default system prompt and its conditions are not part of the result.
  ///
  /// - Parameter addAssistantPrefix: ends with the beginning of the assistant's turn.
  /// - Throws: `runtime.no_chat_template`, `runtime.chat_template_unsupported`,
  ///   `runtime.invalid_request` for no messages or a zero byte in one.
  public func applyChatTemplate(_ messages: [ChatMessage], addAssistantPrefix: Bool = true)
    throws(RuntimeError) -> String
  {
    guard !messages.isEmpty else {
      throw .invalidRequest(reason: "the conversation has no messages")
    }
    guard !messages.contains(where: { $0.content.utf8.contains(0) }) else {
      throw .invalidRequest(reason: "a message holds a zero byte")
    }
    guard let template = model.file["tokenizer.chat_template"]?.string else {
      throw .noChatTemplate
    }
    var owned: [UnsafeMutablePointer<CChar>?] = []
    defer { for text in owned { free(text) } }
    func copy(_ text: String) -> UnsafePointer<CChar>? {
      let pointer = strdup(text)
      owned.append(pointer)
      return UnsafePointer(pointer)
    }
    let turns = messages.map {
      llama_chat_message(role: copy($0.role.rawValue), content: copy($0.content))
    }
    let bytes = messages.reduce(0) { $0 + $1.content.utf8.count }
    guard bytes < 1 << 28 else {
      throw .invalidRequest(reason: "the conversation has \(bytes) bytes")
    }
    var buffer = [CChar](repeating: 0, count: 2 * bytes + 64 * messages.count + 1024)
    var length = llama_chat_apply_template(
      template, turns, turns.count, addAssistantPrefix, &buffer, Int32(buffer.count))
    if Int(length) > buffer.count {
      buffer = [CChar](repeating: 0, count: Int(length))
      length = llama_chat_apply_template(
        template, turns, turns.count, addAssistantPrefix, &buffer, Int32(buffer.count))
    }
    guard length >= 0 else {
      throw .chatTemplateUnsupported(start: String(template.prefix(60)))
    }
    return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The tokens of a conversation, ready for the assistant's answer.
  ///
  /// Only the template's own text may become control tokens: what looks like one inside a message
  /// stays text, so that nobody can end their turn and speak as the system.
  public func encode(_ messages: [ChatMessage], addAssistantPrefix: Bool = true)
    throws(RuntimeError) -> [Int32]
  {
    var needsParts = false
    for message in messages where !needsParts {
      needsParts = try holdsControlTokens(message)
    }
    guard needsParts else {
      return try encode(
        template: try applyChatTemplate(messages, addAssistantPrefix: addAssistantPrefix),
        isFirst: true)
    }
    // Render with placeholders that no message contains, then put each message in as plain text.
    var mark = "\u{F0000}"
    while messages.contains(where: { $0.content.contains(mark) }) { mark += "\u{F0000}" }
    let places = messages.indices.map { "\(mark)\($0)\u{F0001}" }
    let rendered = try applyChatTemplate(
      zip(messages, places).map { ChatMessage(role: $0.role, content: $1) },
      addAssistantPrefix: addAssistantPrefix)
    var tokens: [Int32] = []
    var rest = Substring(rendered)
    for (message, place) in zip(messages, places) {
      guard let range = rest.range(of: place, options: .literal) else { continue }
      tokens += try encode(template: String(rest[..<range.lowerBound]), isFirst: tokens.isEmpty)
      tokens += try encode(message.content, parseSpecial: false)
      rest = rest[range.upperBound...]
    }
    return tokens + (try encode(template: String(rest), isFirst: tokens.isEmpty))
  }

  private func encode(template text: String, isFirst: Bool) throws(RuntimeError) -> [Int32] {
    // A template that writes the beginning of a text itself must not get it twice.
    let begin = beginOfText.map { decode([$0], special: true) } ?? ""
    let addsBegin = isFirst && (begin.isEmpty || !text.hasPrefix(begin))
    return try encode(text, addSpecial: addsBegin, parseSpecial: true)
  }

  private func holdsControlTokens(_ message: ChatMessage) throws(RuntimeError) -> Bool {
    try encode(message.content, parseSpecial: true)
      != encode(message.content, parseSpecial: false)
  }
}
