import Foundation
import Testing

@testable import MLOpsCore

@Suite struct LinePlotTests {
  private func series(_ values: [Double]) -> LinePlot.Series {
    LinePlot.Series(
      name: "training", points: values.enumerated().map { (Double($0.offset + 1), $0.element) })
  }

  @Test func `a falling line goes from the upper left to the lower right, between its numbers`() {
    let lines = LinePlot.draw([series((0...100).map { 100 - Double($0) })], width: 10, height: 4)
    #expect(lines.count == 6)
    #expect(lines[0].hasPrefix(" 100 ┤"))
    #expect(lines[3].hasPrefix("0.00 ┤") || lines[3].contains("┤"))
    func dots(_ line: String) -> [Int] {
      line.split(separator: "┤").last.map(String.init)?.split(separator: "│").last.map {
        $0.enumerated().filter { $0.element != " " }.map(\.offset)
      } ?? []
    }
    #expect(dots(lines[0]).first == 0)
    #expect(dots(lines[3]).last == 9)
    #expect(lines[5].hasSuffix("1      101"))
  }

  @Test func `every line is as wide as the plot`() {
    let lines = LinePlot.draw([series([3, 1, 2, .nan, 5])], width: 20, height: 3)
    let widths = Set(lines.prefix(3).map(\.count))
    #expect(widths.count == 1)
  }

  @Test func `other curves are crosses`() {
    let lines = LinePlot.draw(
      [series([3, 2, 1]), LinePlot.Series(name: "validation", points: [(1, 3), (3, 1)])], width: 12)
    #expect(lines.joined().count { $0 == "×" } == 2)
  }

  @Test(arguments: [[], [1], [.nan, .infinity]] as [[Double]])
  func `less than a line is not drawn`(values: [Double]) {
    #expect(LinePlot.draw([series(values)]).isEmpty)
    #expect(LinePlot.svg(title: "<a>", [series(values)]).contains("&lt;a&gt;"))
  }

  @Test func `no number of an axis is there twice`() {
    for values in [[2, 1.999], [0.0012, 0.0011, 0.001], [3, 2, 1], [5, 4]] {
      let lines = LinePlot.draw([series(values)], height: 5)
      let labels = lines.compactMap { $0.split(separator: "┤").first.map(String.init) }
        .filter { $0.contains(".") }.map { $0.filter { $0 != " " } }
      #expect(labels.count == 3 && Set(labels).count == 3, "\(labels)")
      let svg = LinePlot.svg(title: "t", [series(values)])
      for anchor in ["end", "middle"] {
        let texts = svg.components(separatedBy: "text-anchor=\"\(anchor)\">").dropFirst()
          .compactMap { $0.components(separatedBy: "<").first }
        #expect(texts.count > 1 && Set(texts).count == texts.count, "\(texts)")
      }
    }
  }

  @Test func `equal values are a level line`() {
    #expect(!LinePlot.draw([series([2, 2, 2])]).isEmpty)
  }
}
