/// Weights as GGUF stores them, read straight into the element of products.
///
/// The arithmetic is ggml's, operation by operation in F32, so the numbers are its numbers.
public enum BlockFormat: Sendable, Hashable, CaseIterable {
  case f16
  case q8_0, q4_0, q4_1, q5_0, q5_1
  case q4_K, q5_K, q6_K

  /// - Parameters:
  ///   - source: whole blocks, of any alignment.
  ///   - count: numbers, a multiple of the block's.
  ///   - target: room for `count` numbers of `element`.
  public func read(
    _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutableRawPointer,
    _ element: KernelElement
  ) {
    switch element {
    case .f32: read(source, count, target.of(Float.self))
    case .bf16: read(source, count, target.of(BrainFloat.self))
    }
  }

  private func read<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    switch self {
    case .f16: readHalves(source, count, target)
    case .q8_0: readQ8(source, count, target)
    case .q4_0: readQ4(source, count, target, hasMinimum: false)
    case .q4_1: readQ4(source, count, target, hasMinimum: true)
    case .q5_0: readQ5(source, count, target, hasMinimum: false)
    case .q5_1: readQ5(source, count, target, hasMinimum: true)
    case .q4_K: readQ4K(source, count, target)
    case .q5_K: readQ5K(source, count, target)
    case .q6_K: readQ6K(source, count, target)
    }
  }

  private func readHalves<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    for index in 0..<count {
      target[index] = Element(
        half(source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
    }
  }

  /// 32 whole numbers of 8 bits after a scale.
  private func readQ8<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    for block in 0..<count / 32 {
      let bytes = source + 34 * block
      let scale = half(bytes)
      let numbers = (bytes + 2).of(Int8.self)
      let result = target + 32 * block
      for index in 0..<32 { result[index] = Element(Float(numbers[index]) * scale) }
    }
  }

  /// 32 numbers of 4 bits after a scale, from −8 on or from a minimum on.
  private func readQ4<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>, hasMinimum: Bool
  ) {
    let header = hasMinimum ? 4 : 2
    for block in 0..<count / 32 {
      let bytes = source + (header + 16) * block
      let scale = half(bytes)
      let pairs = (bytes + header).of(UInt8.self)
      let result = target + 32 * block
      if hasMinimum {
        let least = half(bytes + 2)
        for index in 0..<16 {
          result[index] = Element(Float(pairs[index] & 15) * scale + least)
          result[index + 16] = Element(Float(pairs[index] &>> 4) * scale + least)
        }
      } else {
        for index in 0..<16 {
          result[index] = Element(Float(Int32(pairs[index] & 15) &- 8) * scale)
          result[index + 16] = Element(Float(Int32(pairs[index] &>> 4) &- 8) * scale)
        }
      }
    }
  }

  /// As with 4 bits; the fifth ones lie together before the others.
  private func readQ5<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>, hasMinimum: Bool
  ) {
    let header = hasMinimum ? 4 : 2
    for block in 0..<count / 32 {
      let bytes = source + (header + 20) * block
      let scale = half(bytes)
      let high = bytes.loadUnaligned(fromByteOffset: header, as: UInt32.self)
      let pairs = (bytes + header + 4).of(UInt8.self)
      let result = target + 32 * block
      let least = hasMinimum ? half(bytes + 2) : 0
      for index in 0..<16 {
        let pair = UInt32(pairs[index])
        let place = UInt32(truncatingIfNeeded: index)
        let first = pair & 15 | (high &>> place & 1) &<< 4
        let second = pair &>> 4 | (high &>> (place &+ 16) & 1) &<< 4
        if hasMinimum {
          result[index] = Element(Float(Int32(bitPattern: first)) * scale + least)
          result[index + 16] = Element(Float(Int32(bitPattern: second)) * scale + least)
        } else {
          result[index] = Element(Float(Int32(bitPattern: first) &- 16) * scale)
          result[index + 16] = Element(Float(Int32(bitPattern: second) &- 16) * scale)
        }
      }
    }
  }
}

/// An F16 number in F32: exact, without a branch.
@inline(__always) func half(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) &<< 16
  let rest = UInt32(bits & 0x7FFF)
  // Below 2⁻¹⁴ there is no leading one: the bits count 2⁻²⁴, as they do behind 0.5.
  let small = (Float(bitPattern: rest | 0x3F00_0000) - 0.5).bitPattern
  let common = rest &<< 13 &+ 0x3800_0000
  let infinite = rest &<< 13 | 0x7F80_0000
  let finite = rest < 0x400 ? small : common
  return Float(bitPattern: sign | (rest < 0x7C00 ? finite : infinite))
}

/// The F16 number at an address of any alignment.
@inline(__always) func half(_ source: UnsafeRawPointer) -> Float {
  half(source.loadUnaligned(as: UInt16.self))
}
