import Foundation

/// How surprised a model is by texts, for each token, word or byte of them.
///
/// As lm-evaluation-harness defines it for `loglikelihood_rolling`: `word_perplexity` and
/// `byte_perplexity` are exp(−Σ ln p / Σ words) and exp(−Σ ln p / Σ bytes), `bits_per_byte` is
/// −Σ ln p / Σ bytes / ln 2. Those per word and byte compare models of different tokenizers; the
/// one per token does not.
public struct Perplexity: SummedStatistic {
  /// What the surprise is divided by, or what it is measured in.
  public enum Unit: String, Sendable, Hashable, CaseIterable {
    case token, word, byte
    /// The surprise in bits for each byte, without exponential.
    case bitsPerByte = "bits_per_byte"
  }

  /// What the surprise is divided by.
  public let unit: Unit

  public init(unit: Unit) { self.unit = unit }

  /// ln p, tokens, words, bytes.
  public var width: Int { 4 }

  /// The numbers of one text.
  ///
  /// - Parameters:
  ///   - logLikelihood: the sum of ln p over the tokens, at most 0.
  ///   - tokens: how many tokens were predicted.
  ///   - text: the text, in whose words and UTF-8 bytes is counted.
  public func numbers(logLikelihood: Double, tokens: Int, text: String) -> [Double] {
    [logLikelihood, Double(tokens), Double(Perplexity.words(of: text)), Double(text.utf8.count)]
  }

  /// The perplexity, at least 1, or bits, at least 0, of all texts together; NaN where nothing was
  /// counted, infinite where a token was impossible.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    let surprise = -sums[0]
    return switch unit {
    case .token: sums[1] > 0 ? exp(surprise / sums[1]) : .nan
    case .word: sums[2] > 0 ? exp(surprise / sums[2]) : .nan
    case .byte: sums[3] > 0 ? exp(surprise / sums[3]) : .nan
    case .bitsPerByte: sums[3] > 0 ? surprise / sums[3] / log(2) : .nan
    }
  }

  /// The words as the harness counts them, `len(re.split(r"\s+", text))`: runs of white space and
  /// one more, so that a text that begins or ends with white space has an empty word there, and an
  /// empty text one.
  public static func words(of text: String) -> Int {
    var words = 1
    var wasSpace = false
    for scalar in text.unicodeScalars {
      if scalar.isSpace, !wasSpace { words += 1 }
      wasSpace = scalar.isSpace
    }
    return words
  }
}
