import JSON
import MLOpsCore

/// Which parameters of a chat completion are understood, which may be there, and which may not.
enum ChatParameters {
  private static let understood: Set<String> = [
    "messages", "model", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed",
    "stop", "stream", "stream_options",
  ]

  /// They say who asks and what for; no answer depends on them.
  private static let disregarded: Set<String> = [
    "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_retention", "parallel_tool_calls",
  ]

  /// OpenAI's parameters that are allowed with the one value that means nothing.
  private static let neutral: [String: @Sendable (JSONValue) -> Bool] = [
    "n": { $0.int == 1 },
    "tools": { $0.array?.isEmpty == true },
    "tool_choice": { $0.string == "none" || $0.string == "auto" },
    "functions": { $0.array?.isEmpty == true },
    "function_call": { $0.string == "none" || $0.string == "auto" },
    "response_format": { $0["type"]?.string == "text" },
    "logprobs": { $0.bool == false },
    "top_logprobs": { $0.int == 0 },
    "logit_bias": { $0.object?.isEmpty == true },
    "frequency_penalty": { $0.double == 0 },
    "presence_penalty": { $0.double == 0 },
    "modalities": { $0.array == ["text"] },
    "audio": { _ in false },
    "prediction": { _ in false },
    "reasoning_effort": { _ in false },
    "verbosity": { _ in false },
    "web_search_options": { _ in false },
  ]

  /// - Throws: `ServerError` with code `server.unsupported_parameter` or
  ///   `server.unknown_parameter`.
  static func check(_ fields: RequestFields) throws(ServerError) {
    for name in fields.members.keys.sorted() {
      guard let value = fields[name], !understood.contains(name), !disregarded.contains(name)
      else { continue }
      guard let isNeutral = neutral[name] else {
        let known = understood.union(neutral.keys).sorted()
        throw .unknown(parameter: name, suggestion: Spelling.nearest(to: name, in: known))
      }
      guard isNeutral(value) else {
        let reason = name == "n" ? "one answer is given to a request" : "leave it out"
        throw .unsupported(parameter: name, reason: reason)
      }
    }
  }
}
