import Kernels
import ModelRuntime

/// Turns weights as a file has them into the element of products: ggml's numbers, rounded once.
struct WeightReader: Sendable {
  /// Numbers and bytes of a block; a row is a whole number of blocks.
  let block: (elements: Int, bytes: Int)
  private let way: Way

  private enum Way {
    /// F32 in the file.
    case floats
    case kernel(BlockFormat)
    case ggml(Dequantiser)
  }

  /// Nil for a type that holds no weights.
  init?(_ type: TensorType) {
    block = type.block
    if type == .f32 {
      way = .floats
    } else if let format = BlockFormat(type), Self.exact.contains(format) {
      way = .kernel(format)
    } else if let dequantiser = Dequantiser(type) {
      way = .ggml(dequantiser)
    } else {
      return nil
    }
  }

  /// - Parameters:
  ///   - source: whole blocks.
  ///   - count: numbers, a multiple of the block's.
  ///   - target: room for `count` numbers of `element`.
  ///   - floats: room for `count` numbers, for types that have no kernel.
  func read(
    _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer,
    _ element: GraphElement, through floats: UnsafeMutablePointer<Float>
  ) {
    switch way {
    case .floats: Rows.narrow(source, count: count, into: target, element.kernel)
    case .kernel(let format): format.read(source, count: count, into: target, element.kernel)
    case .ggml(let dequantiser):
      dequantiser.floats(source, count: count, into: floats)
      Rows.narrow(floats, count: count, into: target, element.kernel)
    }
  }

  /// Where the block that holds the number `column` of a row begins, in bytes from the row's start.
  func offset(of column: Int) -> Int { column / block.elements * block.bytes }
}

extension WeightReader {
  /// The formats whose kernel gives this build's ggml's numbers to the last bit.
  ///
  /// What serves decides. Where ggml was compiled to fuse a product and a sum, which rounds once
  /// instead of twice, formats with a minimum are left to it.
  static let exact = Set(BlockFormat.allCases.filter(agreesWithGGML))

  private static func agreesWithGGML(_ format: BlockFormat) -> Bool {
    guard let dequantiser = Dequantiser(format.type) else { return false }
    let blocks = 4096 / format.type.block.elements
    // Bits of a generator of Knuth's; without 0x40 no scale of 16 bits is infinite or no number.
    var state: UInt64 = 1
    let bytes = (0..<blocks * format.type.block.bytes).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56) & 0xBF
    }
    var (ours, theirs) = ([Float](repeating: 0, count: 4096), [Float](repeating: 0, count: 4096))
    format.read(bytes, count: 4096, into: &ours, .f32)
    dequantiser.floats(bytes, count: 4096, into: &theirs)
    return zip(ours, theirs).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}

extension BlockFormat {
  /// Nil for a type without a kernel.
  init?(_ type: TensorType) {
    guard let format = Self.allCases.first(where: { $0.type == type }) else { return nil }
    self = format
  }

  var type: TensorType {
    switch self {
    case .f16: .f16
    case .q8_0: .q8_0
    case .q4_0: .q4_0
    case .q4_1: .q4_1
    case .q5_0: .q5_0
    case .q5_1: .q5_1
    case .q4_K: .q4_K
    case .q5_K: .q5_K
    case .q6_K: .q6_K
    }
  }
}
