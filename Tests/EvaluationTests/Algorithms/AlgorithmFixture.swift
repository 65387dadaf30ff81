import Foundation
import JSON
import Testing

@testable import Evaluation

/// The reference numbers that Fixtures/algorithms.py wrote.
enum AlgorithmFixture {
  static func cases(_ name: String, of file: String = "algorithms.json") throws -> [JSONValue] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures").appending(path: file)
    let json = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let cases = try #require(json[name]?.array)
    try #require(!cases.isEmpty)
    return cases
  }
}

extension JSONValue {
  func text(_ key: String) throws -> String { try #require(self[key]?.string) }
  func texts(_ key: String) throws -> [String] {
    try #require(self[key]?.array).map { try #require($0.string) }
  }
  func flag(_ key: String) throws -> Bool { try #require(self[key]?.bool as Bool?) }
  func flags(_ key: String) throws -> [Bool] {
    try #require(self[key]?.array).compactMap(\.bool)
  }
  /// Each text, nil where the fixture has null.
  func optionalTexts(_ key: String) throws -> [String?] {
    try #require(self[key]?.array).map(\.string)
  }
}

/// Text that costs much where an algorithm is careless.
enum HostileText {
  /// About how many bytes each has: enough to see what is quadratic.
  static let size = 1 << 16
  static let all: [(name: String, text: String)] = [
    ("empty", ""), ("lone mark", "\u{301}"), ("null", "\u{0}"),
    ("marks", String(repeating: "\u{301}\u{323}", count: size / 4)),
    ("one word", String(repeating: "가", count: size / 3)),
    ("points", String(repeating: ".,", count: size / 2)),
    ("spaces", String(repeating: " ", count: size)),
    ("digits", String(repeating: "1,", count: size / 2)),
    ("entities", String(repeating: "&amp;", count: size / 5)),
    ("sigmas", String(repeating: "Σ'", count: size / 3)),
    ("emoji", String(repeating: "👨‍👩‍👧‍👦", count: size / 25)),
  ]
}
