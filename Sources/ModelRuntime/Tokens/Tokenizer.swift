internal import CLlama

/// Turns text into a model's tokens and back. Safe to use from any thread.
public struct Tokenizer: Sendable {
  public let model: LlamaModel

  init(_ model: LlamaModel) { self.model = model }

  /// - Parameters:
  ///   - addSpecial: adds what the model wants at the beginning and end of a text.
  ///   - parseSpecial: reads `<|im_start|>` and its like as control tokens and not as text.
  /// - Throws: `runtime.text_not_representable` where the vocabulary lacks a character,
  ///   `runtime.invalid_request` for a text of more than 2^30 bytes.
  public func encode(_ text: String, addSpecial: Bool = false, parseSpecial: Bool = false)
    throws(RuntimeError) -> [Int32]
  {
    var text = text
    let count = text.utf8.count
    guard count <= 1 << 30 else { throw .invalidRequest(reason: "the text has \(count) bytes") }
    if let character = model.coverage?.missing(in: text) {
      throw .textNotRepresentable(character: String(character))
    }
    let vocabulary = model.vocabulary
    let tokens = text.withUTF8 { bytes -> [Int32]? in
      let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
      func run(into capacity: Int) -> (needed: Int32, tokens: [Int32]) {
        var needed: Int32 = 0
        let tokens = [Int32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
          needed = llama_tokenize(
            vocabulary, start, Int32(bytes.count), buffer.baseAddress, Int32(capacity), addSpecial,
            parseSpecial)
          initialized = Int(max(0, needed))
        }
        return (needed, tokens)
      }
      // A token takes at least a byte, save in vocabularies that split characters; then ask again.
      let first = run(into: bytes.count + 8)
      if first.needed >= 0 { return first.tokens }
      guard first.needed != Int32.min else { return nil }
      return run(into: Int(-first.needed)).tokens
    }
    guard let tokens else { throw .invalidRequest(reason: "the text has too many tokens") }
    return tokens
  }

  /// The text of tokens.
  ///
  /// - Parameter special: shows control tokens as text; else they leave nothing.
  public func decode(_ tokens: [Int32], special: Bool = false) -> String {
    String(decoding: tokens.flatMap { bytes(of: $0, special: special) }, as: UTF8.self)
  }

  /// The bytes of one token; they need not be whole characters.
  public func bytes(of token: Int32, special: Bool = false) -> [UInt8] {
    guard token >= 0, token < model.vocabularySize else { return [] }
    func run(_ capacity: Int) -> (needed: Int32, bytes: [UInt8]) {
      var needed: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        needed = buffer.withMemoryRebound(to: CChar.self) {
          llama_token_to_piece(
            model.vocabulary, token, $0.baseAddress, Int32(capacity), 0, special)
        }
        initialized = Int(max(0, needed))
      }
      return (needed, bytes)
    }
    let first = run(64)
    return first.needed >= 0 ? first.bytes : run(Int(-first.needed)).bytes
  }

  /// Whether a token ends a turn or a text.
  public func endsGeneration(_ token: Int32) -> Bool { llama_vocab_is_eog(model.vocabulary, token) }

  /// The token texts begin with; nil where the model has none.
  public var beginOfText: Int32? {
    let token = llama_vocab_bos(model.vocabulary)
    return token < 0 ? nil : token
  }

  /// The token that ends a text; nil where the model has none.
  public var endOfText: Int32? {
    let token = llama_vocab_eos(model.vocabulary)
    return token < 0 ? nil : token
  }

  /// The token that ends a turn, `<|im_end|>` in ChatML; nil where the model has none.
  public var endOfTurn: Int32? {
    let token = llama_vocab_eot(model.vocabulary)
    return token < 0 ? nil : token
  }
}
