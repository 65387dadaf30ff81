import Foundation
import Kernels
import ModelRuntime

extension Tape {
  /// The negative log-likelihood of one target a row under `softmax(W·x)`, and its gradient in `x`,
  /// in one pass over the vocabulary; the batch's objective says what the rows count.
  ///
  /// No row of logits is ever kept: stretches of the vocabulary are multiplied, exponentiated
  /// against a running maximum and multiplied back at once.
  ///
  /// - Parameters:
  ///   - x: `[width, selected]`.
  ///   - head: the vocabulary projection, `[width, vocabulary]`.
  ///   - targets: I32 `[selected]`.
  ///   - slot: where the gradient in the head goes; nil where it is not trained.
  /// - Returns: F32 `[selected]`: each row's `−ln p`, 0 past the batch's; the objective's gradient flows back.
  func crossEntropy(
    _ x: Variable, _ head: FrozenMatrix, targets: GraphTensor, slot: GradientSlot? = nil
  ) throws -> GraphTensor {
    let (batch, capacity, element) = (dense, x.shape[1], x.value.element)
    let width = head.inputs
    let wantsGradient = x.isTracked
    // A row: the gradient of −ln p in x, then −ln p, then ln Σ e^logit.
    let place = wantsGradient ? width : 0
    let pitch = place + 2
    let both = try graph.kernel(
      "crossEntropy", TensorShape(pitch, capacity), inputs: [x.value, targets]
    ) { call in
      let share = call.share(of: batch.selected)
      for first in stride(from: share.lowerBound, to: share.upperBound, by: CrossEntropyPass.rows) {
        let rows = min(CrossEntropyPass.rows, share.upperBound - first)
        let pass = CrossEntropyPass(rows: rows, head, element, wantsGradient: wantsGradient)
        defer { pass.free() }
        let targets = call.inputs[1].assumingMemoryBound(to: Int32.self) + first
        try pass.run(
          call.inputs[0] + first * width * element.size, targets: targets, call.products)
        let output = call.output.assumingMemoryBound(to: Float.self) + first * pitch
        for row in 0..<rows {
          if wantsGradient {
            try pass.gradient(row, Int(targets[row]), into: output + row * pitch, call.products)
          }
          output[row * pitch + place] = pass.loss(row)
          output[row * pitch + place + 1] = pass.normaliser(row)
        }
      }
    }
    let losses = try graph.kernel("losses", TensorShape(capacity), inputs: [both]) { call in
      let source = call.inputs[0].assumingMemoryBound(to: Float.self)
      let target = call.output.assumingMemoryBound(to: Float.self)
      for row in call.share(of: capacity) {
        target[row] = row < batch.selected ? source[row * pitch + place] : 0
      }
    }
    let slopes = try graph.kernel("objective", TensorShape(capacity), inputs: [losses]) { call in
      guard call.part == 0 else { return }
      let count = batch.selected
      batch.loss = batch.objective.weigh(
        UnsafeBufferPointer(
          start: call.inputs[0].assumingMemoryBound(to: Float.self), count: count),
        into: UnsafeMutableBufferPointer(
          start: call.output.assumingMemoryBound(to: Float.self), count: count))
    }
    try graph.compute(slopes)
    if wantsGradient {
      let gradient = try graph.kernel(
        "crossEntropyGradient", x.shape, inputs: [both, slopes]
      ) { call in
        let slopes = call.inputs[1].assumingMemoryBound(to: Float.self)
        for row in call.share(of: batch.selected) {
          Rows.narrow(
            call.inputs[0] + row * pitch * 4, count: width, into: call.output + row * width * 4,
            .f32, scale: slopes[row])
        }
      }
      if let slot {
        try headGradient(
          x.value, head, targets: targets, normalisers: both, slopes: slopes, to: slot)
      }
      try seed(x, with: gradient)
    }
    return losses
  }
}

/// One thread's pass over the vocabulary for some rows.
private struct CrossEntropyPass {
  /// Rows at once: as many as make the products efficient and still lie in a core's cache.
  static let rows = 256
  /// Words at once.
  private static let words = 1024

  private let count: Int
  private let head: FrozenMatrix
  private let element: GraphElement
  private let logits: UnsafeMutableRawPointer
  private let exponentials: UnsafeMutableRawPointer
  private let sum: UnsafeMutableRawPointer
  private let state: UnsafeMutablePointer<Float>
  private let wantsGradient: Bool

  init(rows: Int, _ head: FrozenMatrix, _ element: GraphElement, wantsGradient: Bool) {
    count = rows
    self.head = head
    self.element = element
    self.wantsGradient = wantsGradient
    func memory(_ bytes: Int) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    }
    logits = memory(rows * Self.words * 4)
    exponentials = memory(rows * Self.words * element.size)
    sum = memory(rows * head.inputs * 4)
    state = UnsafeMutablePointer<Float>.allocate(capacity: 3 * rows)
  }

  func free() {
    logits.deallocate()
    exponentials.deallocate()
    sum.deallocate()
    state.deallocate()
  }

  func run(_ x: UnsafeRawPointer, targets: UnsafePointer<Int32>, _ products: DenseProducts) throws {
    let width = head.inputs
    memset(sum, 0, count * width * 4)
    state.update(repeating: -.greatestFiniteMagnitude, count: count)
    (state + count).update(repeating: 0, count: 2 * count)
    let rows = VocabularyTile.Rows(
      greatest: state, sums: state + count, targetLogits: state + 2 * count, targets: targets)
    for first in stride(from: 0, to: head.outputs, by: Self.words) {
      let words = first..<min(first + Self.words, head.outputs)
      try head.forEachTile(of: words, products) { part, weights in
        try products.multiply(
          ProductLayout(
            rows: count, columns: part.count, depth: width, a: (width, 1), b: (1, width),
            c: part.count, element: element, result: .f32),
          x, weights, into: logits)
        VocabularyTile.absorb(
          logits, vocabulary: part, rows: count, rows, into: wantsGradient ? exponentials : nil,
          element.kernel, rescaling: wantsGradient ? sum : nil, width: width)
        guard wantsGradient else { return }
        try products.multiply(
          ProductLayout(
            rows: count, columns: width, depth: part.count, a: (part.count, 1), b: (width, 1),
            c: width, element: element, result: .f32, accumulates: true),
          exponentials, weights, into: sum)
      }
    }
  }

  /// `−ln p` of a row's target.
  func loss(_ row: Int) -> Float { normaliser(row) - state[2 * count + row] }

  /// ln Σ e^logit of a row.
  func normaliser(_ row: Int) -> Float { state[row] + log(state[count + row]) }

  /// `Σ p·W − W[target]`.
  func gradient(
    _ row: Int, _ target: Int, into output: UnsafeMutablePointer<Float>, _ products: DenseProducts
  ) throws {
    let width = head.inputs
    try head.productRow(target, into: output, products)
    let sums = sum.assumingMemoryBound(to: Float.self) + row * width
    let factor = 1 / state[count + row]
    for index in 0..<width { output[index] = sums[index] * factor - output[index] }
  }
}
