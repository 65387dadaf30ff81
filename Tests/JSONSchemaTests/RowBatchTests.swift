import Foundation
import JSON
import Testing

@testable import JSONSchema

/// Rows are checked twice, by `RowBatch` and by the evaluator, and both have to agree.
struct Agreement {
  let schema: CompiledSchema
  let batch: RowBatch

  init?(_ schema: CompiledSchema, capacity: Int = 1 << 20) {
    guard let batch = RowBatch(schema, capacity: capacity) else { return nil }
    self.schema = schema
    self.batch = batch
  }

  struct Outcome {
    var decided = 0
    var undecided = 0
    var disagreements: [String] = []
  }

  /// Every canonical row against the parser's; how many there were.
  func checkCanonical(_ text: [UInt8]) -> (compared: Int, disagreements: [String]) {
    batch.text.copyBytes(from: text)
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    var compared = 0
    var disagreements: [String] = []
    _ = batch.check(
      text.count,
      canonical: { line, row in
        compared += 1
        let expected = (try? JSONValue(parsing: Array(lines[line])))?.canonicalBytes
        if expected != Array(row.bytes) {
          disagreements.append(
            "\(String(decoding: lines[line], as: UTF8.self)): \(String(decoding: row.bytes, as: UTF8.self))"
          )
        }
      }, look: { _, _, _ in })
    return (compared, disagreements)
  }

  func check(_ text: [UInt8]) -> Outcome {
    batch.text.copyBytes(from: text)
    var special: [Int: RowVerdict] = [:]
    var found: [Int: [ViolationKind: Int]] = [:]
    let walked = ViolationCounter(schema)
    let evaluated = ViolationCounter(schema)
    let counts = batch.check(text.count, counter: walked) { line, _, verdict in
      special[line] = verdict
      found[line] = kinds(walked)
    }
    var outcome = Outcome()
    var rows = 0
    for (line, bytes) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      let isBlank = bytes.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
      if isBlank {
        if let verdict = special[line] { outcome.disagreements.append("blank line: \(verdict)") }
        continue
      }
      rows += 1
      let value = try? JSONValue(parsing: Array(bytes))
      let verdict = special[line] ?? .valid
      let agrees =
        switch verdict {
        case .valid: value.map(schema.isValid) == true
        case .invalid: value.map { kinds(of: $0, evaluated) == found[line] } == true
        case .malformed: value == nil
        case .undecided: true
        }
      if verdict == .undecided { outcome.undecided += 1 } else { outcome.decided += 1 }
      if !agrees {
        outcome.disagreements.append(
          "\(String(decoding: bytes, as: UTF8.self)): \(verdict), evaluator: "
            + (value.map { "\(schema.validate($0))" } ?? "no JSON"))
      }
    }
    if counts.rows != rows || counts.valid != rows - special.count {
      outcome.disagreements.append("\(rows) rows, \(special.count) not valid, counted \(counts)")
    }
    return outcome
  }

  /// How often each kind of violation was counted.
  private func kinds(_ counter: ViolationCounter) -> [ViolationKind: Int] {
    Dictionary(uniqueKeysWithValues: counter.take().map { ($0.kind, $0.violations) })
  }

  /// The same, as the evaluator counts them.
  private func kinds(of value: JSONValue, _ counter: ViolationCounter) -> [ViolationKind: Int]? {
    let found = schema.violations(of: value)
    guard !found.violations.isEmpty else { return nil }
    counter.add(found.violations, isCut: found.isCut)
    return kinds(counter)
  }
}

extension JSONValue {
  /// One line in which numbers are spelled as they were.
  var spelled: String {
    switch self {
    case .number(let number): number.lexeme
    case .array(let elements): "[" + elements.map(\.spelled).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { "\(JSONValue.string($0.key).canonical) :\($0.value.spelled)" }
        .joined(separator: ",") + "}"
    default: canonical
    }
  }
}

