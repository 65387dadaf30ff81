import Foundation
import JSON
import JSONSchema
import Testing

@Suite("The official test suite", .enabled(if: !OfficialSuite.all.isEmpty))
struct OfficialSuiteTests {
  /// Optional tests that do not pass, each with its reason.
  static let knownToFail: [String: String] = [:]

  @Test("every required test passes", arguments: OfficialSuite.drafts.indices)
  func required(index: Int) throws {
    let (draft, name) = OfficialSuite.drafts[index]
    for suite in OfficialSuite.all {
      var tally = OfficialSuite.Tally()
      for file in suite.files("tests/\(name)") {
        tally += try suite.run("tests/\(name)/\(file)", draft: draft)
      }
      print("\(name): \(tally.passed) required tests pass, \(tally.failed.count) fail")
      #expect(tally.failed.map { "\($0.title): \($0.why)" } == [])
      #expect(tally.passed > 500)
    }
  }

  @Test(
    "every optional test passes that is not known to fail, and those fail",
    arguments: OfficialSuite.drafts.indices)
  func optional(index: Int) throws {
    let (draft, name) = OfficialSuite.drafts[index]
    for suite in OfficialSuite.all {
      var tally = OfficialSuite.Tally()
      for folder in ["tests/\(name)/optional", "tests/\(name)/optional/format"] {
        for file in suite.files(folder) {
          tally += try suite.run("\(folder)/\(file)", draft: draft)
        }
      }
      print("\(name): \(tally.passed) optional tests pass, \(tally.failed.count) fail")
      let surprises = tally.failed.filter { OfficialSuiteTests.knownToFail[$0.title] == nil }
      #expect(surprises.map { "\($0.title): \($0.why)" } == [])
      let failed = Set(tally.failed.map(\.title))
      let healed = OfficialSuiteTests.knownToFail.keys.filter {
        $0.hasPrefix("tests/\(name)/") && !failed.contains($0)
      }
      #expect(healed.sorted() == [])
    }
  }

  @Test("no schema of the suite has an error", arguments: OfficialSuite.drafts.indices)
  func sound(index: Int) throws {
    let (draft, name) = OfficialSuite.drafts[index]
    for suite in OfficialSuite.all {
      let options = SchemaOptions(draft: draft, resolver: suite.resolver)
      for file in suite.files("tests/\(name)") {
        for group in try suite.json("tests/\(name)/\(file)").array ?? [] {
          let errors = SchemaLinter.check(try #require(group["schema"]), options: options)
            .filter { $0.severity == .error }
          #expect(
            errors.map(\.description) == [], "\(name)/\(file): \(group["description"] ?? nil)")
        }
      }
    }
  }

  @Test("a damaged schema is refused or works, and never crashes", .timeLimit(.minutes(60)))
  func damaged() throws {
    let suite = try #require(OfficialSuite.all.first)
    var random = Damage(seed: 20_260_331)
    var refused = 0
    var compiled = 0
    let files = suite.files("tests/draft2020-12")
    for file in (0..<Fuzzing.factor).flatMap({ _ in files }) {
      for group in try suite.json("tests/draft2020-12/\(file)").array ?? [] {
        let original = try #require(group["schema"])
        let schema = random.damaged(original)
        let problems = SchemaLinter.check(schema)
        guard let damaged = try? JSONSchema.compile(schema) else {
          refused += 1
          #expect(problems.contains { $0.severity == .error })
          continue
        }
        compiled += 1
        for test in group["tests"]?.array ?? [] {
          let data = try #require(test["data"])
          let isValid = damaged.isValid(data)
          #expect(damaged.validate(data).isEmpty == isValid)
          #expect(damaged.output(data, format: .detailed)["valid"] == .bool(isValid))
        }
        #expect(SchemaDiff.between(damaged, and: damaged).isEqual)
      }
    }
    #expect(refused > 50 && compiled > 50)
  }
}

/// Replaces parts of a schema by others that do not belong there.
private struct Damage {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func damaged(_ value: JSONValue) -> JSONValue {
    let odd: [JSONValue] = [
      nil, true, false, -1, 1.5, "", "#", "#/", "#/properties/a", "(", [], [[]], [:], ["$ref": "#"],
    ]
    if next(12) == 0 { return odd[next(odd.count)] }
    switch value {
    case .array(let elements): return .array(elements.map { damaged($0) })
    case .object(let members):
      // In a fixed order, so that a failure can be repeated.
      var result: [String: JSONValue] = [:]
      for name in members.keys.sorted() { result[name] = members[name].map { damaged($0) } }
      return .object(result)
    default: return value
    }
  }
}
