public import Datasets
import MLOpsCore
public import SystemPackage

/// Reads a YAML file with cleaning steps.
public enum CleaningFile {
  /// - Throws: `LifecycleError` where it is no YAML, `DatasetsError` with code
  ///   `datasets.malformed_setting` where it is no list of steps.
  public static func load(_ path: FilePath) throws -> CleaningPipeline {
    let reader = try YAMLReader(text: try TextFile.read(path), file: path.string)
    return try CleaningPipeline(
      try reader.json(reader.root), place: path.lastComponent?.string ?? "steps")
  }
}
