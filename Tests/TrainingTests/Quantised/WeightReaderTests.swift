import Kernels
import MLOpsCore
import ModelRuntime
import Testing

@testable import Training

/// Every type that a GGUF file may have weights in, against ggml's own dequantisation.
@Suite struct WeightReaderTests {
  static let types = TensorType.allCases.filter(\.holdsWeights)

  /// Rows of 512 numbers in a type.
  static func encoded(_ type: TensorType, rows: Int) -> [UInt8] {
    var numbers = NormalNumbers()
    return Encoding.bytes(
      numbers.rows(rows, of: 512, deviation: 0.05), rowLength: 512, type)
  }

  /// Any bits at all, but for scales that are no numbers.
  static func noise(_ type: TensorType, rows: Int) -> [UInt8] {
    var generator = SplitMix64(seed: 3)
    return (0..<rows * 512 / type.block.elements * type.block.bytes).map { _ in
      UInt8(truncatingIfNeeded: generator.next() >> 40) & 0xBF
    }
  }

  /// ggml's numbers.
  static func floats(_ bytes: [UInt8], _ type: TensorType, count: Int) -> [Float] {
    var floats = [Float](repeating: 0, count: count)
    if let dequantiser = Dequantiser(type) {
      dequantiser.floats(bytes, count: count, into: &floats)
    } else {
      bytes.withUnsafeBytes { source in
        floats.withUnsafeMutableBytes { $0.copyMemory(from: source) }
      }
    }
    return floats
  }

  @Test(arguments: types, [false, true])
  func `numbers are ggml's to the last bit, and rounded once for products`(
    type: TensorType, isNoise: Bool
  ) throws {
    let bytes = isNoise ? Self.noise(type, rows: 9) : Self.encoded(type, rows: 9)
    let expected = Self.floats(bytes, type, count: 9 * 512)
    #expect(Set(expected.map(\.bitPattern)).count > 2)
    let reader = try #require(WeightReader(type))
    var scratch = [Float](repeating: 0, count: 9 * 512)
    var exact = scratch
    reader.read(bytes, count: exact.count, into: &exact, .f32, through: &scratch)
    #expect(exact.map(\.bitPattern) == expected.map(\.bitPattern))
    var rounded = [UInt16](repeating: 0, count: 9 * 512)
    reader.read(bytes, count: rounded.count, into: &rounded, .bf16, through: &scratch)
    var nearest = [UInt16](repeating: 0, count: 9 * 512)
    Rows.narrow(expected, count: nearest.count, into: &nearest, .bf16)
    #expect(rounded == nearest)
  }

  @Test(arguments: BlockFormat.allCases)
  func `a part of a row is read by itself`(format: BlockFormat) throws {
    let type = format.type
    let bytes = Self.encoded(type, rows: 1)
    let reader = try #require(WeightReader(type))
    var scratch = [Float](repeating: 0, count: 256)
    var part = scratch
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        reader.read(
          base + reader.offset(of: 256), count: 256, into: &part, .f32, through: &scratch)
      }
    }
    #expect(part == Array(Self.floats(bytes, type, count: 512)[256...]))
  }

  @Test func `half precision is exact for every pattern`() {
    let patterns = (0...UInt16.max).map { $0 }
    var ours = [Float](repeating: 0, count: patterns.count)
    BlockFormat.f16.read(patterns, count: patterns.count, into: &ours, .f32)
    let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let theirs = Self.floats(bytes, .f16, count: patterns.count)
    for (pattern, (a, b)) in zip(patterns, zip(ours, theirs)) {
      #expect(a.bitPattern == b.bitPattern || a.isNaN && b.isNaN, "\(pattern)")
    }
  }

  @Test func `types without weights have no reader`() {
    for type in TensorType.allCases where !type.holdsWeights {
      #expect(WeightReader(type) == nil)
    }
  }

  // Elsewhere ggml may have been compiled to round a product and a sum once; then it is asked.
  #if arch(x86_64)
    @Test func `no format falls back to a slower way here`() {
      #expect(WeightReader.exact == Set(BlockFormat.allCases))
    }
  #endif
}
