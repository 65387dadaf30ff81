public import Datasets
import MLOpsCore
public import SystemPackage

/// Reads a YAML file with steps of augmentation.
public enum AugmentationFile {
  /// - Parameter model: The model of steps that need one and name none.
  /// - Throws: `LifecycleError` where it is no YAML, `DatasetsError` with code
  ///   `datasets.malformed_setting` where it is no list of steps.
  public static func load(_ path: FilePath, model: String? = nil) throws -> AugmentationPlan {
    let reader = try YAMLReader(text: try TextFile.read(path), file: path.string)
    return try AugmentationPlan(
      try reader.json(reader.root), place: path.lastComponent?.string ?? "steps", model: model)
  }
}
