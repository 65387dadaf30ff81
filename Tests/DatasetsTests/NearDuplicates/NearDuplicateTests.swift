import JSON
import MLOpsCore
import Testing

@testable import Datasets

@Suite struct ShingleTests {
  @Test(
    "spaces, punctuation, case, width, composition and particles make no difference",
    arguments: [
      ("문제를 풀어 보세요.", "문제는 풀어보세요"), ("가나다 라마바사", "\u{1100}\u{1161}나다라마바사"),
      ("ＡＢＣ １２３ word", "abc 123 WORD"), ("Hello,   world again!", "hello world  AGAIN"),
    ])
  func folding(_ left: String, _ right: String) {
    let shingler = Shingler(NearDuplicateOptions())
    #expect(!shingler.shingles(of: [left]).isEmpty)
    #expect(shingler.shingles(of: [left]) == shingler.shingles(of: [right]))
  }

  @Test(
    "digits, signs and letters make a difference",
    arguments: [("3 + 5 = 8이다", "3 × 5 = 8이다"), ("12와 35의 합", "12와 36의 합"), ("가나다라", "가나다마")])
  func differences(_ left: String, _ right: String) {
    let shingler = Shingler(NearDuplicateOptions())
    #expect(shingler.shingles(of: [left]) != shingler.shingles(of: [right]))
  }

  @Test("a noun that ends like a particle keeps its last syllable")
  func nouns() {
    let tokeniser = TextTokeniser(ignoresParticles: true)
    #expect(tokeniser.tokens(of: "사과").count == 2)
    #expect(tokeniser.tokens(of: "사과를").count == 2)
    #expect(tokeniser.tokens(of: "10은").count == 1)
    #expect(TextTokeniser(ignoresParticles: false).tokens(of: "사과를").count == 3)
  }

  @Test("a token's range is that of the text as given, decomposed or not")
  func ranges() {
    let tokens = TextTokeniser(ignoresParticles: false).tokens(
      of: "e\u{301}te\u{301} \u{1100}\u{1161}!")
    #expect(tokens.map(\.range) == [0..<5, 6..<8])
  }

  @Test("a sketch never rejects what is similar enough, and rejects most of what is not")
  func sketches() {
    var random = SplitMix64(seed: 5)
    var rejected = 0
    for _ in 0..<500 {
      let size = 5 + random.next(below: 60)
      let common = random.next(below: size + 1)
      let all = Set((0..<2 * size - common).map { _ in UInt32(truncatingIfNeeded: random.next()) })
      let elements = Array(all)
      let left = elements.prefix(size).sorted()
      let right = elements.suffix(size).sorted()
      let exact = Jaccard.similarity(left[...], right[...], atLeast: 0)
      let sketch = SetSketch(left)
      #expect(sketch.allows(SetSketch(right), sizes: left.count + right.count, similarity: exact))
      if !sketch.allows(SetSketch(right), sizes: left.count + right.count, similarity: 0.8) {
        rejected += 1
      }
    }
    #expect(rejected > 300)
  }

  @Test("the similarity of sets is that of their definition")
  func jaccard() {
    #expect(Jaccard.similarity([1, 2, 3], [2, 3, 4], atLeast: 0.1) == 0.5)
    #expect(Jaccard.similarity([1, 2, 3], [2, 3, 4], atLeast: 0.6) == 0)
    #expect(Jaccard.similarity([], [], atLeast: 0.1) == 0)
  }
}

@Suite struct MinHashTests {
  @Test(
    "pairs at the threshold are found with 99 % probability",
    arguments: [0.3, 0.5, 0.7, 0.8, 0.9, 0.99])
  func plan(_ threshold: Double) {
    let plan = BandingPlan(threshold: threshold)
    #expect(plan.probability(at: threshold) >= 0.99)
    #expect(plan.probability(at: threshold / 3) < 0.7)
  }

