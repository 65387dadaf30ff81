/// The bytes that each token of a vocabulary adds to a text.
struct TokenPieces: Sendable {
  private let bytes: [UInt8]
  /// Where each token begins in `bytes`; and the end.
  private let starts: [Int]

  init(_ tokenizer: Tokenizer) {
    var bytes: [UInt8] = []
    var starts = [0]
    for token in 0..<Int32(tokenizer.model.vocabularySize) {
      // Control tokens add nothing, and none of them can follow in a grammar.
      if !tokenizer.endsGeneration(token) { bytes += tokenizer.bytes(of: token) }
      starts.append(bytes.count)
    }
    self.bytes = bytes
    self.starts = starts
  }

  subscript(token: Int32) -> ArraySlice<UInt8> {
    bytes[starts[Int(token)]..<starts[Int(token) + 1]]
  }

  var count: Int { starts.count - 1 }
}
