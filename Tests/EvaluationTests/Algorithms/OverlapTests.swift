import JSON
import Testing

@testable import Evaluation

struct OverlapTests {
  private func bleu(_ one: JSONValue) throws -> BLEU {
    BLEU(
      tokenizer: try #require(BLEU.Tokenizer(rawValue: one.text("tokenizer"))),
      lowercase: try one.flag("lowercase"))
  }

  private static let chrF: [String: ChrF] = [
    "chrf": ChrF(), "chrf++": .plusPlus, "lower": ChrF(lowercase: true),
    "space": ChrF(whitespace: true),
    "epsilon": ChrF(wordOrder: 2, smoothsByEpsilon: true),
    "beta1": ChrF(characterOrder: 3, beta: 1),
  ]

  @Test func `BLEU's counts and values of sentences equal sacrebleu's`() throws {
    for one in try AlgorithmFixture.cases("overlap") {
      for wanted in try #require(one["bleu"]?.array) {
        let bleu = try bleu(wanted)
        let (answer, references) = try (one.text("answer"), one.texts("references"))
        #expect(
          bleu.numbers(answer: answer, references: references) == (try wanted.numbers("numbers")),
          "\(wanted.canonical) of \(answer.prefix(80).debugDescription)")
        let value = bleu.value(answer: answer, references: references)
        #expect(abs(value - (try wanted.number("sentence"))) < 1e-9, "\(answer.prefix(80))")
      }
    }
  }

  @Test func `BLEU and chrF of corpora follow from the sums and equal sacrebleu's`() throws {
    let overlap = try AlgorithmFixture.cases("overlap")
    for corpus in try AlgorithmFixture.cases("corpora") {
      let cases = try corpus.numbers("cases").map { overlap[Int($0)] }
      for (name, wanted) in try #require(corpus["bleu"]?.object) {
        let bleu = BLEU(tokenizer: try #require(BLEU.Tokenizer(rawValue: name)))
        let rows = try cases.flatMap {
          bleu.numbers(answer: try $0.text("answer"), references: try $0.texts("references"))
        }
        #expect(abs(bleu.value(of: rows) - (try #require(wanted.double))) < 1e-9, "\(name)")
      }
      for (name, wanted) in try #require(corpus["chrf"]?.object) {
        let chrF = try #require(OverlapTests.chrF[name])
        let rows = try cases.flatMap {
          chrF.numbers(answer: try $0.text("answer"), references: try $0.texts("references"))
        }
        #expect(abs(chrF.value(of: rows) - (try #require(wanted.double))) < 1e-9, "\(name)")
      }
    }
  }

  @Test func `chrF of sentences equals sacrebleu's`() throws {
    for one in try AlgorithmFixture.cases("overlap") {
      let (answer, references) = try (one.text("answer"), one.texts("references"))
      for (name, wanted) in try #require(one["chrf"]?.object) {
        let value = try #require(OverlapTests.chrF[name])
          .value(answer: answer, references: references)
        #expect(
          abs(value - (try #require(wanted.double))) < 1e-9,
          "\(name) of \(answer.prefix(80).debugDescription)")
      }
    }
  }

  @Test func `ROUGE-L equals rouge-score's in each of its units`() throws {
    for one in try AlgorithmFixture.cases("overlap") {
      let (answer, references) = try (one.text("answer"), one.texts("references"))
      for units in RougeL.Units.allCases {
        let score = RougeL(units: units).score(answer: answer, references: references)
        let wanted = try #require(one["rouge"]).numbers(units.rawValue)
        #expect(
          zip([score.precision, score.recall, score.f1], wanted).allSatisfy {
            abs($0 - $1) < 1e-12
          }, "\(units) of \(answer.prefix(80).debugDescription)")
      }
    }
  }

  @Test func `Korean vanishes from ROUGE-L's own units and from no other`() {
    let (answer, references) = ("서울은 맑습니다", ["서울은 맑습니다"])
    #expect(RougeL(units: .rouge).value(answer: answer, references: references) == 0)
    #expect(RougeL(units: .words).value(answer: answer, references: references) == 1)
    #expect(RougeL(units: .characters).value(answer: answer, references: references) == 1)
  }

  @Test func `token F1 and exact match equal the official evaluations'`() throws {
    for one in try AlgorithmFixture.cases("overlap") {
      let (answer, references) = try (one.text("answer"), one.texts("references"))
      for tokens in AnswerTokens.allCases {
        let f1 = TokenF1(tokens: tokens).value(answer: answer, references: references)
        #expect(
          abs(f1 - (try one.number("\(tokens.rawValue)_f1"))) < 1e-12,
          "\(tokens) of \(answer.prefix(80).debugDescription)")
        let exact = NormalisedMatch(tokens: tokens).value(answer: answer, references: references)
        #expect(
          exact == (try one.number("\(tokens.rawValue)_exact")),
          "\(tokens) of \(answer.prefix(80).debugDescription)")
      }
    }
  }

  @Test func `means over cases follow from the sums`() {
    let rouge = RougeL(units: .words)
    let rows =
      rouge.numbers(answer: "a b", references: ["a b"])
      + rouge.numbers(answer: "a b", references: ["c d"])
    #expect(rouge.value(of: rows) == 0.5)
    #expect(rouge.value(of: []).isNaN)
  }

  @Test func `without references nothing matches`() {
    #expect(BLEU().value(answer: "some words", references: []) == 0)
    #expect(BLEU().numbers(answer: "two words", references: [])[1] == 0)
    #expect(ChrF.plusPlus.numbers(answer: "some words", references: []).allSatisfy { $0 == 0 })
    #expect(RougeL().value(answer: "some words", references: []) == 0)
    #expect(TokenF1().value(answer: "some words", references: []) == 0)
    #expect(TokenF1(tokens: .korquad).value(answer: "some words", references: []) == 0)
  }

  @Test func `the bit-parallel subsequence is as long as the table says`() {
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<60 {
      let kinds = [1, 2, 5, 40][round % 4]
      let left = (0..<random(200)).map { _ in random(kinds) }
      let right = (0..<random(200)).map { _ in random(kinds) }
      var row = [Int](repeating: 0, count: right.count + 1)
      for unit in left {
        var diagonal = 0
        for (column, other) in right.enumerated() {
          let above = row[column + 1]
          row[column + 1] = unit == other ? diagonal + 1 : max(above, row[column])
          diagonal = above
        }
      }
      #expect(
        LongestCommonSubsequence.length(left, right, kinds: kinds) == row[right.count],
        "\(left) \(right)")
    }
  }
}
