import Foundation
import JSON
import MLOpsCore
import SystemPackage

/// The header of a safetensors file: an 8-byte little-endian length and that much JSON.
///
/// - SeeAlso: the format section of huggingface/safetensors.
struct SafetensorsHeader: Sendable {
  /// The number of tensors.
  let tensors: Int
  /// The number of elements in all of them.
  let parameters: Int64
  /// Element types and how many tensors have each.
  let types: [String: Int]

  /// What the manifest keeps of it.
  var json: JSONValue {
    [
      "tensors": .integer(tensors), "parameters": .integer(parameters),
      "types": .object(types.mapValues { .integer($0) }),
    ]
  }

  /// The format allows 100 MB; no real header comes near.
  private static let longestHeader: UInt64 = 100_000_000

  /// - Throws: `LifecycleError` with code `lifecycle.damaged_safetensors`.
  init(reading path: FilePath) throws {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path.string))
    defer { try? handle.close() }
    let size = try handle.seekToEnd()
    try handle.seek(toOffset: 0)
    guard let prefix = try handle.read(upToCount: 8), prefix.count == 8 else {
      throw SafetensorsHeader.damaged(path, "it is shorter than the 8 bytes of its header's length")
    }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafetensorsHeader.longestHeader, length <= size - 8 else {
      throw SafetensorsHeader.damaged(
        path, "its header claims \(length) bytes, the file has \(size)")
    }
    guard let header = try handle.read(upToCount: Int(length)), header.count == Int(length) else {
      throw SafetensorsHeader.damaged(path, "its header ends early")
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: Array(header))
    } catch {
      throw SafetensorsHeader.damaged(path, "its header is not JSON: \(error.reason)")
    }
    try self.init(json, dataBytes: Int64(size) - 8 - Int64(length), path: path)
  }

  private init(_ json: JSONValue, dataBytes: Int64, path: FilePath) throws {
    guard let members = json.object else {
      throw SafetensorsHeader.damaged(path, "its header is no object")
    }
    var tensors = 0
    var parameters: Int64 = 0
    var types: [String: Int] = [:]
    for (name, tensor) in members where name != "__metadata__" {
      guard let type = tensor["dtype"]?.string, let shape = tensor["shape"]?.array,
        let offsets = tensor["data_offsets"]?.array, offsets.count == 2,
        let start = offsets[0].int, let end = offsets[1].int
      else {
        throw SafetensorsHeader.damaged(path, "the tensor '\(name)' lacks dtype, shape or offsets")
      }
      guard start >= 0, end >= start, Int64(end) <= dataBytes else {
        throw SafetensorsHeader.damaged(path, "the tensor '\(name)' lies outside the file")
      }
      var elements: Int64 = 1
      for dimension in shape {
        guard let dimension = dimension.int, dimension >= 0 else {
          throw SafetensorsHeader.damaged(path, "the tensor '\(name)' has a bad shape")
        }
        let (product, overflow) = elements.multipliedReportingOverflow(by: Int64(dimension))
        guard !overflow else {
          throw SafetensorsHeader.damaged(path, "the tensor '\(name)' has a bad shape")
        }
        elements = product
      }
      tensors += 1
      parameters &+= elements
      types[type, default: 0] += 1
    }
    self.tensors = tensors
    self.parameters = parameters
    self.types = types
  }

  private static func damaged(_ path: FilePath, _ reason: String) -> LifecycleError {
    .damagedSafetensors(path.string, reason: reason)
  }
}
