public import SystemPackage

/// The structure of a safetensors file: a 64-bit little-endian length, that much JSON, then the data.
///
/// Nothing in it is trusted: the header's length is checked before it is read, and every shape and
/// offset before anything is allocated. A `SafetensorsFile` that exists is one whose tensors cover the
/// data without gap or overlap, each as large as its shape and element type say.
public struct SafetensorsFile: Sendable {
  public struct Tensor: Sendable, Hashable {
    public let name: String
    /// Of the elements, as written: `F32`, `BF16`, `I64` …
    public let type: String
    /// The slowest dimension first, as in PyTorch; empty for a single number.
    public let shape: [Int]
    /// Bytes from the start of the file.
    public let offset: Int64
    /// Bytes.
    public let size: Int64

    /// The product of the dimensions.
    public var elements: Int64 { shape.reduce(1) { $0 * Int64($1) } }
  }

  public let path: FilePath
  /// What `__metadata__` holds.
  public let metadata: [String: String]
  /// In the order of their data.
  public let tensors: [Tensor]
  private let tensorIndex: [String: Int]

  public func tensor(_ name: String) -> Tensor? { tensorIndex[name].map { tensors[$0] } }

  /// Reads and checks the header; the data of the tensors is not read.
  ///
  /// - Throws: `runtime.malformed_safetensors`, `runtime.file_unreadable`.
  public init(_ path: FilePath) throws(RuntimeError) {
    var parser = try SafetensorsParser(path)
    try parser.parse()
    self.path = path
    metadata = parser.metadata
    tensors = parser.tensors
    tensorIndex = Dictionary(
      uniqueKeysWithValues: parser.tensors.enumerated().map { ($1.name, $0) })
  }

  /// The values of a tensor in F32, rows one after the other.
  ///
  /// - Throws: `runtime.malformed_safetensors` for element types other than F64, F32, F16 and BF16;
  ///   `runtime.file_unreadable`.
  public func floats(of tensor: Tensor) throws(RuntimeError) -> [Float] {
    guard let element = SafetensorsElement(rawValue: tensor.type) else {
      throw .malformedSafetensors(
        path: path.string,
        reason: "tensor '\(tensor.name)' has elements of type \(tensor.type), "
          + "expected F64, F32, F16 or BF16")
    }
    let bytes = try FileRange.bytes(
      path, at: tensor.offset, count: Int(tensor.size), "tensor '\(tensor.name)'")
    return element.floats(bytes, count: Int(tensor.elements))
  }
}

/// The element types that weights come in.
enum SafetensorsElement: String {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"

  /// Bits of one element of any type that the format knows; nil for types that came later.
  static func bits(_ type: String) -> Int64? {
    switch type {
    case "F64", "I64", "U64", "C64": 64
    case "F32", "I32", "U32": 32
    case "F16", "BF16", "I16", "U16": 16
    case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ": 8
    case "F6_E2M3", "F6_E3M2": 6
    case "F4": 4
    default: nil
    }
  }

  /// The values of little-endian elements, rounded to F32.
  func floats(_ bytes: [UInt8], count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { target, initialised in
      bytes.withUnsafeBytes { source in
        switch self {
        case .f32: UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        case .f64:
          for index in 0..<count {
            let bits = source.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
            target[index] = Float(Double(bitPattern: UInt64(littleEndian: bits)))
          }
        case .bf16:
          for index in 0..<count {
            let bits = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            target[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
          }
        case .f16:
          for index in 0..<count {
            let bits = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            target[index] = HalfFloat.float(UInt16(littleEndian: bits))
          }
        }
      }
      initialised = count
    }
  }
}

/// IEEE 754's 16-bit numbers, without the compiler's own, which not every platform has.
enum HalfFloat {
  static func float(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:  // zero and subnormal numbers: fraction · 2⁻²⁴
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
