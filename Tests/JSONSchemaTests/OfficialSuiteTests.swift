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
}
