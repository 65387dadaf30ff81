import JSON
import MLOpsCore

/// The objects that answer a chat request: one `chat.completion`, or its chunks.
struct ChatCompletionAnswer {
  /// `chatcmpl-…`, one for each answer.
  let id: String
  /// Seconds since 1970.
  let created: Int
  /// The environment.
  let model: String
  /// The digest of the release, as OpenAI's `system_fingerprint`: equal means the same behaviour.
  let release: Digest

  func completion(_ generation: Generation) -> JSONValue {
    object(
      "chat.completion",
      choice: [
        "index": 0, "logprobs": nil,
        "message": ["role": "assistant", "content": .string(generation.text), "refusal": nil],
        "finish_reason": .string(generation.reason.rawValue),
      ], usage: usage(generation.usage))
  }

  /// The first chunk: who speaks.
  var opening: JSONValue { chunk(["role": "assistant", "content": ""]) }

  func piece(_ text: String) -> JSONValue { chunk(["content": .string(text)]) }

  func closing(_ reason: FinishReason) -> JSONValue {
    chunk([:], finishReason: .string(reason.rawValue))
  }

  /// The chunk after the last, where the caller asked for it: no choices, only the usage.
  func accounting(_ usage: TokenUsage) -> JSONValue {
    object("chat.completion.chunk", choice: nil, usage: self.usage(usage))
  }

  private func chunk(_ delta: JSONValue, finishReason: JSONValue = .null) -> JSONValue {
    object(
      "chat.completion.chunk",
      choice: ["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finishReason],
      usage: nil)
  }

  private func object(_ kind: String, choice: JSONValue?, usage: JSONValue?) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "object": .string(kind), "created": .integer(created),
      "model": .string(model), "system_fingerprint": .string(release.description),
      "choices": .array(choice.map { [$0] } ?? []),
    ]
    if let usage { members["usage"] = usage }
    return .object(members)
  }

  private func usage(_ usage: TokenUsage) -> JSONValue {
    [
      "prompt_tokens": .integer(usage.promptTokens),
      "completion_tokens": .integer(usage.completionTokens),
      "total_tokens": .integer(usage.promptTokens + usage.completionTokens),
    ]
  }
}
