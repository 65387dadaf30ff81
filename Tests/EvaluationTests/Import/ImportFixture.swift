import Foundation
import JSON
import Testing

@testable import Evaluation

/// The reference values that the scripts in Fixtures wrote.
enum ImportFixture {
  static func read(_ file: String) throws -> JSONValue {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures").appending(path: file)
    return try JSONValue(parsing: Array(Data(contentsOf: url)))
  }

  static func list(_ key: String, of file: String) throws -> [JSONValue] {
    let list = try #require(try read(file)[key]?.array)
    try #require(!list.isEmpty)
    return list
  }

  /// A task whose text and rows are in memory.
  static func suite(
    _ yaml: String, rows: [String: [JSONValue]], options: HarnessImport.Options = .init(),
    others: [String: String] = [:]
  ) throws -> ImportedSuite {
    let task = try HarnessImport(
      file: "task.yaml",
      read: { name throws(EvaluationError) in
        guard let text = name == "task.yaml" ? yaml : others[name] else {
          throw .invalidSuite(file: name, line: nil, column: nil, reason: "it is not there")
        }
        return text
      }, resolve: { name, _ in name })
    return try task.suite(options) { split in rows[split] ?? [] }
  }
}
