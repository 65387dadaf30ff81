// Blocks of 256 numbers, whose scales are whole numbers themselves: ggml's K-quants.
extension BlockFormat {
  /// Two F16 factors, eight scales and minima of 6 bits in 12 bytes, 128 pairs of 4 bits.
  func readQ4K<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    for block in 0..<count / 256 {
      let bytes = source + 144 * block
      let steps = Steps(bytes)
      for part in 0..<4 {
        let (scale, least) = steps[2 * part]
        let (nextScale, nextLeast) = steps[2 * part + 1]
        let pairs = (bytes + 16 + 32 * part).of(UInt8.self)
        let result = target + 256 * block + 64 * part
        for index in 0..<32 {
          result[index] = Element(scale * Float(pairs[index] & 15) - least)
        }
        for index in 0..<32 {
          result[index + 32] = Element(nextScale * Float(pairs[index] &>> 4) - nextLeast)
        }
      }
    }
  }

  /// As with 4 bits; the fifth ones lie in 32 bytes, a bit of each byte for each eighth.
  func readQ5K<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    for block in 0..<count / 256 {
      let bytes = source + 176 * block
      let steps = Steps(bytes)
      let high = (bytes + 16).of(UInt8.self)
      for part in 0..<4 {
        let (scale, least) = steps[2 * part]
        let (nextScale, nextLeast) = steps[2 * part + 1]
        let pairs = (bytes + 48 + 32 * part).of(UInt8.self)
        let result = target + 256 * block + 64 * part
        let shift = UInt8(truncatingIfNeeded: 2 * part)
        for index in 0..<32 {
          let number = pairs[index] & 15 | (high[index] &>> shift & 1) &<< 4
          result[index] = Element(scale * Float(number) - least)
        }
        for index in 0..<32 {
          let number = pairs[index] &>> 4 | (high[index] &>> (shift &+ 1) & 1) &<< 4
          result[index + 32] = Element(nextScale * Float(number) - nextLeast)
        }
      }
    }
  }

  /// 128 pairs of the lower 4 bits, 64 fours of the upper 2, sixteen scales of 8 bits, a factor.
  func readQ6K<Element: Stored>(
    _ source: UnsafeRawPointer, _ count: Int, _ target: Target<Element>
  ) {
    for block in 0..<count / 256 {
      let bytes = source + 210 * block
      let factor = half(bytes + 208)
      for part in 0..<2 {
        let low = (bytes + 64 * part).of(UInt8.self)
        let high = (bytes + 128 + 32 * part).of(UInt8.self)
        let scales = (bytes + 192 + 8 * part).of(Int8.self)
        for quarter in 0..<4 {
          let pairs = low + 32 * (quarter & 1)
          let lowShift = UInt8(truncatingIfNeeded: quarter < 2 ? 0 : 4)
          let highShift = UInt8(truncatingIfNeeded: 2 * quarter)
          for half in 0..<2 {
            let scale = factor * Float(scales[2 * quarter + half])
            let start = 16 * half
            let result = target + 256 * block + 128 * part + 32 * quarter + start
            for index in 0..<16 {
              let lower = pairs[start + index] &>> lowShift & 15
              let upper = high[start + index] &>> highShift & 3
              result[index] = Element(scale * Float(Int32(lower | upper &<< 4) &- 32))
            }
          }
        }
      }
    }
  }
}

/// The eight scales and minima at the beginning of a block.
private struct Steps {
  private let scale: Float
  private let least: Float
  private let packed: UnsafePointer<UInt8>

  @inline(__always) init(_ bytes: UnsafeRawPointer) {
    scale = half(bytes)
    least = half(bytes + 2)
    packed = (bytes + 4).of(UInt8.self)
  }

  /// The first four have 6 bits of a byte; the others' upper 2 bits are what those leave.
  @inline(__always) subscript(index: Int) -> (scale: Float, least: Float) {
    let (first, second): (UInt8, UInt8) =
      index < 4
      ? (packed[index] & 63, packed[index + 4] & 63)
      : (
        packed[index + 4] & 15 | (packed[index - 4] &>> 6) &<< 4,
        packed[index + 4] &>> 4 | (packed[index] &>> 6) &<< 4
      )
    return (scale * Float(first), least * Float(second))
  }
}
