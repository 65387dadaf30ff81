/// The part of `ModelVetting` that looks at the tokeniser.
struct VocabularyVetting {
  private let model: ModelVetting
  private var file: GGUFFile { model.file }

  init(_ model: ModelVetting) { self.model = model }

  /// The tokenisers whose code paths the checks cover.
  private static let known = ["gpt2", "llama", "bert", "t5"]

  /// What some converters write for a token that does not exist: -1.
  private static let none = Int(UInt32.max)

  func check() throws(RuntimeError) {
    guard let kind = file["tokenizer.ggml.model"]?.string else {
      throw model.unsound("tokenizer.ggml.model is missing")
    }
    guard Self.known.contains(kind) else {
      throw model.unsound(
        "its tokeniser is '\(kind.prefix(40))', supported are \(Self.known.joined(separator: ", "))"
      )
    }
    guard let tokens = file["tokenizer.ggml.tokens"]?.array?.strings, !tokens.isEmpty else {
      throw model.unsound("tokenizer.ggml.tokens is no list of strings")
    }
    try checkLengths(tokens.count)
    try checkNamed(try checkDistinct(tokens))
    try checkTokenIDs(kind, tokens.count)
    try checkBytes(kind, tokens)
    if kind == "gpt2" {
      guard file["tokenizer.ggml.merges"]?.array?.strings != nil else {
        throw model.unsound("tokenizer.ggml.merges is no list of strings")
      }
    }
  }

  private func checkLengths(_ count: Int) throws(RuntimeError) {
    for key in ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"] {
      guard let value = file[key] else { continue }
      guard let array = value.array, array.count == count else {
        throw model.unsound("\(key) has not one entry for each of the \(count) tokens")
      }
      if let scores = array.floats, !scores.allSatisfy(\.isFinite) {
        throw model.unsound("\(key) holds values that are not numbers")
      }
    }
  }

  /// libllama aborts where two tokens are equal: as C strings, and with its own name for empty ones.
  ///
  /// - Returns: the bytes of all tokens.
  private func checkDistinct(_ tokens: GGUFStrings) throws(RuntimeError) -> Set<ArraySlice<UInt8>> {
    var seen = Set<ArraySlice<UInt8>>(minimumCapacity: tokens.count)
    for index in tokens.indices {
      var token = tokens.bytes(index).prefix { $0 != 0 }
      if token.isEmpty { token = ArraySlice("[EMPTY_\(index)]".utf8) }
      guard seen.insert(token).inserted else {
        throw model.unsound(
          "token \(index) ('\(String(decoding: token.prefix(40), as: UTF8.self))') occurs twice")
      }
    }
    return seen
  }

  /// libllama tells the models of a family by their name, takes some tokens for granted there, and
  /// fails without saying which it misses.
  private func checkNamed(_ tokens: Set<ArraySlice<UInt8>>) throws(RuntimeError) {
    guard let name = file["general.name"]?.string else { return }
    let lower = name.lowercased()
    guard let family = ["phi-3", "phi3"].first(where: lower.contains) else { return }
    // Those of these tokenisers and architectures are told by that, before the name.
    let others = file["tokenizer.ggml.pre"]?.string ?? ""
    guard !["jina-v2-de", "jina-v2-es", "jina-v2-code"].contains(where: others.contains),
      !["nomic-bert-moe", "jina-bert-v3"].contains(where: model.architecture.contains)
    else { return }
    let missing = ["</s>", "<unk>", "<s>", "<|endoftext|>"].filter {
      !tokens.contains(ArraySlice($0.utf8))
    }
    guard missing.isEmpty else {
      throw model.unsound(
        "its general.name '\(name.prefix(80))' has '\(family)' in it, of which libllama expects the tokens "
          + missing.map { "'\($0)'" }.joined(separator: ", ")
          + ", and its tokeniser lacks them; give it those tokens or another name")
    }
  }

  private func checkTokenIDs(_ kind: String, _ count: Int) throws(RuntimeError) {
    let prefix = "tokenizer.ggml."
    var named = Set<String>()
    for (key, value) in file.metadata where key.hasPrefix(prefix) && key.hasSuffix("_token_id") {
      guard value.type == .uint32, let id = value.int, id < count || id == Self.none else {
        throw model.unsound("\(key) is no token of the \(count) there are")
      }
      if id < count { named.insert(String(key.dropFirst(prefix.count).dropLast(9))) }
    }
    // The ids that libllama takes where the file names none.
    let fallback: [String: Int] =
      switch kind {
      case "gpt2": ["bos": 11, "eos": 11]
      case "llama": ["bos": 1, "eos": 2, "unknown": 0]
      case "bert": ["bos": 101, "seperator": 102, "unknown": 100]
      default: ["eos": 1, "unknown": 2]
      }
    for (name, id) in fallback where !named.contains(name) && id >= count {
      throw model.unsound("\(prefix)\(name)_token_id is missing")
    }
    if kind == "t5", file["\(prefix)add_bos_token"]?.bool == true, !named.contains("bos") {
      throw model.unsound("it begins texts with a token that \(prefix)bos_token_id does not name")
    }
  }

  /// Tokens of type 6 stand for bytes and are read as such.
  private func checkBytes(_ kind: String, _ tokens: GGUFStrings) throws(RuntimeError) {
    let types = file["tokenizer.ggml.token_type"]?.array?.integers
    func isByte(_ bytes: ArraySlice<UInt8>) -> Bool {
      bytes.count == 6 && bytes.starts(with: "<0x".utf8) && bytes.last == UInt8(ascii: ">")
    }
    for (index, type) in (types ?? []).enumerated() where type == 6 {
      guard kind == "llama" || kind == "t5", isByte(tokens.bytes(index)) else {
        throw model.unsound("token \(index) is marked as a byte, but does not read as <0x00>")
      }
    }
  }
}
