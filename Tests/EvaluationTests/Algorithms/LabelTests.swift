import JSON
import Testing

@testable import Evaluation

struct LabelTests {
  private static let unreadable = "<unreadable>"

  @Test func `scores of labels follow from the sums and equal scikit-learn's`() throws {
    for one in try AlgorithmFixture.cases("labels") {
      let expected = try one.texts("expected")
      var answers = try one.optionalTexts("answers")
      let names = try one.texts("labels")
      // As scikit-learn sees it: among the labels, unreadable is one of them.
      if one["given"]?.array == nil {
        answers = answers.map { $0 ?? LabelTests.unreadable }
        let discovered = LabelSet(discoveredIn: expected + answers.compactMap { $0 })
        #expect(discovered.labels == names)
      }
      let set = LabelSet(names)
      let wanted: [(LabelScores.Summary, Double)] = [
        (.accuracy, try one.number("accuracy")),
        (.macroPrecision, try one.numbers("macro")[0]), (.macroRecall, try one.numbers("macro")[1]),
        (.macroF1, try one.numbers("macro")[2]), (.microPrecision, try one.numbers("micro")[0]),
        (.microRecall, try one.numbers("micro")[1]), (.microF1, try one.numbers("micro")[2]),
        (.weightedPrecision, try one.numbers("weighted")[0]),
        (.weightedRecall, try one.numbers("weighted")[1]),
        (.weightedF1, try one.numbers("weighted")[2]),
      ]
      for (summary, value) in wanted {
        let scores = LabelScores(labels: set, summary: summary)
        let rows = zip(expected, answers).flatMap { scores.numbers(expected: $0, answer: $1) }
        #expect(
          isClose(scores.value(of: rows), value, relative: 1e-12),
          "\(summary) of \(expected.prefix(6)) \(answers.prefix(6))")
      }
    }
  }

  @Test func `each label's scores and the matrix equal scikit-learn's`() throws {
    for one in try AlgorithmFixture.cases("labels") {
      let expected = try one.texts("expected")
      let answers = try one.optionalTexts("answers")
        .map { one["given"]?.array == nil ? $0 ?? LabelTests.unreadable : $0 }
      let set = LabelSet(try one.texts("labels"))
      let scores = LabelScores(labels: set)
      var sums = [Double](repeating: 0, count: scores.width)
      var matrix = ConfusionMatrix(labels: set)
      for (expected, answer) in zip(expected, answers) {
        for (index, number) in scores.numbers(expected: expected, answer: answer).enumerated() {
          sums[index] += number
        }
        matrix.add(expected: expected, answer: answer)
      }
      let each = scores.perLabel(ofSums: sums)
      for (score, wanted) in zip(each, try #require(one["each"]?.array)) {
        let wanted = try #require(wanted.array).map { try #require($0.double) }
        #expect(isClose(score.precision, wanted[0], relative: 1e-12))
        #expect(isClose(score.recall, wanted[1], relative: 1e-12))
        #expect(isClose(score.f1, wanted[2], relative: 1e-12))
        #expect(score.expected == wanted[3])
      }
      #expect(each.count == set.labels.count)
      let rows = try #require(one["matrix"]?.array)
      for (row, counts) in zip(set.labels, rows) {
        for (column, count) in zip(set.labels, try #require(counts.array)) {
          #expect(matrix.count(expected: row, answer: column) == count.int)
        }
      }
      #expect(matrix.counts.reduce(0, +) == expected.count)
    }
  }

  @Test func `an unreadable answer costs recall and no label's precision`() {
    let scores = LabelScores(labels: LabelSet(["a", "b"]), summary: .precision("b"))
    let recall = LabelScores(labels: scores.labels, summary: .recall("a"))
    let rows =
      scores.numbers(expected: "a", answer: nil) + scores.numbers(expected: "b", answer: "b")
    #expect(scores.value(of: rows) == 1)
    #expect(recall.value(of: rows) == 0)
    var matrix = ConfusionMatrix(labels: scores.labels)
    matrix.add(expected: "a", answer: nil)
    #expect(matrix.count(expected: "a", answer: nil) == 1)
  }

  @Test func `labels are told apart by their scalars and keep the order given`() {
    let set = LabelSet(["\u{AC00}", "b", "\u{1100}\u{1161}", "b"])
    #expect(set.labels.count == 3)
    #expect(set.index(of: "\u{1100}\u{1161}") == 2)
    #expect(set.index(of: "c") == nil)
    #expect(LabelSet(discoveredIn: ["나", "b", "B", "나"]).labels == ["B", "b", "나"])
  }

  @Test func `scores are undefined without cases and for labels that are none`() {
    let set = LabelSet(["a"])
    #expect(LabelScores(labels: set).value(of: []).isNaN)
    let other = LabelScores(labels: set, summary: .f1("z"))
    #expect(other.value(of: other.numbers(expected: "a", answer: "a")).isNaN)
    #expect(LabelScores(labels: set).perLabel(ofSums: []).isEmpty)
    let none = LabelScores(labels: LabelSet([]))
    #expect(none.value(of: none.numbers(expected: "a", answer: nil)) == 0)
  }
}
