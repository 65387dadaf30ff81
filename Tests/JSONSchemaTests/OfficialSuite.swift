import Foundation
import JSON
import JSONSchema

/// The official JSON-Schema-Test-Suite: beside the repository, or where `./bootstrap` puts it.
struct OfficialSuite {
  /// Where its `tests` and `remotes` lie.
  let folder: URL

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every copy that is there: these two differ in age.
  static let all: [OfficialSuite] = {
    // Beside the repository, however deep that lies itself.
    let parents = sequence(first: repository) { $0.deletingLastPathComponent() }.prefix(4)
    let beside = parents.dropFirst().map {
      $0.appendingPathComponent("shared/material/json-schema/JSON-Schema-Test-Suite")
    }
    let fetched = repository.appendingPathComponent(".deps/json-schema-test-suite")
    let isThere = { (folder: URL) in
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("tests").path)
    }
    return [beside.first(where: isThere), fetched].compactMap { $0 }.filter(isThere)
      .map(OfficialSuite.init)
  }()

  static let drafts: [(draft: SchemaDraft, folder: String)] = [
    (.draft4, "draft4"), (.draft6, "draft6"), (.draft7, "draft7"),
    (.draft201909, "draft2019-09"), (.draft202012, "draft2020-12"),
  ]

  /// The files in a folder of the suite, by name.
  func files(_ path: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent(path).path)
    return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  func json(_ path: String) throws -> JSONValue {
    try JSONValue(
      parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent(path))))
  }

  /// Serves the folder `remotes` as http://localhost:1234/.
  var resolver: SchemaResolver {
    let folder = folder
    return SchemaResolver("the remotes of the suite") { uri in
      let prefix = "http://localhost:1234/"
      guard uri.hasPrefix(prefix) else { return nil }
      let file = folder.appendingPathComponent("remotes/" + uri.dropFirst(prefix.count))
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      return try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    }
  }

  /// How the tests of a file went.
  struct Tally {
    var passed = 0
    /// `file: group: test`, and what went wrong.
    var failed: [(title: String, why: String)] = []

    static func += (left: inout Tally, right: Tally) {
      left.passed += right.passed
      left.failed += right.failed
    }
  }

  /// Runs every test of a file, in all modes of the validator.
  func run(_ path: String, draft: SchemaDraft) throws -> Tally {
    var options = SchemaOptions(draft: draft, resolver: resolver)
    options.assertsFormats = path.contains("/optional/format/")
    options.assertsContent = path.hasSuffix("/optional/content.json")
    var tally = Tally()
    for group in try json(path).array ?? [] {
      guard let schema = group["schema"] else { continue }
      let title = "\(path): \(group["description"]?.string ?? "?")"
      let compiled = Result { () throws(SchemaError) in
        try JSONSchema.compile(schema, options: options)
      }
      for test in group["tests"]?.array ?? [] {
        guard let data = test["data"], let valid = test["valid"]?.bool else { continue }
        let name = "\(title): \(test["description"]?.string ?? "?")"
        switch compiled {
        case .failure(let error): tally.failed.append((name, "\(error)"))
        case .success(let schema):
          let violations = schema.validate(data)
          if violations.isEmpty == valid, schema.isValid(data) == valid,
            schema.output(data)["valid"] == .bool(valid)
          {
            tally.passed += 1
          } else {
            tally.failed.append((name, "got \(violations)"))
          }
        }
      }
    }
    return tally
  }
}
