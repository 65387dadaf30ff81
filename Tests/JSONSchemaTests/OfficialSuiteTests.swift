import Foundation
import JSON
import JSONSchema
import Testing

/// The official JSON-Schema-Test-Suite, where it lies beside the repository.
struct OfficialSuite {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("shared/material/json-schema/JSON-Schema-Test-Suite")

  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// Groups that need what is not there yet, each with its reason.
  static let skipped: [String: String] = [
    "vocabulary.json": "needs metaschemas with vocabularies",
    "ref.json: remote ref, containing refs itself": "needs the metaschemas",
    "defs.json: validate definition against metaschema": "needs the metaschemas",
    "optional/format/ecmascript-regex.json: ECMA 262 lookbehind is valid, including variable width":
      "PCRE2 10.42 has no lookbehind of variable width",
  ]

  static func files(_ path: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("tests/draft2020-12/\(path)").path)
    return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  static func json(_ url: URL) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: url)))
  }

  /// The documents that the suite expects at http://localhost:1234, this draft's only.
  static func remotes() throws -> [String: JSONValue] {
    var found: [String: JSONValue] = [:]
    let root = folder.appendingPathComponent("remotes/draft2020-12")
    let paths = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
    for case let path as String in paths where path.hasSuffix(".json") {
      guard !path.hasPrefix("metaschema") else { continue }
      let value = try json(root.appendingPathComponent(path))
      found["http://localhost:1234/draft2020-12/\(path)"] = value
    }
    return found
  }

  /// Runs a file and returns a line for each disagreement.
  static func disagreements(_ path: String, assertFormats: Bool = false) throws -> [String] {
    let groups = try json(folder.appendingPathComponent("tests/draft2020-12/\(path)"))
    let remotes = try remotes()
    var lines: [String] = []
    for group in groups.array ?? [] {
      let title = "\(path): \(group["description"]?.string ?? "?")"
      guard skipped[title] == nil, let schema = group["schema"] else { continue }
      do {
        let compiled = try JSONSchema.compile(
          schema, uri: "suite:/schema", resources: remotes, assertFormats: assertFormats)
        for test in group["tests"]?.array ?? [] {
          guard let data = test["data"], let valid = test["valid"]?.bool else { continue }
          let violations = compiled.validate(data)
          if violations.isEmpty != valid || compiled.isValid(data) != valid {
            lines.append("\(title): \(test["description"]?.string ?? "?"), got \(violations)")
          }
        }
      } catch {
        lines.append("\(title): \(error)")
      }
    }
    return lines
  }
}

@Suite("The official test suite, draft 2020-12", .enabled(if: OfficialSuite.isPresent))
struct OfficialSuiteTests {
  @Test("every required test passes", arguments: OfficialSuite.files(""))
  func required(file: String) throws {
    guard OfficialSuite.skipped[file] == nil else { return }
    #expect(try OfficialSuite.disagreements(file) == [])
  }

  @Test(
    "these optional ones pass too",
    arguments: [
      "anchor", "bignum", "ecmascript-regex", "float-overflow", "id",
      "no-schema", "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword",
    ])
  func optional(name: String) throws {
    #expect(try OfficialSuite.disagreements("optional/\(name).json") == [])
  }

  @Test(
    "formats are asserted on request",
    arguments: ["date", "time", "date-time", "email", "uuid", "ipv4", "ecmascript-regex"])
  func formats(name: String) throws {
    #expect(
      try OfficialSuite.disagreements("optional/format/\(name).json", assertFormats: true) == [])
  }
}
