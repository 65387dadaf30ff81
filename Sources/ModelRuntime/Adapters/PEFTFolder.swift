internal import Foundation
public import JSON
public import SystemPackage

/// An adapter as PEFT keeps it: a folder with `adapter_config.json` and `adapter_model.safetensors`.
public struct PEFTFolder: Sendable {
  public static let configurationName = "adapter_config.json"
  public static let weightsName = "adapter_model.safetensors"
  /// Bytes; a real configuration has a few thousand.
  private static let longestConfiguration = 16 << 20

  public let path: FilePath
  public let configuration: JSONValue
  public let weights: SafetensorsFile

  /// Reads the configuration and the structure of the weights.
  ///
  /// - Throws: `runtime.adapter_not_representable` where the folder is none of PEFT's or keeps its
  ///   weights in a pickle, `runtime.malformed_safetensors`, `runtime.file_unreadable`.
  public init(_ path: FilePath) throws(RuntimeError) {
    self.path = path
    let manager = FileManager.default
    let weightsPath = path.appending(Self.weightsName)
    if !manager.fileExists(atPath: weightsPath.string) {
      if manager.fileExists(atPath: path.appending("adapter_model.bin").string) {
        throw .adapterNotRepresentable(
          path: path.string, key: "adapter_model.bin",
          reason: "it is a pickle, which is never opened here")
      }
      throw .fileUnreadable(
        path: weightsPath.string, reason: "a PEFT folder has such a file, and it is not there")
    }
    configuration = try Self.read(path.appending(Self.configurationName))
    weights = try SafetensorsFile(weightsPath)
  }

  private static func read(_ path: FilePath) throws(RuntimeError) -> JSONValue {
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path.string))
      defer { try? handle.close() }
      bytes = [UInt8](try handle.read(upToCount: longestConfiguration + 1) ?? Data())
    } catch {
      throw .fileUnreadable(path: path.string, reason: error.localizedDescription)
    }
    guard bytes.count <= longestConfiguration else {
      throw .adapterNotRepresentable(
        path: path.string, key: configurationName, reason: "it is larger than 16 MiB")
    }
    do {
      return try JSONValue(parsing: bytes, limits: JSONLimits(depth: 64))
    } catch {
      throw .adapterNotRepresentable(
        path: path.string, key: configurationName,
        reason: "line \(error.line) is no JSON: \(error.reason)")
    }
  }

  /// The SHA-256 of the base's GGUF file that the weights name, in hexadecimal digits; nil for an
  /// adapter that another program made.
  public var baseDigest: String? { weights.metadata[LoRAWeights.baseKey] }

  /// The name of the base that the configuration has, such as a repository's.
  public var baseName: String? {
    configuration["base_model_name_or_path"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
}
