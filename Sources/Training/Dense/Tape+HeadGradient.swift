import Kernels
import ModelRuntime

extension Tape {
  /// Adds the gradient in the vocabulary projection, `Σ slope · (p − [target])ᵀ·x` over rows.
  ///
  /// The logits are multiplied once more, a tile of rows and words at a time, since what each row
  /// counts is known only when all have been seen. Each thread has words of its own, so that any
  /// number of threads adds in the same order.
  ///
  /// - Parameters:
  ///   - x: `[width, selected]`.
  ///   - targets: I32 `[selected]`.
  ///   - normalisers: F32 `[pitch, selected]`, the last of each row: ln Σ e^logit.
  ///   - slopes: F32 `[selected]`: what each row's `−ln p` counts.
  func headGradient(
    _ x: GraphTensor, _ head: FrozenMatrix, targets: GraphTensor, normalisers: GraphTensor,
    slopes: GraphTensor, to slot: GradientSlot
  ) throws {
    let (batch, element, width) = (dense, x.element, head.inputs)
    let pitch = normalisers.shape[0]
    let done = try graph.kernel(
      "headGradient", updating: slot.vector, inputs: [x, targets, normalisers, slopes]
    ) { call in
      let own = call.share(of: head.outputs, step: 16)
      let scratch = HeadScratch(element)
      defer { scratch.free() }
      let targets = call.inputs[1].assumingMemoryBound(to: Int32.self)
      let normalisers = call.inputs[2].assumingMemoryBound(to: Float.self)
      let slopes = call.inputs[3].assumingMemoryBound(to: Float.self)
      for first in stride(from: own.lowerBound, to: own.upperBound, by: HeadScratch.words) {
        let words = first..<min(first + HeadScratch.words, own.upperBound)
        try head.forEachTile(of: words, call.products) { part, weights in
          for row in stride(from: 0, to: batch.selected, by: HeadScratch.rows) {
            let rows = min(HeadScratch.rows, batch.selected - row)
            let states = call.inputs[0] + row * width * element.size
            try call.products.multiply(
              ProductLayout(
                rows: rows, columns: part.count, depth: width, a: (width, 1), b: (1, width),
                c: part.count, element: element, result: .f32),
              states, weights, into: scratch.logits)
            VocabularyTile.gradient(
              scratch.logits, vocabulary: part, rows: rows,
              normalisers: normalisers + row * pitch + pitch - 1, stride: pitch,
              slopes: slopes + row, targets: targets + row, into: scratch.gradient, element.kernel)
            try call.products.multiply(
              ProductLayout(
                rows: part.count, columns: width, depth: rows, a: (1, part.count), b: (width, 1),
                c: width, element: element, result: .f32, accumulates: true),
              scratch.gradient, states,
              into: call.output + (slot.offset + part.lowerBound * width) * 4)
          }
        }
      }
    }
    try graph.compute(done)
  }
}

/// A thread's memory for a tile of rows and words.
private struct HeadScratch {
  static let rows = 256
  static let words = 1024

  /// F32 `[words, rows]`.
  let logits: UnsafeMutableRawPointer
  /// `[words, rows]` of the element.
  let gradient: UnsafeMutableRawPointer

  init(_ element: GraphElement) {
    let count = Self.rows * Self.words
    logits = .allocate(byteCount: count * 4, alignment: 64)
    gradient = .allocate(byteCount: count * element.size, alignment: 64)
  }

  func free() {
    logits.deallocate()
    gradient.deallocate()
  }
}
