import Datasets
import Foundation
import JSON
import SystemPackage
import Testing

@Suite struct SplitTests {
  private func plan(_ value: JSONValue) throws -> Splitter { Splitter(try SplitPlan(value)) }

  private func row(_ index: Int, _ stratum: String = "s", _ version: Int = 0) -> JSONValue {
    ["k": .integer(index), "s": .string(stratum), "v": .integer(version)]
  }

  private let thirds: JSONValue = [
    "parts": ["train": 80, "validation": 10, "test": 10], "group": "/k",
  ]

  @Test("a group is in one split, and stays there when rows are added")
  func stability() throws {
    let splitter = try plan(thirds)
    let before = try splitter.split((0..<2000).map { row($0) })
    let after = try splitter.split((0..<4000).flatMap { [row($0, "s", 1), row($0, "s", 2)] })
    for index in 0..<2000 {
      #expect(before.parts[index] == after.parts[index * 2])
      #expect(after.parts[index * 2] == after.parts[index * 2 + 1])
      #expect(splitter.part(of: row(index)) == before.parts[index])
    }
    #expect(after.report.parts.map(\.groups).reduce(0, +) == 4000)
    #expect(after.report.parts.allSatisfy { $0.rows == $0.groups * 2 })
    // Binomial(2000, 0.8): 1600 ± 18, six deviations.
    let train = try #require(before.report.parts.first { $0.name == "train" })
    #expect((1490...1710).contains(train.rows))
    #expect(before.report.parts.map(\.rows).reduce(0, +) == 2000)
  }

  @Test("two parts and one key give the very split of HashSplit")
  func compatibility() throws {
    let key = try #require(JSONPointer("/k"))
    let old = try HashSplit(key: key, validationShare: 0.25, salt: "x")
    let new = Splitter(
      try SplitPlan(parts: [.init("validation", 1), .init("train", 3)], group: [key], salt: "x"))
    for index in 0..<500 {
      #expect(old.side(of: row(index)).rawValue == new.part(of: row(index)))
    }
  }

  @Test("another salt gives another split")
  func salt() throws {
    var other = thirds.object ?? [:]
    other["salt"] = "2"
    let left = try plan(thirds).split((0..<200).map { row($0) }).parts
    #expect(try left != plan(.object(other)).split((0..<200).map { row($0) }).parts)
  }

  @Test("each part has its share of every stratum to within one group, whatever the order of rows")
  func strata() throws {
    let splitter = try plan([
      "parts": [
        ["name": "train", "weight": 8], ["name": "validation", "weight": 1],
        ["name": "test", "weight": 1],
      ],
      "group": ["/k"], "stratum": "/s",
    ])
    let rows = (0..<1000).map { row($0, $0 % 20 == 0 ? "rare" : "common") }
    let split = try splitter.split(rows)
    #expect(split.report.parts.map { $0.strata["rare"] } == [40, 5, 5])
    #expect(split.report.parts.map { $0.strata["common"] } == [760, 95, 95])
    let reversed = try splitter.split(rows.reversed())
    #expect(split.parts == reversed.parts.reversed())
    #expect(splitter.part(of: rows[0]) == nil)
  }

  @Test(
    "adding k groups to a stratum moves at most k groups over each border, and no other stratum")
  func stratifiedStability() throws {
    let splitter = try plan([
      "parts": ["train": 8, "validation": 1, "test": 1], "group": "/k", "stratum": "/s",
    ])
    let rows = (0..<1000).map { row($0, $0 % 2 == 0 ? "a" : "b") }
    let before = try splitter.split(rows).parts
    let after = try splitter.split(rows + (2000..<2010).map { row($0, "a") }).parts
    let moved = rows.indices.filter { before[$0] != after[$0] }
    #expect(moved.count <= 20)
    #expect(moved.allSatisfy { $0 % 2 == 0 })
  }

