import JSON
import SystemPackage

/// Reads the header of a safetensors file, and refuses what contradicts itself.
struct SafetensorsParser {
  /// Bytes: the format's own limit.
  private static let longestHeader: Int64 = 100_000_000

  let path: FilePath
  var metadata: [String: String] = [:]
  var tensors: [SafetensorsFile.Tensor] = []
  private let size: Int64

  init(_ path: FilePath) throws(RuntimeError) {
    self.path = path
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly)
      size = try descriptor.closeAfter { try descriptor.seek(offset: 0, from: .end) }
    } catch {
      throw .fileUnreadable(path: path.string, reason: "\(error)")
    }
  }

  private func malformed(_ reason: String) -> RuntimeError {
    .malformedSafetensors(path: path.string, reason: reason)
  }

  mutating func parse() throws(RuntimeError) {
    guard size >= 8 else {
      throw malformed("it has \(size) bytes, fewer than the 8 of its header's length")
    }
    let prefix = try FileRange.bytes(path, at: 0, count: 8, "the header's length")
    let announced = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let length = Int64(exactly: announced), length <= Self.longestHeader else {
      throw malformed("its header claims \(announced) bytes, more than the format's 100 MB")
    }
    guard length <= size - 8 else {
      throw malformed("its header claims \(length) bytes, but the file has \(size)")
    }
    let header = try FileRange.bytes(path, at: 8, count: Int(length), "the header")
    guard header.first == UInt8(ascii: "{") else {
      throw malformed("its header does not begin with '{'")
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: header, limits: JSONLimits(depth: 8))
    } catch {
      throw malformed("its header is not JSON: \(error.reason)")
    }
    for (name, value) in json.object ?? [:] {
      if name == "__metadata__" {
        try parseMetadata(value)
      } else {
        tensors.append(try tensor(name, value, dataOffset: 8 + length))
      }
    }
    tensors.sort { ($0.offset, $0.size, $0.name) < ($1.offset, $1.size, $1.name) }
    try checkCoverage(from: 8 + length)
  }

  private mutating func parseMetadata(_ value: JSONValue) throws(RuntimeError) {
    guard let members = value.object else { throw malformed("its __metadata__ is no object") }
    for (key, value) in members {
      guard let text = value.string else {
        throw malformed("'\(key)' in its __metadata__ is no text")
      }
      metadata[key] = text
    }
  }

  private func tensor(_ name: String, _ value: JSONValue, dataOffset: Int64) throws(RuntimeError)
    -> SafetensorsFile.Tensor
  {
    guard !name.isEmpty else { throw malformed("a tensor has no name") }
    guard let type = value["dtype"]?.string, let shape = value["shape"]?.array,
      let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let start = offsets[0].int, let end = offsets[1].int
    else { throw malformed("the tensor '\(name)' lacks dtype, shape or data_offsets") }
    guard start >= 0, end >= start, Int64(end) <= size - dataOffset else {
      throw malformed("the tensor '\(name)' lies outside the file")
    }
    guard shape.count <= 64 else {
      throw malformed("the tensor '\(name)' has \(shape.count) dimensions")
    }
    var dimensions: [Int] = []
    var elements: Int64 = 1
    for entry in shape {
      guard let dimension = entry.int, dimension >= 0 else {
        throw malformed("the tensor '\(name)' has a dimension that is no whole number from 0")
      }
      dimensions.append(dimension)
      let (product, overflow) = elements.multipliedReportingOverflow(by: Int64(dimension))
      // An eighth of the range leaves room for the bits of an element.
      guard !overflow, product < Int64.max / 64 else {
        throw malformed("the tensor '\(name)' is larger than any file")
      }
      elements = product
    }
    let found = Int64(end - start)
    if let bits = SafetensorsElement.bits(type) {
      let expected = (elements * bits + 7) / 8
      guard expected == found else {
        throw malformed(
          "the tensor '\(name)' of shape \(dimensions) and type \(type) takes \(expected) bytes, "
            + "its offsets say \(found)")
      }
    }
    return SafetensorsFile.Tensor(
      name: name, type: type, shape: dimensions, offset: dataOffset + Int64(start), size: found)
  }

  private func checkCoverage(from start: Int64) throws(RuntimeError) {
    var end = start
    for tensor in tensors {
      guard tensor.offset == end else {
        throw malformed(
          "the tensor '\(tensor.name)' begins at byte \(tensor.offset), "
            + "but the one before it ends at \(end)")
      }
      end += tensor.size
    }
    guard end == size else {
      throw malformed("its tensors end at byte \(end), but the file has \(size)")
    }
  }
}
