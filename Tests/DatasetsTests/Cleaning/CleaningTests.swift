import Datasets
import Foundation
import JSON
import SystemPackage
import Testing

@Suite struct CleaningStepTests {
  private func clean(_ rows: [JSONValue], _ steps: JSONValue) throws -> (
    rows: [JSONValue], dropped: [DroppedRow], report: CleaningReport
  ) {
    try Cleaner(CleaningPipeline(steps)).clean(rows)
  }

  @Test("a composed text equals its decomposed one after the step, in either form")
  func unicode() throws {
    let row: JSONValue = ["t": "\u{1112}\u{1161}\u{11AB}글 e\u{301}", "n": 1]
    let composed = try clean([row], [["unicode": "nfc"]])
    #expect(composed.rows == [["t": "한글 é", "n": 1]])
    #expect(composed.report.steps[0].counts == ["texts": 1])
    #expect(
      try clean(composed.rows, [["unicode": "nfd"]]).rows[0]["t"]?.string?.unicodeScalars.count == 9
    )
    #expect(try clean(composed.rows, ["unicode"]).report.steps[0].changed == 0)
  }

  @Test(
    "white space is tidied",
    arguments: [
      ("  a \t b\u{A0}\u{3000}c  ", "a b c"), ("a\r\nb\rc\n", "a\nb\nc"),
      ("a\n\n\n\n\nb", "a\n\nb"), ("a \n b", "a\n b"), ("\u{FEFF}가\u{200B}나", "가나"),
      ("👨\u{200D}👩", "👨\u{200D}👩"), ("a\u{200D} b", "a b"), ("\u{0}x", "\u{0}x"), (" ", ""),
    ])
  func whitespace(_ text: String, _ tidy: String) {
    #expect(WhitespaceStep().tidied(text).utf8.elementsEqual(tidy.utf8))
    #expect(WhitespaceStep().tidied(tidy).utf8.elementsEqual(tidy.utf8))
  }

  @Test("fields are moved, copied, dropped and set, and nothing is lost where that cannot be")
  func mapping() throws {
    let steps: JSONValue = [
      [
        "map": [
          "copy": ["/q": "/original"], "rename": ["/q": "/in/question"], "drop": ["/x"],
          "constant": ["/source": "web"],
        ]
      ]
    ]
    let done = try clean([["q": "가", "x": 1], ["other": 1]], steps)
    #expect(
      done.rows == [
        ["original": "가", "in": ["question": "가"], "source": "web"],
        ["other": 1, "source": "web"],
      ])
    #expect(
      done.report.steps[0].counts == ["copy": 1, "rename": 1, "drop": 1, "constant": 2])
    let into = try clean([["a": "text", "b": 1]], [["map": ["rename": ["/b": "/a/c"]]]])
    #expect(into.rows == [["a": "text", "b": 1]])
    let up = try clean([["a": ["b": 1, "c": 2]]], [["map": ["rename": ["/a/b": "/a"]]]])
    #expect(up.rows == [["a": 1]])
    let down = try clean([["a": 1]], [["map": ["rename": ["/a": "/a/b"]]]])
    #expect(down.rows == [["a": ["b": 1]]])
  }

  @Test("exact duplicates go, by all fields or some; rows without the fields stay")
  func exactDuplicates() throws {
    let rows: [JSONValue] = [
      ["a": 1, "b": 1], ["b": 1.0, "a": 1], ["a": 1, "b": 2], ["c": 1], ["c": 2],
    ]
    #expect(try clean(rows, ["drop_exact_duplicates"]).dropped.map(\.line) == [2])
    let byField = try clean(rows, [["drop_exact_duplicates": ["fields": ["/a"]]]])
    #expect(byField.dropped.map(\.line) == [2, 3])
    #expect(byField.dropped[0].reason == "the same as line 1")
    #expect(byField.dropped[0].pointer.description == "/a")
  }

  @Test("near duplicates go after the steps before them, twice in one pipeline too")
  func nearDuplicates() throws {
    let rows: [JSONValue] = [
      ["t": "사과 다섯 개와 배 세 개를 더하면 모두 몇 개입니까"], ["t": "짧은 글"],
      ["t": "사과 다섯 개와 배 세 개를 더하면 모두 몇 개입니까?"],
      ["t": "사과 다섯 개와 배 세 개를 더하면 모두 몇 개일까요"], ["u": "사과 다섯 개"],
    ]
    let near: JSONValue = ["drop_near_duplicates": ["fields": ["/t"], "threshold": 0.7]]
    let done = try clean(rows, [["filter_length": ["fields": ["/t"], "min": 5]], near, near])
    #expect(done.dropped.map(\.line) == [2, 3, 4])
    #expect(
      done.dropped.map(\.step) == ["filter_length", "drop_near_duplicates", "drop_near_duplicates"])
    #expect(done.dropped[1].reason == "100.0 % like line 1")
    #expect(done.report.nearDuplicates[1]?.rows == 4)
    #expect(done.report.nearDuplicates[2]?.duplicates == 0)
    #expect(done.rows.count == 2)
    let quiet = try clean(rows, [["drop_near_duplicates": ["fields": ["/t"], "report": 0]]])
    let shown = quiet.report.json["steps"]?.array?.first?["near_duplicates"]
    #expect(shown?["pairs"] == [] && shown?["duplicates"] == 1)
  }

  @Test("scrubbing counts by kind, in the named fields only")
  func scrubbing() throws {
    let rows: [JSONValue] = [["a": "010-1234-5678, a@b.kr", "b": ["010-1234-5678"]]]
    let done = try clean(
      rows,
      [["scrub_pii": ["fields": ["/b"], "kinds": ["phone"], "placeholders": ["phone": "[전화]"]]]])
    #expect(done.rows == [["a": "010-1234-5678, a@b.kr", "b": ["[전화]"]]])
    #expect(try clean(rows, ["scrub_pii"]).report.steps[0].counts == ["phone": 2, "email": 1])
  }

  @Test("lengths are those of composed characters or of bytes")
  func lengths() throws {
    let rows: [JSONValue] = [["t": "\u{1112}\u{1161}"], ["t": "한글"], ["t": "한글한글"]]
    let done = try clean(rows, [["filter_length": ["fields": ["/t"], "min": 2, "max": 3]]])
    #expect(
      done.dropped.map(\.reason) == ["1 characters, fewer than 2", "4 characters, more than 3"])
    let bytes = try clean(rows, [["filter_length": ["unit": "bytes", "max": 6]]])
    #expect(bytes.dropped.map(\.line) == [3])
  }

  @Test(
    "scripts tell languages apart",
    arguments: [
      ("한국어 문장입니다 ok", "ko"), ("An English sentence.", "en"), ("これは日本語の文章です", "ja"),
      ("这是一个中文句子", "zh"), ("Это русский", "ru"), ("ภาษาไทย", "th"), ("שלום", "he"),
    ])
  func languages(_ text: String, _ language: String) throws {
    for other in ScriptLanguage.allCases {
      let done = try clean(
        [["t": .string(text)]],
        [["filter_language": ["languages": [.string(other.rawValue)], "min_share": 0.6]]])
      #expect(done.rows.isEmpty == (other.rawValue != language), "\(other)")
    }
  }

  @Test("a row without letters is in no wrong language")
  func noLetters() throws {
    #expect(
      try clean([["t": "3 + 5 = 8"]], [["filter_language": ["languages": ["ko"]]]]).rows.count == 1)
  }
}

