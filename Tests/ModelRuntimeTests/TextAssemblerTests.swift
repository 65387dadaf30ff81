import Testing

@testable import ModelRuntime

@Suite struct TextAssemblerTests {
  /// Every way to cut a text's bytes into pieces of 1 to 4.
  private func run(_ text: String, stops: [String], cut: Int) -> (text: String, pieces: [String]) {
    var assembler = TextAssembler(stops: stops)
    var pieces: [String] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: cut) {
      pieces.append(assembler.push(bytes[start..<min(start + cut, bytes.count)]))
    }
    pieces.append(assembler.finish())
    return (pieces.joined(), pieces)
  }

  @Test(arguments: 1...7)
  func hangul_cut_anywhere_comes_out_whole(cut: Int) {
    let text = "가나다 한글, 🙂 é\u{301} end"
    let (joined, pieces) = run(text, stops: [], cut: cut)
    #expect(joined.utf8.elementsEqual(text.utf8))
    #expect(!pieces.contains { $0.contains("\u{FFFD}") })
  }

  @Test(arguments: 1...7)
  func where_a_text_ends_does_not_depend_on_where_tokens_end(cut: Int) {
    #expect(run("수학 문제\n\n답", stops: ["\n\n"], cut: cut).text == "수학 문제")
    #expect(run("aab", stops: ["ab"], cut: cut).text == "a")
    #expect(run("xxabcabd!", stops: ["abd", "zz"], cut: cut).text == "xxabc")
    #expect(run("one two", stops: ["two three"], cut: cut).text == "one two")
    #expect(run("abc", stops: ["bc", "abc"], cut: cut).text == "")
    #expect(run("끝입니다", stops: ["입니"], cut: cut).text == "끝")
  }

  @Test func what_may_become_a_stop_string_is_held_back() {
    var assembler = TextAssembler(stops: ["<end>"])
    #expect(assembler.push("a<e".utf8) == "a")
    #expect(assembler.push("x".utf8) == "<ex")
    #expect(assembler.push("<end>b".utf8) == "")
    #expect(assembler.isStopped)
    #expect(assembler.push("c".utf8) == "")
    #expect(assembler.finish() == "")
  }

  @Test func bytes_that_are_no_text_become_replacement_characters() {
    var assembler = TextAssembler(stops: [])
    #expect(assembler.push([0xFF, 0x41]) == "\u{FFFD}A")
    #expect(assembler.push([0xEA, 0xB0]) == "")
    #expect(assembler.finish() == "\u{FFFD}")
  }
}
