import JSON
import MLOpsCore
import Testing

@testable import ModelRuntime

@Suite struct GrammarTests {
  struct Example: Sendable {
    let grammar: String
    let texts: [String]
    let others: [String]
  }

  static let examples = [
    Example(grammar: #"root ::= "yes" | "no""#, texts: ["yes", "no"], others: ["", "y", "yesno"]),
    Example(
      grammar: "root ::= word (\" \" word)* # words\nword ::= [a-c]+\n",
      texts: ["a", "abc cab a"], others: ["", "a ", " a", "ad", "a  b"]),
    Example(
      grammar: #"root ::= ("ab" | "c"){2,3} "."?"#, texts: ["abab", "cc.", "abcab."],
      others: ["ab", "ab.", "abababab", "cccc"]),
    Example(
      grammar: #"root ::= "x"{3} "y"{0,} "z"{0,2}"#, texts: ["xxx", "xxxyyz"],
      others: ["xx", "xxxx", "xxxzzz"]),
    Example(
      grammar: "root ::= (\n  \"a\" # one\n  | \"b\"\n)\n", texts: ["a", "b"], others: ["c", "ab"]),
    Example(
      grammar: #"root ::= "(" root ")" | """#, texts: ["", "()", "((((()))))"],
      others: ["(", "())", ")("]),
    Example(
      grammar: #"root ::= [가-힣]+ [^가-힣x] ."#, texts: ["사과a😀", "가 가"],
      others: ["사과", "사과xa", "abc"]),
    Example(
      grammar: #"root ::= "\x41\u00e9\U0001F600\n\t\"\\" [\]\-a]"#,
      texts: ["Aé😀\n\t\"\\]", "Aé😀\n\t\"\\-"], others: ["Aé😀\n\t\"\\b"]),
    Example(grammar: #"root ::= """#, texts: [""], others: ["a"]),
    Example(
      grammar: "root ::= a | b\na ::= \"x\" a | \"x\"\nb ::= \"x\" b \"y\" | \"y\"",
      texts: ["xxx", "xxyyy", "y"], others: ["", "xxy", "yy"]),
  ]

  @Test(arguments: examples)
  func `a grammar accepts its texts and no others`(example: Example) throws {
    for text in example.texts {
      #expect(try GrammarFixture.accepts(example.grammar, text), "\(text)")
    }
    for text in example.others {
      #expect(try !GrammarFixture.accepts(example.grammar, text), "\(text)")
    }
  }

  @Test func `tokens of many bytes and parts of characters lead where their bytes lead`() throws {
    let model = try LlamaModel(Fixture.tiny, vocabularyOnly: true)
    let grammar = "root ::= [가-힣 0-9]+ \".\""
    for text in ["사과가 3개 있습니다.", "문제를 풀어 보세요.", "수와 연산."] {
      let matcher = try GrammarFixture.matcher(grammar)
      for token in try model.tokenizer.encode(text) {
        #expect(try matcher.allows(token))
        #expect(!matcher.mayEnd)
        try matcher.accept(token)
      }
      #expect(matcher.mustEnd)
    }
    // The first byte of a character that the set lacks, and bytes that begin none.
    let matcher = try GrammarFixture.matcher(grammar)
    for byte: Int32 in [0xC3, 0xE3, 0xF0, 0x80, 0xBF, 0xC0, 0xFF] {
      #expect(try !matcher.allows(byte))
    }
    try matcher.accept(0xEA)
    #expect(try !matcher.allows(0x41))
    #expect(try matcher.allows(0xB0))
    #expect(try !matcher.allows(0xAF))
  }

  @Test func `control tokens follow nowhere, however they are spelt`() throws {
    let model = try LlamaModel(Fixture.tiny, vocabularyOnly: true)
    let control = try #require(
      try model.tokenizer.encode("<|im_start|>", parseSpecial: true).first)
    let matcher = try GrammarFixture.matcher("root ::= .*")
    #expect(try !matcher.allows(control))
    #expect(try matcher.allows(60))
  }

  @Test(arguments: [
    "", "root", "root ::=", "root ::= )", "root ::= (", "root ::= \"a", "root ::= [a",
    "root ::= []",
    "root ::= [b-a]", "root ::= \"\\q\"", "root ::= \"\\xZZ\"", "root ::= \"\\uD800\"",
    "root ::= \"\\UFFFFFFFF\"", "root ::= *", "root ::= | *", "root ::= \"a\"{", "root ::= \"a\"{}",
    "root ::= \"a\"{2,1}", "root ::= \"a\"{99999999999999999999}", "root ::= a", "a ::= \"a\"",
    "root ::= \"a\" ::= \"b\"", "root ::= \"a\"\nroot ::= \"b\"", "root ::= root",
    "root ::= root \"a\"",
    "root ::= a\na ::= b\nb ::= a \"x\" | \"y\"", "root ::= a root | \"b\"\na ::= \"\"",
    "root ::= (\"a\"*)*", "root ::= (\"\")+", "root ::= <|im_end|>", "root ::= !<[3]>",
    "1 ::= 2 ::= 3",
    "root ::= \"a\" $", "root ::= [^\\x00-\\U0010FFFF]", "root ::= \"\u{0}", "::= a",
  ])
  func `a text that is no grammar is refused with its place`(text: String) {
    // An alternative may be empty, so that a rule with nothing after its name's mark is one.
    if text == "root ::=" {
      #expect(throws: Never.self) { try GrammarFixture.matcher(text) }
      return
    }
    let error = #expect(throws: RuntimeError.self) { try GrammarFixture.matcher(text) }
    #expect(error?.code == "runtime.invalid_grammar")
  }

  @Test func `grammars that would take all memory or time are refused`() throws {
    let deep = "root ::= " + String(repeating: "(", count: 100_000)
    let nested = "root ::= ((((\"a\"{500}){500}){500}){500}){500}"
    let many = "root ::= \"a\"{0,150000} \"b\"{0,150000}"
    let long = "root ::= \"a\"" + String(repeating: " ", count: 1 << 20)
    // Two ways at each of 40 levels before anything is read.
    let ambiguous =
      (0..<40).map { "r\($0) ::= r\($0 + 1) \"a\" | r\($0 + 1) \"b\"\n" }.joined()
      + "r40 ::= \"c\"\nroot ::= r0"
    for grammar in [deep, many, long, ambiguous] {
      let error = #expect(throws: RuntimeError.self) { try GrammarFixture.matcher(grammar) }
      #expect(error?.code == "runtime.invalid_grammar")
    }
    // Repetitions of repetitions are long texts, and small grammars.
    _ = try GrammarFixture.matcher(nested)
    // A chain as deep as rules go is no recursion of ours.
    let chain =
      (0..<30_000).map { "r\($0) ::= r\($0 + 1)\n" }.joined() + "r30000 ::= \"c\"\nroot ::= r9000"
    _ = try? GrammarFixture.matcher(chain)
    #expect(try GrammarFixture.accepts("root ::= \"a\"{0,2000} \"b\"", "aaab"))
  }

  @Test func `damaged grammars never crash`() throws {
    var generator = SplitMix64(seed: 3)
    let whole = try JSONSchemaGrammar(.object(["type": .string("array")])).text
    let scalars = Array(whole.unicodeScalars)
    for _ in 0..<300 {
      var damaged = scalars
      for _ in 0..<(1 + generator.next() % 3) {
        let place = Int(generator.next() % UInt64(damaged.count))
        switch generator.next() % 3 {
        case 0: damaged.remove(at: place)
        case 1: damaged[place] = scalars[Int(generator.next() % UInt64(scalars.count))]
        default: damaged.removeLast(damaged.count - max(1, place))
        }
      }
      let text = String(String.UnicodeScalarView(damaged))
      _ = try? GrammarFixture.walk(text, limit: 3, seed: 1)
    }
  }
}
