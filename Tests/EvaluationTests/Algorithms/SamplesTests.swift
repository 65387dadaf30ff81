import JSON
import Testing

@testable import Evaluation

struct SamplesTests {
  @Test func `pass@k equals the exact quotient of binomials`() throws {
    for one in try AlgorithmFixture.cases("pass_at_k") {
      let value = PassAtK(k: try one.count("k"))
        .value(samples: try one.count("samples"), right: try one.count("right"))
      #expect(abs(try #require(value) - one.number("value")) < 1e-12, "\(one.canonical)")
    }
  }

  @Test func `pass@k of too few samples or impossible counts is undefined`() {
    #expect(PassAtK(k: 5).value(samples: 4, right: 2) == nil)
    #expect(PassAtK(k: 1).value(samples: 4, right: 5) == nil)
    #expect(PassAtK(k: 1).value(samples: 4, right: -1) == nil)
    #expect(PassAtK(k: 1).value(samples: -4, right: 0) == nil)
    let pass = PassAtK(k: 2)
    let rows = pass.numbers(samples: 1, right: 1) + pass.numbers(samples: 4, right: 4)
    #expect(pass.value(of: rows) == 1)
    #expect(PassAtK(k: 3).value(samples: .max, right: .max) == 1)
  }

  @Test func `perplexities equal the harness's`() throws {
    for one in try AlgorithmFixture.cases("perplexity") {
      for unit in Perplexity.Unit.allCases {
        let perplexity = Perplexity(unit: unit)
        let rows = try #require(one["texts"]?.array).flatMap {
          perplexity.numbers(
            logLikelihood: try $0.number("log_likelihood"), tokens: try $0.count("tokens"),
            text: try $0.text("text"))
        }
        #expect(
          isClose(perplexity.value(of: rows), try one.number(unit.rawValue), relative: 1e-12),
          "\(unit) of \(one.canonical)")
      }
    }
    #expect(Perplexity(unit: .byte).value(of: []).isNaN)
  }

  @Test func `percentiles equal numpy's`() throws {
    for one in try AlgorithmFixture.cases("percentiles") {
      let percentiles = Percentiles(try one.numbers("samples"))
      for pair in try #require(one["values"]?.array) {
        let pair = try #require(pair.array).map { try #require($0.double) }
        let value = try #require(percentiles.value(at: pair[0]))
        #expect(isClose(value, pair[1], relative: 1e-12), "\(pair) of \(percentiles.count)")
      }
    }
  }

  @Test func `percentiles say when they rest on the extreme alone`() {
    #expect(!Percentiles(Array(repeating: 1, count: 19)).isSupported(0.95))
    #expect(Percentiles(Array(repeating: 1, count: 20)).isSupported(0.95))
    #expect(!Percentiles(Array(repeating: 1, count: 99)).isSupported(0.99))
    #expect(Percentiles(Array(repeating: 1, count: 100)).isSupported(0.99))
    #expect(Percentiles([1, 2]).isSupported(0.5))
    #expect(Percentiles([]).value(at: 0.5) == nil)
    #expect(Percentiles([1]).value(at: .nan) == nil)
    #expect(Percentiles([1, 2]).value(at: 7) == 2)
    let holes = Percentiles([.nan, 2, .infinity])
    #expect(holes.unmeasured == 2)
    #expect(holes.value(at: 0.95) == 2)
  }

  @Test func `consistency counts unanimous groups and agreeing pairs`() {
    let unanimous = Consistency(measure: .unanimous)
    let pairwise = Consistency(measure: .pairwise)
    #expect(unanimous.value(answers: ["a", "a", "a"]) == 1)
    #expect(unanimous.value(answers: ["a", "a", "b"]) == 0)
    #expect(pairwise.value(answers: ["a", "a", "b"]) == 1.0 / 3)
    #expect(pairwise.value(answers: ["a", "a", "b", "b"]) == 2.0 / 6)
    #expect(pairwise.value(answers: ["가", "\u{1100}\u{1161}"]) == 0)
    #expect(unanimous.value(answers: [nil, nil]) == 0)
    #expect(pairwise.value(answers: [nil, nil, "a"]) == 0)
    #expect(pairwise.value(answers: ["a"]) == nil)
    let rows = ["a", "b"].flatMap { pairwise.numbers(answers: ["a", $0]) }
    #expect(pairwise.value(of: rows + pairwise.numbers(answers: [])) == 0.5)
  }
}
