/// The grain in which prompts are evaluated.
///
/// Sums over rows may come out differently in their last bits when there are other rows beside, so a
/// list's prompts are always cut at the same places: every token is evaluated together with the others
/// of its chunk, and only whole chunks are shared between requests. That makes a shared prefix equal,
/// bit for bit, to one that is evaluated anew.
///
/// Larger chunks use the processor better, smaller ones leave less of a shared prefix to be evaluated
/// again: half a chunk for each request.
enum PromptChunk {
  /// In tokens.
  static let length = 32

  /// The tokens of whole chunks among the first `count`.
  static func whole(_ count: Int) -> Int { count / length * length }

  /// The chunks of `tokens[from..<to]`, where `from` begins one.
  static func ranges(from: Int, to: Int) -> [Range<Int>] {
    stride(from: from, to: to, by: length).map { $0..<min($0 + length, to) }
  }

  /// How many tokens two prompts share in whole chunks.
  static func common(_ left: some Sequence<Int32>, _ right: some Sequence<Int32>) -> Int {
    whole(zip(left, right).prefix { $0 == $1 }.count)
  }
}