@Suite struct CleaningPipelineTests {
  @Test("the canonical form reads back as the same pipeline")
  func canonical() throws {
    let steps: JSONValue = [
      ["unicode": "nfd"], "whitespace", ["map": [["rename": ["/a": "/b"]], ["drop": ["/c"]]]],
      "drop_exact_duplicates", ["drop_near_duplicates": ["threshold": 0.9, "fields": ["/b"]]],
      ["scrub_pii": ["kinds": ["card", "email"]]], ["filter_length": ["max": 10]],
      ["filter_language": ["languages": ["ko", "en"]]],
    ]
    let pipeline = try CleaningPipeline(steps)
    #expect(pipeline.steps.count == CleaningPipeline.names.count)
    #expect(try CleaningPipeline(pipeline.json).json == pipeline.json)
    #expect(
      pipeline.json.array?[6] == [
        "filter_length": ["fields": nil, "unit": "characters", "min": 0, "max": 10]
      ])
  }

  @Test(
    "a mistake is told with its place, what was expected and the nearest word",
    arguments: [
      (
        ["uniode"] as JSONValue,
        "'clean[0]' must be one of unicode, whitespace, map, drop_exact_duplicates, drop_near_duplicates, scrub_pii, filter_length, filter_language; found 'uniode'.",
        "Did you mean 'unicode'?"
      ),
      (
        [["unicode": "nfx"]], "'clean[0].unicode' must be one of nfc, nfd; found \"nfx\".",
        "Did you mean 'nfc'?"
      ),
      (
        ["whitespace", ["drop_near_duplicates": ["treshold": 0.9]]],
        "'clean[1].drop_near_duplicates' must be a mapping with only the keys fields, report, threshold, shingle_characters, shingle_words, ignore_particles; found 'treshold'.",
        "Did you mean 'threshold'?"
      ),
      (
        [["drop_near_duplicates": ["threshold": 2]]],
        "'clean[0].drop_near_duplicates.threshold' must be a number from 0.05 to 1; found 2.", nil
      ),
      (
        [["scrub_pii": ["kinds": ["phone", "emial"]]]],
        "'clean[0].scrub_pii.kinds[1]' must be one of resident_number, foreigner_number, phone, email, card, account, address, passport, driver_licence, business_number; found \"emial\".",
        "Did you mean 'email'?"
      ),
      (
        [["filter_length": ["min": 5, "max": 1]]],
        "'clean[0].filter_length' must be a min that is at most max; found a value of type object.",
        nil
      ),
      (
        [["map": ["rename": ["a": "/b"]]]],
        "'clean[0].map.rename' must be a JSON pointer such as /text; found \"a\".", nil
      ),
      (
        [3], "'clean[0]' must be a step's name, or a mapping with one as its only key; found 3.",
        nil
      ),
      ("unicode", "'clean' must be a list; found \"unicode\".", nil),
      (
        [["filter_language": nil]],
        "'clean[0].filter_language' must be a mapping with languages; found nothing.", nil
      ),
    ] as [(JSONValue, String, String?)])
  func mistakes(_ steps: JSONValue, _ message: String, _ advice: String?) {
    let error = #expect(throws: DatasetsError.self) { _ = try CleaningPipeline(steps) }
    #expect(error?.message == message)
    #expect(error?.advice == advice)
    #expect(error?.code == "datasets.malformed_setting")
  }

  @Test("every row of a file is written or in the stream of dropped ones, and reruns are equal")
  func file() throws {
    let scratch = try Scratch()
    let input = try scratch.file(
      "in.json",
      #"[{"t":"하나 둘 셋 넷 다섯 여섯"}, {"t":"하나 둘 셋 넷 다섯 여섯!"}, {"t":"a"}, {"t":"\ud800"},{"t":"일곱 여덟 아홉 열"}]"#
    )
    let pipeline = try CleaningPipeline([
      ["filter_length": ["min": 3]], "drop_near_duplicates",
    ])
    for name in ["1", "2"] {
      let report = try Cleaner(pipeline).clean(
        input, output: scratch.folder.appending("out\(name)"),
        dropped: scratch.folder.appending("dropped\(name)"))
      #expect(report.rows == 5)
      #expect((report.written, report.dropped, report.defective) == (2, 3, 1))
      #expect(report.steps.map(\.dropped) == [1, 1])
    }
    #expect(
      try scratch.text(scratch.folder.appending("out1"))
        == "{\"t\":\"하나 둘 셋 넷 다섯 여섯\"}\n{\"t\":\"일곱 여덟 아홉 열\"}\n")
    #expect(
      try scratch.text(scratch.folder.appending("dropped1")) == """
        {"line":1,"pointer":"","reason":"100.0 % like line 1","step":"drop_near_duplicates"}
        {"line":1,"pointer":"/t","reason":"1 characters, fewer than 3","step":"filter_length"}
        {"line":1,"pointer":"","reason":"a high surrogate without its low one","step":"read"}

        """)
    #expect(
      try scratch.text(scratch.folder.appending("dropped1"))
        == scratch.text(scratch.folder.appending("dropped2")))
  }

  @Test("nothing left is an error that counts what took the rows, and no file appears")
  func nothingLeft() throws {
    let scratch = try Scratch()
    let input = try scratch.file(
      "in.ndjson", "{\"t\":\"a\"}\n{\"t\":\"b\"}\n{\"t\"\n{\"t\":\"abc\"}\n")
    let error = #expect(throws: DatasetsError.self) {
      _ = try Cleaner(
        CleaningPipeline([["filter_length": ["min": 3]], ["filter_length": ["max": 2]]])
      ).clean(
        input, output: scratch.folder.appending("out"), dropped: scratch.folder.appending("bad"))
    }
    #expect(
      error?.message
        == "None of the 4 rows of '\(input)' can be taken: 1 no JSON, 3 dropped by filter_length; the first reason: \(input):1: /t: 1 characters, fewer than 3 (filter_length)."
    )
    #expect(error?.advice?.contains("Loosen or leave out the step 'filter_length'") == true)
    #expect(error?.facts["rows"] == 4)
    #expect(scratch.names == ["in.ndjson"])
  }

  @Test("an empty file is told from one whose rows were all lost")
  func nothingThere() throws {
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", "\n")
    let error = #expect(throws: DatasetsError.self) {
      _ = try Cleaner(CleaningPipeline(["whitespace"])).clean(
        input, output: scratch.folder.appending("out"), dropped: scratch.folder.appending("bad"))
    }
    #expect(error?.message == "'\(input)' has no rows.")
    #expect(error?.advice == nil)
  }
}

