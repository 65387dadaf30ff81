/// Which characters a SentencePiece vocabulary without a token for every byte can write.
///
/// Asked for any other, libllama throws a C++ exception that nothing catches, which ends the process.
struct SentencePieceCoverage: Sendable {
  /// Scalars that are tokens themselves.
  private var characters: Set<UInt32> = []
  /// Bytes that have a token `<0x00>`.
  private var bytes: Set<UInt8> = []

  /// Nil where the vocabulary is of another kind, or can write everything.
  init?(_ file: GGUFFile) {
    guard file["tokenizer.ggml.model"]?.string == "llama",
      let tokens = file["tokenizer.ggml.tokens"]?.array?.strings
    else { return nil }
    for index in tokens.indices where tokens.bytes(index).count <= 6 {
      let token = tokens[index]
      if token.unicodeScalars.count == 1, let scalar = token.unicodeScalars.first {
        characters.insert(scalar.value)
      } else if let byte = Self.byte(tokens.bytes(index)) {
        bytes.insert(byte)
      }
    }
    if bytes.count == 256 { return nil }
  }

  /// The byte that a token `<0x0A>` stands for; libllama writes the digits in upper case.
  private static func byte(_ token: ArraySlice<UInt8>) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token.last == UInt8(ascii: ">") else {
      return nil
    }
    let digits = String(decoding: token.dropFirst(3).dropLast(), as: UTF8.self)
    guard digits == digits.uppercased(), !digits.hasPrefix("+") else { return nil }
    return UInt8(digits, radix: 16)
  }

  /// The first character that cannot be written; nil where all can.
  func missing(in text: String) -> Character? {
    // Texts may get a space in front, and spaces are written as U+2581.
    for scalar in " ".unicodeScalars + Array(text.unicodeScalars) {
      let written: Unicode.Scalar = scalar == " " ? "\u{2581}" : scalar
      guard !characters.contains(written.value) else { continue }
      guard String(written).utf8.allSatisfy(bytes.contains) else { return Character(scalar) }
    }
    return nil
  }
}
