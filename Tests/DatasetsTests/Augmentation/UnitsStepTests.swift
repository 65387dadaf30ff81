import Datasets
import JSON
import Testing

@Suite struct UnitsStepTests {
  private func made(_ text: String, _ settings: [String: JSONValue]) async throws -> Set<String> {
    let step: [String: JSONValue] = ["fields": ["/t"], "per_row": 16].merging(settings) { $1 }
    return Set(
      try await AugmentedRows([["t": .string(text)]], [["units": .object(step)]]).texts("t"))
  }

  @Test(
    "an amount is converted exactly, in the spelling it was written in, and particles fit",
    arguments: [
      ("3 km를 걸었다", "km", "m", "3000 m를 걸었다"),
      ("설탕 2kg을 샀다", "kg", "g", "설탕 2000g을 샀다"),
      ("1.5 L", "L", "mL", "1500 mL"), ("250mL", "L", "mL", "0.25L"),
      ("길이는 12센티미터입니다", "cm", "mm", "길이는 120밀리미터입니다"),
      ("3킬로그램", "kg", "g", "3000그램"), ("2,500 m", "km", "m", "2.5 km"),
      ("90분은", "시간", "분", "1.5시간은"), ("2시간을", "시간", "분", "120분을"),
      ("3분을", "분", "초", "180초를"), ("5000원을 냈다", "천 원", "원", "5천 원을 냈다"),
      ("3만원", "만 원", "원", "30000원"),
      ("2 hours later", "hour", "minute", "120 minutes later"),
      ("60 minutes", "hour", "minute", "1 hour"), ("45 mm long", "cm", "mm", "4.5 cm long"),
      // Two units of one amount are one.
      ("1 km 500 m", "km", "m", "1500 m"), ("1시간 30분 동안", "시간", "분", "90분 동안"),
      // Three are, too, and whole numbers stay whole.
      ("3시간 12분 24초", "시간", "분", "192분 24초"), ("3시간 12분 24초를", "시간", "초", "11544초를"),
      ("3시간12분24초는", "시간", "분", "192분24초는"),
      ("1시간 30초", "시간", "분", "60분 30초"), ("90분 36초가", "시간", "분", "1시간 30분 36초가"),
      ("1 km 500 m 20 cm를", "km", "m", "1500 m 20 cm를"),
      // Both ends of a range that have units are written anew.
      ("3km~5km를", "km", "m", "3000m~5000m를"), ("3 km에서 5 km", "km", "m", "3000 m에서 5000 m"),
      ("-5 km와 (3km)", "km", "m", "-5000 m와 (3000m)"), ("문제 3. 5km를", "km", "m", "문제 3. 5000m를"),
      ("2시간의 여유", "시간", "분", "120분의 여유"),
      ("3 hours 1 minute 24 seconds", "hour", "minute", "181 minutes 24 seconds"),
    ])
  func converted(_ text: String, _ left: String, _ right: String, _ expected: String) async throws {
    #expect(try await made(text, ["pairs": [[.string(left), .string(right)]]]) == [expected])
  }

  @Test(
    "what is no amount, or has no exact short form, stays",
    arguments: [
      "999999999999999 km", "\u{0}", "1\(String(repeating: "0", count: 400)) km", "10시 30분에",
      "3분의 1", "3분의 2 km", "5분류", "원 3개", "1 min 1 km/h", "7분", "시속 60km/h", "3 m²", "12분 24초",
    ])
  func stays(_ text: String) async throws {
    await #expect(throws: DatasetsError.self) {
      _ = try await made(
        text, ["pairs": [["시간", "분"], ["km", "m"], ["m", "cm"], ["원", "천 원"]]])
    }
  }

  @Test(
    "a unit that several numbers share, and an amount that is not all, are left alone and counted",
    arguments: [
      "3~5km", "3-5km", "3에서 5km", "3 또는 5km", "1,2km", "3, 5 km", "3와 5km", "3 ~ 5 km", "3 5km",
      "3 to 5 km", "3, 또는 5km", "2×3km", "3이나 5km", "3km~5", "0~5km", "2시간 반을", "2시간반을",
    ])
  func shared(_ text: String) async throws {
    for mode in ["convert", "swap"] {
      let rows: [JSONValue] = [["t": .string(text)], ["t": "3 km"]]
      let made = try await AugmentedRows(
        rows,
        [
          [
            "units": [
              "fields": ["/t"], "mode": .string(mode), "pairs": [["km", "m"], ["시간", "분"]],
            ]
          ]
        ])
      #expect(made.texts("t") == [mode == "convert" ? "3000 m" : "3 m"])
      #expect(made.report.steps[0].skipped == ["the unit belongs to several numbers": 1])
    }
  }

  @Test("a word that begins like a unit is none", arguments: ["24시간제", "3시간표", "5천원권"])
  func longerWords(_ text: String) async throws {
    await #expect(throws: DatasetsError.self) {
      _ = try await made(text, ["pairs": [["시간", "분"], ["천 원", "원"]]])
    }
  }

  @Test("swapping keeps the number, one way where a mapping says so")
  func swapped() async throws {
    #expect(
      try await made("3 km와 5 kg", ["mode": "swap", "pairs": ["km": "m"]]) == ["3 m와 5 kg"])
  }

  @Test(
    "a text that names the other unit already is skipped with a reason of its own",
    arguments: [
      "2km를 m로 나타내면", "2 km는 몇 m입니까?", "2 km는 2000 m와 같다", "2km = (   )m",
      "2킬로미터는 몇미터인가", "1 km 500 m는 몇 미터", "m와 km: 2km", "2 km와 0 m",
    ])
  func standing(_ text: String) async throws {
    let rows: [JSONValue] = [["t": .string(text)], ["t": "3 km"]]
    let made = try await AugmentedRows(
      rows, [["units": ["fields": ["/t"], "pairs": ["km": "m"]]]])
    #expect(made.texts("t") == ["3000 m"])
    #expect(made.report.steps[0].skipped == ["the other unit stands there already": 1])
  }

  @Test(
    "syllables and letters within words name no unit",
    arguments: [
      ("병원까지 3천 원", "병원까지 3000원"), ("from home it's 3천 원", "from home it's 3000원"),
      ("프로그램 3천 원", "프로그램 3000원"),
    ])
  func words(_ text: String, _ expected: String) async throws {
    #expect(try await made(text, ["pairs": [["천 원", "원"]]]) == [expected])
    let english = try await made("aim: 2 km am I", ["pairs": [["km", "m"]]])
    #expect(english == ["aim: 2000 m am I"])
  }

  @Test("an answer that repeats a converted number forbids it, another does not")
  func answers() async throws {
    let rows: [JSONValue] = [["t": "3 km", "answer": "3"], ["t": "4 km", "answer": "9분"]]
    let steps: JSONValue = [["units": ["fields": ["/t"], "pairs": [["km", "m"]]]]]
    let parts: [JSONValue] = [["t": "1 km 5 m", "answer": "5"], ["t": "1 km 5 m", "answer": "7"]]
    #expect(try await AugmentedRows(parts, steps).synthetic.map { $0["answer"] } == ["7"])
    let converted = try await AugmentedRows(rows, steps)
    #expect(converted.texts("t") == ["4000 m"])
    #expect(converted.report.steps[0].skipped == ["the answer has a number": 1])
  }
}
