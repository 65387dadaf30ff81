/// How the numbers of a row are stored; all arithmetic is in F32.
public enum KernelElement: Sendable, Hashable {
  case f32
  /// The upper half of an F32, rounded to nearest, ties to even.
  case bf16

  /// Bytes of one number.
  public var size: Int { self == .f32 ? 4 : 2 }
}

/// One stored number.
protocol Stored {
  var float: Float { get }
  init(_ value: Float)
}

extension Float: Stored {
  @inline(__always) var float: Float { self }
}

/// A BF16 number in memory.
struct BrainFloat: Stored {
  var bits: UInt16

  @inline(__always) var float: Float { Float(bitPattern: UInt32(bits) &<< 16) }

  @inline(__always) init(_ value: Float) {
    let pattern = value.bitPattern
    // Not-a-number must not become infinite by rounding; without a branch, so that it vectorises.
    let rounded = pattern &+ 0x7FFF &+ ((pattern &>> 16) & 1)
    let kept = value.isNaN ? pattern | 0x40_0000 : rounded
    bits = UInt16(truncatingIfNeeded: kept &>> 16)
  }
}

typealias Source<Element> = UnsafePointer<Element>
typealias Target<Element> = UnsafeMutablePointer<Element>

extension UnsafeRawPointer {
  @inline(__always) func of<Element>(_ type: Element.Type) -> UnsafePointer<Element> {
    assumingMemoryBound(to: type)
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always) func of<Element>(_ type: Element.Type) -> UnsafeMutablePointer<Element> {
    assumingMemoryBound(to: type)
  }
}
