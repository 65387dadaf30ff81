import MLOpsCore

@testable import Kernels

/// Rows of random numbers, and what kernels make of them.
struct Numbers {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// Even numbers in −`reach`…`reach`.
  mutating func floats(_ count: Int, reach: Float = 1) -> [Float] {
    (0..<count).map { _ in reach * (2 * generator.unitFloat() - 1) }
  }
}

/// Numbers as an element stores them.
enum Storing {
  static func bytes(_ values: [Float], _ element: KernelElement) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: values.count * element.size)
    values.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        Rows.narrow(from, count: values.count, into: to, element)
      }
    }
    return bytes
  }

  static func floats(_ bytes: [UInt8], _ element: KernelElement) -> [Float] {
    var values = [Float](repeating: 0, count: bytes.count / element.size)
    let count = values.count
    bytes.withUnsafeBytes { source in
      values.withUnsafeMutableBytes { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        Rows.widen(from, element, count: count, into: to)
      }
    }
    return values
  }

  /// What a kernel writes that reads and writes numbers of one element.
  static func run(
    _ inputs: [[Float]], _ element: KernelElement, count: Int,
    _ body: ([UnsafeMutableRawPointer], UnsafeMutableRawPointer) -> Void
  ) -> [Float] {
    let memories = inputs.map { values in
      let bytes = bytes(values, element)
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(bytes.count, 1), alignment: 64)
      memory.copyMemory(from: bytes, byteCount: bytes.count)
      return memory
    }
    let output = UnsafeMutableRawPointer.allocate(
      byteCount: count * element.size, alignment: 64)
    defer {
      for memory in memories { memory.deallocate() }
      output.deallocate()
    }
    body(memories, output)
    return floats(
      Array(UnsafeRawBufferPointer(start: output, count: count * element.size)), element)
  }
}