  @Test("a group of several strata is whole, and in the same split in any order")
  func mixedGroups() throws {
    let splitter = try plan(["parts": ["a": 1, "b": 1], "group": "/k", "stratum": "/s"])
    // Groups of one stratum besides, so that it matters in which one the mixed groups are counted.
    let rows =
      (0..<100).flatMap { [row($0, "x"), row($0, "y")] } + (100..<150).map { row($0, "x") }
      + (150..<250).map { row($0, "y") }
    let parts = try splitter.split(rows).parts
    for index in 0..<100 { #expect(parts[index * 2] == parts[index * 2 + 1]) }
    #expect(try splitter.split(rows.reversed()).parts == parts.reversed())
  }

  @Test(
    "a field that no row has is refused with the fields that there are, and no file appears",
    arguments: [
      (
        ["group": "/vv"] as JSONValue,
        "'--by' must be a field of the rows: /k, /s, /v; found '/vv', which none has."
      ),
      (
        ["group": ["/k", "/x"]],
        "'--by' must be a field of the rows: /k, /s, /v; found '/x', which none has."
      ),
      (
        ["group": "/k", "stratum": "/ss"],
        "'--stratify' must be a field of the rows: /k, /s, /v; found '/ss', which none has."
      ),
    ] as [(JSONValue, String)])
  func absent(_ fields: JSONValue, _ message: String) throws {
    let settings = (fields.object ?? [:]).merging(["parts": ["a": 1, "b": 1]]) { $1 }
    let splitter = try plan(.object(settings))
    let rows = (0..<10).map { row($0) }
    let error = #expect(throws: DatasetsError.self) { _ = try splitter.split(rows) }
    #expect(error?.message == message)
    let scratch = try Scratch()
    let input = try scratch.file("in.ndjson", rows.map(\.canonical).joined(separator: "\n"))
    let outputs = ["a": scratch.folder.appending("a"), "b": scratch.folder.appending("b")]
    #expect(throws: DatasetsError.self) { try splitter.split(input, into: outputs) }
    #expect(!FileManager.default.fileExists(atPath: scratch.folder.appending("a").string))
    // Where there are no rows at all, no field is missing.
    #expect(try splitter.split([]).report.rows == 0)
  }

  @Test("rows without a field that others have are counted")
  func lacking() throws {
    let splitter = try plan([
      "parts": ["a": 1, "b": 1], "group": ["/k", "/x"], "stratum": "/s",
    ])
    let report = try splitter.split([
      ["k": 1, "x": 1, "s": "a"], ["k": 2, "s": "a"], ["k": 3], ["x": .null, "s": "b"],
    ]).report
    #expect(report.json["without_group"] == ["/k": 1, "/x": 2])
    #expect(report.json["without_stratum"] == 1)
    let whole = try splitter.split([["k": 1, "x": 1, "s": "a"]]).report.json
    #expect(whole["without_group"] == nil && whole["without_stratum"] == nil)
  }

  @Test("a file's parts are written whole, defective rows counted")
  func files() throws {
    let scratch = try Scratch()
    let lines = (0..<100).map { row($0).canonical }.joined(separator: "\n") + "\noops\n"
    let input = try scratch.file("in.ndjson", lines)
    let outputs = ["train", "validation", "test"].reduce(into: [:]) {
      $0[$1] = scratch.folder.appending($1)
    }
    let report = try plan(thirds).split(input, into: outputs)
    #expect((report.rows, report.skipped) == (101, 1))
    for part in report.parts {
      let path = try #require(outputs[part.name])
      #expect(try scratch.text(path).split(separator: "\n").count == part.rows)
    }
    #expect(throws: DatasetsError.self) { try plan(thirds).split(input, into: [:]) }
  }

  @Test(
    "a plan that makes no sense is refused with its place",
    arguments: [
      (["parts": ["a": 1]] as JSONValue, "'split.parts' must be at least two parts; found 1."),
      (
        ["parts": ["a": 1, "b": 0]],
        "'split.parts.b' must be a number from 0.001 to 1000000; found 0."
      ),
      (
        ["parts": [["name": "a", "weight": 1], ["name": "a", "weight": 1]]],
        "'split.parts' must be a list of different names; found 'a' twice."
      ),
      (
        ["part": ["a": 1]],
        "'split' must be a mapping with only the keys parts, group, stratum, salt, mark; found 'part'."
      ),
    ] as [(JSONValue, String)])
  func mistakes(_ value: JSONValue, _ message: String) {
    let error = #expect(throws: DatasetsError.self) { _ = try SplitPlan(value) }
    #expect(error?.message == message)
  }

  @Test("the canonical form reads back")
  func canonical() throws {
    let plan = try SplitPlan(thirds)
    #expect(plan.parts.map(\.name) == ["train", "test", "validation"])
    #expect(try SplitPlan(plan.json) == plan)
  }
}
