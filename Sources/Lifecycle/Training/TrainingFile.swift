import Foundation
import JSON
import MLOpsCore
public import SystemPackage
import Yams

/// Reads a YAML file with the options of a training.
public enum TrainingFile {
  /// - Throws: `LifecycleError` with code `lifecycle.bad_configuration`, which names file, line and
  ///   column, for an unknown key or a value of another form, and the file alone where that cannot
  ///   be read.
  public static func load(_ path: FilePath) throws -> TrainingOptions {
    let reader = try YAMLReader(text: try text(of: path), file: path.string)
    let members = try reader.mapping(
      reader.root, keys: TrainingOption.allCases.map(\.rawValue), of: "a training")
    var options = TrainingOptions()
    for (key, node) in members {
      guard let option = TrainingOption(rawValue: key) else { continue }
      options[option] = try value(of: option, node, reader)
      options.places[option] = TrainingOptions.Place(
        file: path.string, position: node.mark.map { "\($0.line):\($0.column)" })
    }
    return options
  }

  private static func text(of path: FilePath) throws(LifecycleError) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder),
      isFolder.boolValue
    {
      throw .badConfiguration(
        file: path.string, place: nil, reason: "expected a YAML file of options, found a folder")
    }
    do {
      return try TextFile.read(path)
    } catch {
      guard case .unsafePath(_, let reason) = error else { throw error }
      throw .badConfiguration(
        file: path.string, place: nil, reason: "expected a YAML file of options, but \(reason)")
    }
  }

  private static func value(of option: TrainingOption, _ node: Node, _ reader: YAMLReader) throws
    -> JSONValue?
  {
    let value = try reader.json(node)
    // `key:` with nothing after it leaves the option open.
    if value == .null { return nil }
    let (fits, expected) =
      switch option.form {
      case .flag: (value.bool != nil, "true or false")
      case .text: (value.string != nil, "text")
      case .whole: (value.int != nil, "a whole number")
      case .number: (value.double != nil, "a number")
      case .texts:
        (
          value.string != nil || value.array?.allSatisfy { $0.string != nil } == true,
          "text or a list of texts"
        )
      case .textOrNumber: (value.string != nil || value.double != nil, "text or a number")
      }
    guard fits else {
      let found = value.canonical
      throw reader.error(
        at: node,
        "'\(option.rawValue)' must be \(expected); found "
          + (found.count > 40 ? "\(found.prefix(40))…" : found))
    }
    return value
  }
}
