import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import SystemPackage
import Yams

/// What the files of an artifact turned out to be.
struct Recognition: Sendable {
  /// Nil where the content does not tell.
  var kind: ArtifactKind?
  /// Facts for the manifest: they depend on the content alone.
  var metadata: [String: JSONValue] = [:]
}

/// Looks into files before they are added, and refuses what is damaged.
enum Recogniser {
  /// - Throws: `RuntimeError` for a damaged GGUF, `LifecycleError` for a damaged safetensors file
  ///   or prompt.
  static func recognise(_ files: [FoundFile]) throws -> Recognition {
    var recognition = Recognition()
    var ggufs = 0
    for file in files {
      switch MediaType.guess(file.path.description) {
      case MediaType.gguf:
        let summary = try GGUFFile(file.location).summary
        ggufs += 1
        recognition.kind = summary.isAdapter ? .adapter : .model
        // One model may come in several files: the first names what it is.
        if ggufs == 1 { recognition.metadata["gguf"] = summary.json }
      case MediaType.safetensors:
        let header = try SafetensorsHeader(reading: file.location)
        recognition.kind = recognition.kind ?? .model
        if recognition.metadata["safetensors"] == nil {
          recognition.metadata["safetensors"] = header.json
        }
      case MediaType.ndjson:
        recognition.kind = recognition.kind ?? .dataset
      case MediaType.yaml where files.count == 1:
        try recogniseYAML(file, into: &recognition)
      default: continue
      }
    }
    return recognition
  }

  private static func recogniseYAML(_ file: FoundFile, into recognition: inout Recognition) throws {
    let text = try String(contentsOfFile: file.location.string, encoding: .utf8)
    let reader = try YAMLReader(text: text, file: file.location.string)
    let keys = Set(reader.root.mapping?.keys.compactMap(\.string) ?? [])
    if keys.contains("task") {
      recognition.kind = .suite
    } else if keys.contains("template") {
      let prompt = try PromptFile.read(text, file: file.location.string)
      recognition.kind = .prompt
      recognition.metadata["fields"] = .array(prompt.fields.map(JSONValue.string))
    }
  }
}