  @Test("the share of equal min-hashes estimates the similarity", arguments: [0.2, 0.5, 0.8])
  func estimate(_ wanted: Double) {
    let hasher = MinHasher(BandingPlan(threshold: 0.5))
    let hashes = hasher.plan.bands * hasher.plan.rows
    var random = SplitMix64(seed: 7)
    var sum = 0.0
    let trials = 20
    for _ in 0..<trials {
      // Two sets of n with c in common: c / (2n − c).
      let n = 300
      let share: Double = wanted / (1 + wanted)
      let c = Int((Double(2 * n) * share).rounded())
      let all: [UInt32] = (0..<2 * n).map { _ in UInt32(truncatingIfNeeded: random.next()) }
      let left = hasher.signature(of: all[0..<n])
      let right = hasher.signature(of: all[n - c..<2 * n - c])
      var equal = 0
      for hash in 0..<hashes {
        let (vector, lane) = (hash / 16, hash % 16)
        if left[vector][lane] == right[vector][lane] { equal += 1 }
      }
      sum += Double(equal) / Double(hashes)
    }
    // Standard error of 20 trials of at least 100 hashes: below 0.012; four of them.
    #expect(abs(sum / Double(trials) - wanted) < 0.05)
  }
}

@Suite struct NearDuplicateTests {
  private func report(_ texts: [String], _ options: NearDuplicateOptions = .init()) throws
    -> NearDuplicateReport
  {
    var finder = NearDuplicateFinder(options)
    for (index, text) in texts.enumerated() { finder.add([text], line: index + 1) }
    return try finder.report()
  }

  @Test("every pair that is found reaches the threshold, and none of equal texts is missed")
  func exactness() throws {
    var random = SplitMix64(seed: 3)
    let words = (0..<40).map { "낱말\($0)" }
    var texts: [String] = []
    for _ in 0..<300 {
      let chosen: [String] = (0..<12).map { _ in words[random.next(below: words.count)] }
      texts.append(chosen.joined(separator: " "))
    }
    for index in 0..<100 {
      var changed = texts[index].split(separator: " ").map(String.init)
      changed[random.next(below: changed.count)] = words[random.next(below: words.count)]
      texts.append(changed.joined(separator: " "))
    }
    let options = NearDuplicateOptions(threshold: 0.7)
    let report = try report(texts, options)
    let shingler = Shingler(options)
    let sets = texts.map { shingler.shingles(of: [$0]) }
    var union = UnionFind(count: texts.count)
    var expected = 0
    for i in texts.indices {
      for j in texts.indices where j > i {
        let similarity = Jaccard.similarity(sets[i][...], sets[j][...], atLeast: 0.7)
        if similarity > 0, union.join(i, j) { expected += 1 }
      }
    }
    for pair in report.pairs {
      let (left, right) = (Set(sets[pair.first - 1]), Set(sets[pair.second - 1]))
      let exact = Double(left.intersection(right).count) / Double(left.union(right).count)
      #expect(exact == pair.similarity && exact >= 0.7)
    }
    #expect(expected > 20)
    // 99 % of the pairs at the threshold, and more above it; 95 % leaves room for chance.
    #expect(report.duplicates <= expected && Double(report.duplicates) >= 0.95 * Double(expected))
  }

  @Test("the first row of a cluster comes first, and its copies after it")
  func clusters() throws {
    let report = try report([
      "", "세 변의 길이가 같은 삼각형의 둘레를 구하시오", "전혀 다른 이야기를 하는 글입니다",
      "세 변의 길이가 같은 삼각형의 둘레를 구하시오.", "세 변의 길이가 같은 삼각형의 둘레는 구하시오",
    ])
    #expect(report.clusters == [[2, 4, 5]])
    #expect(report.empty == 1)
    #expect(report.links.keys.sorted() == [3, 4])
    #expect(report.pairs.map(\.similarity) == [1, 1])
  }

  @Test("many equal and many template-made rows cost no square")
  func hostile() throws {
    let equal = try report(Array(repeating: "같은 문장이 되풀이됩니다 몇 번이고", count: 5000))
    #expect(equal.duplicates == 4999)
    #expect(equal.comparisons == 0)
    let made = try report((0..<3000).map { "다음 수를 읽고 쓰세요 그리고 설명하세요 이것은 \($0)" })
    #expect(made.clusters.map(\.count) == [3000])
    #expect(made.comparisons < 400_000)
  }

  @Test("no row at all gives an empty report")
  func none() throws { #expect(try report([]).rows == 0) }
}
