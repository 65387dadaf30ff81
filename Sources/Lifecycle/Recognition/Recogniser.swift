import Datasets
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
  /// - Throws: `RuntimeError` for a damaged GGUF or safetensors file, `LifecycleError` for a damaged
  ///   prompt.
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
        let safetensors = try SafetensorsFile(file.location)
        recognition.kind = recognition.kind ?? .model
        if recognition.metadata["safetensors"] == nil {
          recognition.metadata["safetensors"] = safetensors.facts
        }
      case MediaType.ndjson:
        recognition.kind = recognition.kind ?? .dataset
        try recogniseRows(file, into: &recognition)
      case MediaType.json where files.count == 1:
        guard let schema = SchemaFacts.recognise(file) else { continue }
        recognition.kind = .schema
        recognition.metadata[SchemaFacts.key] = SchemaFacts.json(of: schema)
      case MediaType.yaml where files.count == 1:
        try recogniseYAML(file, into: &recognition)
      default: continue
      }
    }
    return recognition
  }

  /// The same facts as an ingested dataset has; several files of rows add up.
  private static func recogniseRows(_ file: FoundFile, into recognition: inout Recognition) throws {
    let profile = try DatasetProfile(file: file.location)
    guard profile.rows > 0 else { return }
    let before = recognition.metadata["rows"]?.int ?? 0
    let names = profile.fields.compactMap { field in
      JSONPointer(field.pointer).flatMap { $0.tokens.count == 1 ? $0.tokens[0] : nil }
    }
    let known = recognition.metadata["fields"]?.array?.compactMap(\.string) ?? []
    recognition.metadata["format"] = "ndjson"
    recognition.metadata["rows"] = .integer(before + profile.rows)
    if profile.defective > 0 {
      let defective = recognition.metadata["defective_rows"]?.int ?? 0
      recognition.metadata["defective_rows"] = .integer(defective + profile.defective)
    }
    recognition.metadata["fields"] = .array(
      Set(known).union(names).sorted().map(JSONValue.string))
  }

  private static func recogniseYAML(_ file: FoundFile, into recognition: inout Recognition) throws {
    let text = try TextFile.read(file.location)
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
