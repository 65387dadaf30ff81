import Testing

@testable import Datasets

@Suite struct ElementSplitterTests {
  private func add(_ text: some Sequence<UInt8>, to splitter: inout ElementSplitter) {
    Array(text).withUnsafeBytes { splitter.add($0) }
  }

  @Test("a long element that comes in very many pieces is gone through once")
  func manyPieces() throws {
    var splitter = ElementSplitter()
    add("[{\"a\":1},\"".utf8, to: &splitter)
    // Looking for a row's end through all that is there, each time, would be 10^12 steps.
    let end = ContinuousClock.now + .seconds(240)
    let piece = [UInt8](repeating: 0x61, count: 8)
    for count in 0..<600_000 {
      add(piece, to: &splitter)
      let taken = splitter.takeRows()
      #expect(taken.origins.count == (count == 0 ? 1 : 0))
      if count % 1_000 == 0 { try #require(ContinuousClock.now < end) }
    }
    add("\", 2]".utf8, to: &splitter)
    splitter.finish()
    let (rows, origins) = splitter.takeRows()
    #expect(splitter.isWhole && rows.count == 4_800_000 + 2 + 1 + 2)
    #expect(origins.map(\.column) == [10, 4_800_014])
    #expect(splitter.takeRows().rows.isEmpty)
  }

  @Test("rows are the same however the text is cut, and rows that are whole do not wait")
  func anyPieces() {
    let text = Array("[ {\"a\":\n[1,2]},\n3 , \"x,]\" ,, {\"b\":1}".utf8)
    var whole = ElementSplitter()
    add(text, to: &whole)
    whole.finish()
    let expected = whole.takeRows()
    #expect(expected.rows.filter { $0 == 0x0A }.count == expected.origins.count)
    for size in 1...text.count {
      var splitter = ElementSplitter()
      var rows: [UInt8] = []
      var origins: [ElementSplitter.Origin] = []
      func take() {
        let taken = splitter.takeRows()
        #expect(taken.rows.filter { $0 == 0x0A }.count == taken.origins.count)
        rows += taken.rows
        origins += taken.origins
      }
      for start in stride(from: 0, to: text.count, by: size) {
        add(text[start..<min(start + size, text.count)], to: &splitter)
        take()
      }
      splitter.finish()
      take()
      #expect(rows == expected.rows)
      #expect(origins.map(\.column) == expected.origins.map(\.column))
      #expect(origins.map(\.breaks) == expected.origins.map(\.breaks))
    }
  }
}
