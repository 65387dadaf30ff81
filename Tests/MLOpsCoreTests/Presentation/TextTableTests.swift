import MLOpsCore
import Testing

struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("도형과 측정", 11), ("가".decomposed, 2), ("e\u{301}", 1), ("漢字", 4),
    ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇰🇷", 2), ("❤\u{FE0F}", 2), ("±…✓", 3), ("ＡＢ", 4), ("ㄱ", 2),
  ])
  func `a text is as wide as a terminal shows it`(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test(arguments: 0...12)
  func `a cut text is never wider than asked for`(columns: Int) {
    let cut = DisplayWidth.truncate("하나 two 셋", to: columns)
    #expect(DisplayWidth.of(cut) <= columns)
    #expect((cut == "하나 two 셋") == (columns >= 11))
  }
}

struct TextTableTests {
  private var table: TextTable {
    var table = TextTable([.init("영역"), .init("cases", .right), .init("note", maximumWidth: 6)])
    table.add(["수와 연산", "1,204", ""])
    table.add([.init("변화", style: .green), "7", "👍 fine indeed"])
    return table
  }

  @Test func `columns line up on the screen, Hangul included, and no line ends in spaces`() {
    #expect(
      table.rendered() == """
        영역       cases  note
        수와 연산  1,204
        변화           7  👍 fi…
        """)
  }

  @Test func `styles are outside the width and only where asked for`() {
    let styled = table.rendered(styled: true, indent: 2, header: false)
    #expect(
      styled == """
          수와 연산  1,204
          \u{1B}[32m변화\u{1B}[0m           7  👍 fi…
        """)
    #expect(!table.rendered().contains("\u{1B}"))
  }

  @Test func `what a cell holds cannot command the terminal or break a row`() {
    var table = TextTable([.init("answer"), .init("next")])
    table.add(["\u{1B}[2Jgone\r\n\u{9B}31m\u{202E}", "x"])
    let lines = table.rendered().split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[1] == "␛[2Jgone␍␊\u{FFFD}31m\u{FFFD}  x")
  }

  @Test func `a row of the wrong length is padded or cut`() {
    var table = TextTable([.init("a"), .init("b")])
    table.add(["1"])
    table.add(["1", "2", "3"])
    #expect(table.rendered() == "a  b\n1\n1  2")
  }
}

extension String {
  fileprivate var decomposed: String { "\u{1100}\u{1161}" }
}
