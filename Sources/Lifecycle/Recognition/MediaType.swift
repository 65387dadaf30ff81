import MLOpsCore

/// The media types that files of a version carry (CNCF ModelPack where it has one).
enum MediaType {
  static let gguf = "application/vnd.cncf.model.weight.v1.gguf"
  static let safetensors = "application/vnd.cncf.model.weight.v1.safetensors"
  static let ndjson = "application/x-ndjson"
  static let json = "application/json"
  static let schema = "application/schema+json"
  static let yaml = "application/yaml"
  static let markdown = "text/markdown"
  static let text = "text/plain"
  static let binary = "application/octet-stream"

  /// The type by the file's ending; content is looked at by `Recogniser`.
  static func guess(_ name: String) -> String {
    guard let dot = name.lastIndex(of: ".") else { return binary }
    return switch name[name.index(after: dot)...].lowercased() {
    case "gguf": gguf
    case "safetensors": safetensors
    case "ndjson", "jsonl": ndjson
    case "json": json
    case "yaml", "yml": yaml
    case "md": markdown
    case "txt", "csv", "tsv": text
    default: binary
    }
  }
}
