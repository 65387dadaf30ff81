import JSON
import MLOpsCore
import Yams

/// Reads a prompt's YAML file: `system`, `template`, `examples`, `max_tokens`, `temperature`,
/// `top_p`, `top_k`, `seed`, `stop`.
enum PromptFile {
  private static let keys = [
    "system", "template", "examples", "max_tokens", "temperature", "top_p", "top_k", "seed", "stop",
  ]

  /// - Throws: `LifecycleError` with code `lifecycle.bad_configuration`, naming line and column.
  static func read(_ text: String, file: String) throws -> PromptTemplate {
    let reader = try YAMLReader(text: text, file: file)
    let members = try reader.mapping(reader.root, keys: keys, of: "a prompt")
    guard let template = members["template"] else {
      throw reader.error(at: reader.root, "a prompt needs a 'template'")
    }
    var prompt = PromptTemplate(template: try reader.string(template, "template"))
    guard !prompt.hasOpenField else {
      throw reader.error(at: template, "the template has a '{{' without its '}}'")
    }
    guard !prompt.fields.isEmpty else {
      throw reader.error(
        at: template, "the template has no {{field}}, so no question would get into it")
    }
    prompt.system = try members["system"].map { try reader.string($0, "system") }
    prompt.stop = try reader.strings(members["stop"], "stop")
    if let node = members["max_tokens"] {
      prompt.maxTokens = try reader.int(node, "max_tokens", in: 1...1_000_000)
    }
    if let node = members["temperature"] {
      prompt.sampling.temperature = try reader.double(node, "temperature", in: 0...5)
    }
    if let node = members["top_p"] {
      prompt.sampling.topP = try reader.double(node, "top_p", in: 0.000_001...1)
    }
    if let node = members["top_k"] {
      prompt.sampling.topK = try reader.int(node, "top_k", in: 0...1_000_000)
    }
    if let node = members["seed"] {
      prompt.sampling.seed = UInt32(try reader.int(node, "seed", in: 0...Int(UInt32.max)))
    }
    if let node = members["examples"] {
      guard let sequence = node.sequence else {
        throw reader.error(at: node, "examples must be a list")
      }
      for example in sequence {
        let turn = try reader.mapping(example, keys: ["user", "assistant"], of: "an example")
        guard let user = turn["user"], let assistant = turn["assistant"] else {
          throw reader.error(at: example, "an example needs 'user' and 'assistant'")
        }
        prompt.examples.append(
          ChatMessage(role: .user, content: try reader.string(user, "user")))
        prompt.examples.append(
          ChatMessage(role: .assistant, content: try reader.string(assistant, "assistant")))
      }
    }
    return prompt
  }
}
