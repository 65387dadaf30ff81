/// The order of the rows of B for weights that rotary positions follow.
///
/// Hugging Face's modules pair output i of a head with i + head/2, GGUF's `llama` pairs neighbours, so
/// its converter moves the rows of queries and keys; an update of such a weight moves with them.
enum RotaryRows {
  /// Rows as in Hugging Face's module, as they are in GGUF.
  static func interleaved(_ b: [Float], rank: Int, heads: Int) -> [Float] {
    moved(b, rank: rank, heads: heads) { pair, side, half in (pair * 2 + side, side * half + pair) }
  }

  /// Rows as in GGUF, as they are in Hugging Face's module.
  static func halved(_ b: [Float], rank: Int, heads: Int) -> [Float] {
    moved(b, rank: rank, heads: heads) { pair, side, half in (side * half + pair, pair * 2 + side) }
  }

  /// - Parameter places: the target and the source of a row within its head.
  private static func moved(
    _ b: [Float], rank: Int, heads: Int, _ places: (Int, Int, Int) -> (Int, Int)
  ) -> [Float] {
    let head = b.count / rank / heads
    var result = b
    for start in stride(from: 0, to: heads * head, by: head) {
      for pair in 0..<head / 2 {
        for side in 0..<2 {
          let (target, source) = places(pair, side, head / 2)
          for column in 0..<rank {
            result[(start + target) * rank + column] = b[(start + source) * rank + column]
          }
        }
      }
    }
    return result
  }
}

extension GGUFFile {
  /// How many heads the rows of a weight belong to; nil where the metadata does not say, or where the
  /// rows do not divide into heads of pairs.
  func heads(_ rows: ModuleLayout.Rows, outputs: Int, tensor: String) -> Int? {
    let key =
      switch rows {
      case .same, .rotaryQuery: "attention.head_count"
      case .rotaryKey: "attention.head_count_kv"
      }
    let architecture = self["general.architecture"]?.string ?? ""
    let value =
      self["\(architecture).\(key)"] ?? self["\(architecture).attention.head_count"]
    // Models whose blocks differ have one number for each.
    let block = tensor.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 0
    let listed = value?.array?.integers.flatMap { block < $0.count ? Int($0[block]) : nil }
    guard let heads = value?.int ?? listed, heads > 0, outputs % (2 * heads) == 0 else {
      return nil
    }
    return heads
  }
}
