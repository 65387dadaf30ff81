import JSON
import MLOpsCore
import SystemPackage
import Testing

@testable import Datasets

@Suite struct ContaminationTests {
  private let korean = SuiteText(
    id: "k", text: "정사각형의 한 변의 길이가 12 cm일 때 둘레와 넓이를 각각 구하고 풀이를 쓰시오.")
  private let english = SuiteText(
    id: "e",
    text: "A train leaves the station at nine and travels for three hours at sixty miles an hour.")

  private func slice(_ text: String, _ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: Array(text.unicodeScalars)[range])
    return String(view)
  }

  @Test("the same text but for spaces, case and punctuation is an exact hit")
  func exact() throws {
    let row: JSONValue = [
      "id": "r1",
      "text":
        "a TRAIN leaves the station at nine, and travels for three hours at sixty miles an hour",
    ]
    let report = ContaminationScan(
      suite: [korean, english], fields: .init([try #require(JSONPointer("/text"))]),
      idField: JSONPointer("/id")
    ).scan([["text": "무관한 글"], row])
    let hit = try #require(report.hits.first)
    #expect((hit.kind, hit.caseID, hit.line, hit.rowID) == (.exact, "e", 2, "r1"))
    #expect(hit.pointer == "/text")
    #expect(report.rate == 0.5 && report.contaminatedCases == ["e"] && report.contaminatedRows == 1)
  }

  @Test("a long run is found anywhere in a row, and both spans hold the same words")
  func runs() throws {
    let text = "앞에 다른 말이 있고: 한 변의 길이가 12 cm일 때 둘레와 넓이를 각각 구하고 뒤에도 전혀 다른 말이 아주 길게 이어져서 비슷하지 않다"
    let report = ContaminationScan(suite: [korean]).scan([["t": .string(text)]])
    let hit = try #require(report.hits.first)
    #expect(hit.kind == .run && report.hits.count == 1)
    let span = try #require(hit.spans.first)
    #expect(slice(text, span.inRow) == "한 변의 길이가 12 cm일 때 둘레와 넓이를 각각 구하고")
    #expect(slice(korean.text, span.inCase) == slice(text, span.inRow))
  }

  @Test("thirteen words are a run, twelve are none")
  func words() {
    let words = english.text.dropLast().split(separator: " ").map(String.init)
    let options = ContaminationOptions(nearDuplicates: nil)
    let scan = ContaminationScan(suite: [english], options: options)
    let long = "before " + words[1..<14].joined(separator: "  ") + " after and something else"
    let short = "before " + words[1..<13].joined(separator: " ") + " after and something else"
    #expect(scan.scan([.string(long)]).hits.map(\.kind) == [.run])
    #expect(scan.scan([.string(short)]).hits.isEmpty)
  }

  @Test("a text that is nearly the same is a hit with its similarity")
  func nearDuplicate() throws {
    let text = korean.text.replacing("구하고", with: "구하여")
    let report = ContaminationScan(
      suite: [english, korean],
      options: .init(words: 50, characters: 50, nearDuplicates: .init(threshold: 0.7))
    ).scan([["t": .string(text)]])
    let hit = try #require(report.hits.first)
    #expect(hit.kind == .nearDuplicate && hit.caseID == "k")
    #expect((hit.similarity ?? 0) >= 0.7 && (hit.similarity ?? 1) < 1)
    #expect(report.caseKinds == ["k": .nearDuplicate])
  }

  @Test("spans count scalars of the texts as they are, decomposed ones too")
  func decomposed() throws {
    let text = "음: " + UnicodeForm.nfd.normalised(korean.text)
    let report = ContaminationScan(suite: [korean], options: .init(nearDuplicates: nil)).scan([
      .string(text)
    ])
    let span = try #require(report.hits.first?.spans.first)
    #expect(
      UnicodeForm.nfc.normalised(slice(text, span.inRow)) == slice(korean.text, span.inCase))
    #expect(span.inRow.lowerBound == 3)
  }

  @Test("what most cases share is the suite's template, and no leak")
  func templates() {
    let ask = "다음 글을 잘 읽고 물음에 알맞은 답을 골라 그 번호를 쓰시오. "
    let suite = (0..<20).map {
      SuiteText(id: "\($0)", text: ask + "문항 번호 \($0 * 7919) 에만 나오는 말 \($0)")
    }
    let row: JSONValue = .string(ask + "이것은 훈련에만 있는 완전히 다른 문제이며 아무 관계도 없다")
    let scan = ContaminationScan(suite: suite, options: .init(nearDuplicates: nil))
    #expect(scan.scan([row]).hits.isEmpty)
    #expect(scan.scan([row]).templates > 0)
    let all = ContaminationScan(
      suite: suite, options: .init(nearDuplicates: nil, templateShare: 1))
    #expect(all.scan([row]).rate == 1)
  }

  @Test("hits beyond the limit are counted, and the strongest kind names the case")
  func limit() {
    let run = "앞말 " + korean.text.dropLast(12) + " 그리고 이어지는 아주 다른 이야기가 길게 계속 이어진다"
    let report = ContaminationScan(suite: [korean, english], options: .init(hitLimit: 1)).scan([
      .string(run), .string(korean.text), .string("\u{0}"), .string(""),
    ])
    #expect(report.hits.map(\.kind) == [.run])
    #expect(report.hitCount == 2)
    #expect(report.caseKinds == ["k": .exact])
    #expect(report.json["rate"] == 0.5)
    #expect(
      report.summary
        == "1 of 2 cases (50.0 %) are in 2 of 4 rows: 1 exact, 0 near_duplicate, 0 run")
    let lines = report.text.split(separator: "\n")
    #expect(lines[0] == "line 1 shares a run with case k")
    #expect(lines[1].hasPrefix("  row   앞말 «"))
    #expect(lines[2].hasPrefix("  case  «"))
    // The same stretch of both, each with what comes after it there.
    let spans = lines[1...2].map { $0.split(separator: "«")[1].split(separator: "»") }
    #expect(spans[0][0] == spans[1][0])
    #expect(spans[0][1].contains(" 그리고 이어지는"))
    #expect(lines[3] == "… and 1 more")
  }

  @Test("an empty suite, a short case and a file with bad rows are no trouble")
  func edges() throws {
    let scratch = try Scratch()
    let file = try scratch.file("a.ndjson", "{\"t\":\"3 + 5\"}\n!\n")
    #expect(try ContaminationScan(suite: []).scan(file).rate == 0)
    let report = try ContaminationScan(suite: [
      .init(id: "s", text: "3+5"), .init(id: "x", text: ""),
    ])
    .scan(file)
    #expect((report.rows, report.defective, report.shortCases) == (1, 1, 1))
    #expect(report.caseKinds == ["s": .exact])
  }

  @Test("every run of a text has the hash that its tokens alone give")
  func rolling() {
    let tokeniser = TextTokeniser(ignoresParticles: false)
    let window = WindowSize(characters: 5, words: 3)
    let text = TokenisedText("하나 two 셋넷다섯 six seven 여덟아홉열 eleven twelve 13 14", tokeniser)
    let runs = text.runs(window)
    #expect(runs.count > 8)
    for run in runs {
      let length = window.length(at: text.tokens[run.start])
      let range = text.range(run.start..<run.start + length)
      let alone = TokenisedText(
        slice("하나 two 셋넷다섯 six seven 여덟아홉열 eleven twelve 13 14", range), tokeniser)
      #expect(alone.runs(window).first?.hash == run.hash)
    }
  }

  @Test("options are read strictly, and their canonical form reads back")
  func options() throws {
    let options = try ContaminationOptions(["words": 8, "near_duplicates": false, "hits": 3])
    #expect(options == ContaminationOptions(words: 8, nearDuplicates: nil, hitLimit: 3))
    #expect(try ContaminationOptions(options.json) == options)
    #expect(throws: DatasetsError.self) { _ = try ContaminationOptions(["words": 1]) }
  }

  @Test("texts made to be alike everywhere cost linear time")
  func hostile() {
    let same = String(repeating: "가 ", count: 20_000)
    let start = ContinuousClock.now
    let report = ContaminationScan(
      suite: [.init(id: "a", text: same), .init(id: "b", text: same + "나")]
    ).scan([.string(same)])
    #expect(report.caseKinds.count == 2)
    // A quadratic comparison of 20,000 characters would be 4 · 10^8 steps a case in a debug build.
    #expect(ContinuousClock.now - start < .seconds(30))
  }
}