@Suite struct RowBatchTests {
  @Test(
    "rows of the official suite get the evaluator's verdict",
    .enabled(if: !OfficialSuite.all.isEmpty), arguments: OfficialSuite.drafts.indices)
  func officialSuite(index: Int) throws {
    let (draft, folder) = OfficialSuite.drafts[index]
    var total = Agreement.Outcome()
    for suite in OfficialSuite.all.prefix(1) {
      var options = SchemaOptions(draft: draft, resolver: suite.resolver)
      options.assertsFormats = true
      for path in [
        "tests/\(folder)", "tests/\(folder)/optional", "tests/\(folder)/optional/format",
      ] {
        for file in suite.files(path) {
          for group in try suite.json("\(path)/\(file)").array ?? [] {
            guard let schema = group["schema"],
              let compiled = try? JSONSchema.compile(schema, options: options)
            else { continue }
            let rows = (group["tests"]?.array ?? []).compactMap { $0["data"]?.spelled }
            let agreement = try #require(Agreement(compiled))
            let outcome = agreement.check(Array(rows.joined(separator: "\n").utf8))
            #expect(outcome.disagreements == [], "\(file): \(group["description"] ?? "")")
            if compiled.isFlat {
              total.decided += outcome.decided
              total.undecided += outcome.undecided
            }
          }
        }
      }
    }
    // Most has to be decided, or the comparison says nothing.
    #expect(total.decided > total.undecided, "\(total.decided) : \(total.undecided)")
  }

  static let schema: JSONValue = [
    "type": "object", "required": ["id", "text", "label"],
    "properties": [
      "id": ["type": "integer", "minimum": 1, "maximum": 1_000_000],
      "text": ["type": "string", "minLength": 2, "maxLength": 12],
      "label": [
        "type": "object", "required": ["code"],
        "properties": [
          "code": ["type": "string", "pattern": "^\\[\\d수\\d{2}\\]$"],
          "domain": ["enum": ["수와 연산", "도형", 7, 2.5, true, nil]],
        ],
        "additionalProperties": false,
      ],
      "tags": ["type": "array", "items": ["type": "string"], "uniqueItems": true, "maxItems": 4],
      "at": ["type": "string", "format": "date-time"],
      "score": [
        "type": "number", "exclusiveMinimum": -0.5, "maximum": 1, "multipleOf": 0.25,
      ],
      "either": [
        "anyOf": [["type": "string", "maxLength": 3], ["type": "integer", "minimum": 5]]
      ],
      "one": ["oneOf": [["type": "integer"], ["minimum": 2]]],
      "not": ["not": ["type": "null"]],
    ],
    "dependentRequired": ["score": ["at"]],
    "patternProperties": ["^x_": ["type": "boolean"]],
    "propertyNames": ["maxLength": 8],
    "additionalProperties": false,
  ]

  static let rows = [
    #"{"id":1,"text":"가나다","label":{"code":"[2수01]","domain":"도형"},"tags":["a","b"]}"#,
    #"{"id": 22 , "text":"ab", "label" : {"code":"[4수02]","domain":2.50},"score":0.75,"at":"2026-02-28T23:59:60Z"}"#,
    #"{"text":"ab\u00e9\n","id":3,"label":{"code":"[4수02]","domain":null},"x_a":true,"either":"abc"}"#,
    #"{"id":1e3,"text":"abc","label":{"code":"[4수02]"},"either":12,"one":1,"not":[{},[],{"a":[1,2]}]}"#,
    #"{"id":1000000,"text":"0123456789ab","label":{"code":"[9수99]","domain":true},"score":-0.25,"at":"2024-02-29t00:00:00.5+09:00","tags":[]}"#,
  ]