/// The normalisation test of Unicode 15, where it is at hand.
@Suite struct UnicodeFormTests {
  /// Beside the repository, however deep that lies itself; empty where it is not.
  static let file: String = {
    let name = "shared/material/tokenization/unicode-15.0/NormalizationTest.txt"
    return sequence(first: URL(fileURLWithPath: #filePath)) { $0.deletingLastPathComponent() }
      .prefix(8).map { $0.appendingPathComponent(name).path }
      .first { FileManager.default.fileExists(atPath: $0) } ?? ""
  }()

  @Test(
    "both forms are those of Unicode's own test",
    .enabled(if: FileManager.default.fileExists(atPath: file)))
  func conformance() throws {
    var lines = 0
    for line in try String(contentsOfFile: UnicodeFormTests.file, encoding: .utf8).split(
      separator: "\n")
    where !line.hasPrefix("#") && !line.hasPrefix("@") {
      let columns = line.split(separator: ";").prefix(3).map { column in
        column.split(separator: " ").reduce(into: "") { text, code in
          if let scalar = UInt32(code, radix: 16).flatMap(Unicode.Scalar.init) {
            text.unicodeScalars.append(scalar)
          }
        }
      }
      guard columns.count == 3 else { continue }
      lines += 1
      for text in columns {
        #expect(UnicodeForm.nfc.normalised(text).utf8.elementsEqual(columns[1].utf8), "\(line)")
        #expect(UnicodeForm.nfd.normalised(text).utf8.elementsEqual(columns[2].utf8), "\(line)")
      }
    }
    #expect(lines > 18_000)
  }
}
