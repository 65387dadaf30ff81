/// The part of the cross-entropy between its two products, for a stretch of the vocabulary.
///
/// The softmax is built as attention does it on line (Milakov and Gimelshein, arXiv:1805.02867): a
/// running maximum and sum for each row, and what was summed before is scaled when the maximum
/// rises. So no row of logits is ever kept whole.
public enum VocabularyTile {
  /// What is known of the rows so far.
  public struct Rows {
    /// F32: the greatest logit; begins at `-Float.greatestFiniteMagnitude`.
    public let greatest: UnsafeMutablePointer<Float>
    /// F32: Σ e^(logit − greatest); begins at 0.
    public let sums: UnsafeMutablePointer<Float>
    /// F32: the target's logit; written by the tile that holds it.
    public let targetLogits: UnsafeMutablePointer<Float>
    /// The target of each row.
    public let targets: UnsafePointer<Int32>

    public init(
      greatest: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
      targetLogits: UnsafeMutablePointer<Float>, targets: UnsafePointer<Int32>
    ) {
      self.greatest = greatest
      self.sums = sums
      self.targetLogits = targetLogits
      self.targets = targets
    }
  }

  /// Takes in the logits of a stretch: `output` becomes `e^(logit − greatest)`.
  ///
  /// - Parameters:
  ///   - logits: F32 `[count, rows]`.
  ///   - vocabulary: the stretch, `count` long.
  ///   - output: `[count, rows]` of `element`; may be nil where no gradient is wanted.
  ///   - sum: F32 `[width, rows]`, what the earlier stretches summed; scaled to the new maximum.
  public static func absorb(
    _ logits: UnsafeMutableRawPointer, vocabulary: Range<Int>, rows: Int, _ state: Rows,
    into output: UnsafeMutableRawPointer?, _ element: KernelElement,
    rescaling sum: UnsafeMutableRawPointer?,
    width: Int
  ) {
    let logits = logits.of(Float.self)
    let sum = sum?.of(Float.self)
    switch element {
    case .f32:
      absorb(logits, vocabulary, rows, state, output?.of(Float.self), sum, width)
    case .bf16:
      absorb(logits, vocabulary, rows, state, output?.of(BrainFloat.self), sum, width)
    }
  }

  private static func absorb<Element: Stored>(
    _ logits: Target<Float>, _ vocabulary: Range<Int>, _ rows: Int, _ state: Rows,
    _ output: Target<Element>?, _ total: Target<Float>?, _ width: Int
  ) {
    let count = vocabulary.count
    for row in 0..<rows {
      let input = logits + row * count
      let target = Int(state.targets[row]) - vocabulary.lowerBound
      if (0..<count).contains(target) { state.targetLogits[row] = input[target] }

      var lanes = SIMD16<Float>(repeating: state.greatest[row])
      let whole = count & ~15
      for index in stride(from: 0, to: whole, by: 16) {
        let part = UnsafeRawPointer(input + index).loadUnaligned(as: SIMD16<Float>.self)
        lanes.replace(with: part, where: part .> lanes)
      }
      var greatest = lanes.max()
      for index in whole..<count { greatest = max(greatest, input[index]) }
      if greatest > state.greatest[row] {
        let factor = exponential(state.greatest[row] - greatest)
        state.sums[row] *= factor
        if let total, factor != 1 {
          let sums = total + row * width
          for index in 0..<width { sums[index] *= factor }
        }
        state.greatest[row] = greatest
      }
      for index in 0..<count { input[index] = exponential(input[index] - greatest) }
      state.sums[row] += Kernels.sum(count) { input[$0] }
      if let output {
        let result = output + row * count
        for index in 0..<count { result[index] = Element(input[index]) }
      }
    }
  }

  /// The gradient in the logits of a stretch, `slope · (p − [target])`, once all of the vocabulary
  /// was seen.
  ///
  /// - Parameters:
  ///   - logits: F32 `[count, rows]`.
  ///   - vocabulary: the stretch, `count` long.
  ///   - normalisers: F32, `stride` apart: ln Σ e^logit of each row.
  ///   - slopes: F32 `[rows]`: what each row's `−ln p` counts.
  ///   - output: `[count, rows]` of `element`.
  public static func gradient(
    _ logits: UnsafeRawPointer, vocabulary: Range<Int>, rows: Int,
    normalisers: UnsafePointer<Float>, stride: Int, slopes: UnsafePointer<Float>,
    targets: UnsafePointer<Int32>, into output: UnsafeMutableRawPointer, _ element: KernelElement
  ) {
    let logits = logits.of(Float.self)
    func write<Element: Stored>(_ output: Target<Element>) {
      let count = vocabulary.count
      for row in 0..<rows {
        let (input, result) = (logits + row * count, output + row * count)
        let (normaliser, slope) = (normalisers[row * stride], slopes[row])
        for index in 0..<count {
          result[index] = Element(slope * exponential(input[index] - normaliser))
        }
        let target = Int(targets[row]) - vocabulary.lowerBound
        guard (0..<count).contains(target) else { continue }
        result[target] = Element(slope * (exponential(input[target] - normaliser) - 1))
      }
    }
    switch element {
    case .f32: write(output.of(Float.self))
    case .bf16: write(output.of(BrainFloat.self))
    }
  }
}