  @Test("damaged rows get the evaluator's verdict")
  func damagedRows() throws {
    let agreement = try #require(
      Agreement(try JSONSchema.compile(Self.schema, assertFormats: true)))
    #expect(agreement.schema.isFlat)
    var generator = RowGenerator(seed: 20_261_121)
    var total = Agreement.Outcome()
    for _ in 0..<1_500 * Fuzzing.factor {
      var text: [UInt8] = []
      for _ in 0..<12 {
        var row = Array(Self.rows[generator.below(Self.rows.count)].utf8)
        if generator.below(4) > 0 { generator.damage(&row) }
        text += row + [0x0A]
      }
      let outcome = agreement.check(text)
      total.decided += outcome.decided
      total.undecided += outcome.undecided
      total.disagreements += outcome.disagreements
      if !total.disagreements.isEmpty { break }
    }
    #expect(total.disagreements == [])
    // Most has to be decided, or the comparison says nothing.
    #expect(total.decided > 3 * total.undecided, "\(total.decided) : \(total.undecided)")
  }

  @Test("rows are written in the parser's canonical form")
  func canonicalRows() throws {
    let agreement = try #require(Agreement(try JSONSchema.compile(true)))
    var generator = RowGenerator(seed: 7)
    let numbers = [
      "0", "-1", "12", "0.5", "-0.25", "0.8444218515250481", "0.001", "0.0001", "0.00001", "1.5",
      "123.456", "-0.08444218515250481", "1234567890123456.5", "0.1000000000000001", "-0", "1e3",
      "1.50", "999999999999999999", "9999999999999999999", "0.000123456789012345678", "100.25",
      "12345678901234.5", "0.1234567890123456789", "18446744073709551615",
      "12345678901234567890123", "-12345678901234567890123", "1000000000000000000000",
      "100000000000000000000", "123456789012345678900000", "12345678901234567000000",
      "0.1000000000000000055511151231257827", "123456789012345678.5",
      "1234567890123456789" + String(repeating: "0", count: 300),
      "1234567890123456789" + String(repeating: "0", count: 301),
    ]
    var compared = 0
    for _ in 0..<2_000 * Fuzzing.factor {
      var text: [UInt8] = []
      for _ in 0..<8 {
        var row = Array(Self.rows[generator.below(Self.rows.count)].utf8)
        generator.damage(&row)
        text += row + [0x0A]
        let number = numbers[generator.below(numbers.count)]
        text += Array(
          "{\"b\" : [\(number) , {}], \"a\":{\"z\":\(number),\"가\":[],\"y\":true}}\n".utf8)
      }
      let outcome = agreement.checkCanonical(text)
      compared += outcome.compared
      #expect(outcome.disagreements == [])
      if !outcome.disagreements.isEmpty { break }
    }
    #expect(compared > 10_000, "\(compared)")
  }

  @Test("deep nesting, long numbers and control characters are no way around the grammar")
  func hostileRows() throws {
    let agreement = try #require(
      Agreement(try JSONSchema.compile(["type": ["array", "object", "number"]])))
    let rows = [
      String(repeating: "[", count: 400) + String(repeating: "]", count: 400),
      String(repeating: "[", count: 100_000),
      String(repeating: "{\"a\":", count: 20_000) + "1",
      String(repeating: "9", count: 5_000), "-", "1.", ".5", "01", "1e", "+1", "1\u{1}", "\u{1}",
      "[1,]", "{,}", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "[1 2]", "[\"a\"x]", "nul",
      "nullx", "truefalse", "1 2", "{} {}", "\"a", "[\"\\ud800\"]", "[\"\\x\"]",
      "{\"a\":1,\"a\":2}",
      "{\"a\":1,\"\\u0061\":2}", "{\"b\":{\"a\":1},\"a\":2}", "[\"a\u{0}b\"]",
    ]
    let outcome = agreement.check(Array(rows.joined(separator: "\n").utf8))
    #expect(outcome.disagreements == [])
    // Each alone as well: one open quote sends the whole text another way.
    for row in rows { #expect(agreement.check(Array(row.utf8)).disagreements == []) }
  }
}

/// How much longer than usual the tests with damaged input go on: `make fuzz`.
enum Fuzzing {
  static let factor =
    ProcessInfo.processInfo.environment["MLOPS_FUZZ"].flatMap { Int($0) }.map { max($0, 1) } ?? 1
}

/// Random numbers that are the same in every run (SplitMix64), and damage made of them.
struct RowGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) >> 33) % bound
  }

  /// One to three changes of bytes, or of whole tokens.
  mutating func damage(_ row: inout [UInt8]) {
    let tokens = [
      "null", "true", "-1", "0", "1.0", "0.25", "7", "2.5", "\"\"", "\"a\"", "[]", "{}", "[1]", ",",
      ":",
      "\"id\":5,", "\"x_b\":1,", "\"zzz\":1,", "123456789012345678901", "\\u0061", "\\", "\"", " ",
      "\t",
      "\"2026-02-29T00:00:00Z\"", "\u{1}", "\n", "가",
    ]
    for _ in 0...below(3) where !row.isEmpty {
      let place = below(row.count)
      switch below(5) {
      case 0: row[place] = UInt8(below(256))
      case 1: row.remove(at: place)
      case 2: row.insert(contentsOf: Array(tokens[below(tokens.count)].utf8), at: place)
      case 3:
        let end = min(row.count, place + 1 + below(6))
        row.replaceSubrange(place..<end, with: Array(tokens[below(tokens.count)].utf8))
      default: row.removeSubrange(place..<min(row.count, place + 1 + below(20)))
      }
    }
  }
}
