/// Takes Hangul syllables apart into their letters, as Unicode's NFD does.
///
/// BERT's own tokeniser works on NFD wherever it strips accents, and so do the vocabularies made with
/// it; libllama's WordPiece strips accents, but leaves syllables whole and would find other tokens.
///
/// - SeeAlso: The Unicode Standard, section 3.12.
enum HangulDecomposition {
  /// Whether a model's tokeniser is WordPiece that strips accents.
  static func isNeeded(by file: GGUFFile) -> Bool {
    guard file["tokenizer.ggml.model"]?.string == "bert" else { return false }
    let lowers = file["tokenizer.ggml.normalizer.lowercase"]?.bool ?? true
    return file["tokenizer.ggml.normalizer.strip_accents"]?.bool ?? lowers
  }

  static func decompose(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard (0xAC00...0xD7A3).contains(scalar.value) else {
        result.append(scalar)
        continue
      }
      let index = scalar.value - 0xAC00
      let letters = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
      // The third letter is absent where its index is zero.
      for letter in letters where letter != 0x11A7 {
        if let letter = Unicode.Scalar(letter) { result.append(letter) }
      }
    }
    return String(result)
  }
}
