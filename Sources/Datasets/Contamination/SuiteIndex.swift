/// The cases of a suite, found by their text, their runs and their similarity.
struct SuiteIndex: Sendable {
  /// Where a run stands: in which case, from which token on.
  struct Place: Sendable {
    let ordinal: Int
    let start: Int
  }

  let cases: [SuiteText]
  let texts: [TokenisedText]
  let window: WindowSize
  let tokeniser: TextTokeniser
  private(set) var templates = 0
  private(set) var shortCases = 0
  private var byHash: [UInt64: [Int]] = [:]
  private var byRun: [UInt64: [Place]] = [:]
  private let similar: SimilarityIndex?

  init(_ cases: [SuiteText], _ options: ContaminationOptions) {
    self.cases = cases
    window = WindowSize(characters: options.characters, words: options.words)
    // Particles are kept here: a run must be the same text, not merely say the same.
    let tokeniser = TextTokeniser(ignoresParticles: false)
    self.tokeniser = tokeniser
    texts = cases.map { TokenisedText($0.text, tokeniser) }
    similar = options.nearDuplicates.map { SimilarityIndex(cases.map(\.text), $0) }
    for (ordinal, text) in texts.enumerated() where !text.tokens.isEmpty {
      byHash[text.hash, default: []].append(ordinal)
      let runs = text.runs(window)
      if runs.isEmpty { shortCases += 1 }
      var seen: Set<UInt64> = []
      // A run that a case repeats is noted once: where it first stands.
      for run in runs where seen.insert(run.hash).inserted {
        byRun[run.hash, default: []].append(Place(ordinal: ordinal, start: run.start))
      }
    }
    dropTemplates(share: options.templateShare)
  }

  /// The cases with the same text.
  func equal(to text: TokenisedText) -> [Int] {
    (byHash[text.hash] ?? []).filter { texts[$0].isSame(as: text) }
  }

  /// The cases that are nearly the same, with their similarity.
  func similar(to text: String) -> [(ordinal: Int, similarity: Double)] {
    similar?.matches(text) ?? []
  }

  /// The places of a run in the suite.
  func places(of run: UInt64) -> [Place] { byRun[run] ?? [] }

  private mutating func dropTemplates(share: Double) {
    guard cases.count >= 10, share < 1 else { return }
    let most = share * Double(cases.count)
    let all = byRun.count
    byRun = byRun.filter { Double($0.value.count) <= most }
    templates = all - byRun.count
  }
}
