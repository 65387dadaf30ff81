import ModelRuntime
import SystemPackage

/// A base model in a GGUF file.
struct GGUFWeights: WeightSource {
  let file: GGUFFile

  /// - Throws: `runtime.malformed_gguf`, `runtime.file_unreadable`.
  init(_ path: FilePath) throws { file = try GGUFFile(path) }

  init(_ file: GGUFFile) { self.file = file }

  func integer(_ key: String) -> Int? { file[key]?.int }
  func real(_ key: String) -> Double? { file[key]?.double }
  func flags(_ key: String) -> [Bool]? {
    if case .bools(let values) = file[key]?.array?.elements { values } else { nil }
  }
  func text(_ key: String) -> String? { file[key]?.string }

  func shape(of tensor: String) -> TensorShape? {
    guard let dimensions = file.tensor(tensor)?.dimensions else { return nil }
    func extent(_ index: Int) -> Int { index < dimensions.count ? dimensions[index] : 1 }
    return TensorShape(extent(0), extent(1), extent(2), extent(3))
  }

  func values(of tensor: String) throws -> [Float] {
    guard let found = file.tensor(tensor) else {
      throw TrainingError.unusableBase(reason: "it has no tensor '\(tensor)'")
    }
    return try file.floats(of: found)
  }
}
