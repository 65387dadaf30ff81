import Datasets
import JSON
import MLOpsCore
import Testing

@Suite struct SyntheticSplitTests {
  private let originals: [JSONValue] = (0..<300).map {
    [
      "id": .integer($0), "t": .string("\(Names.syllable($0))네 공 \($0 + 30)개"),
      "s": .string($0 % 3 == 0 ? "a" : "b"),
    ]
  }
  private let parts: JSONValue = ["train": 70, "test": 30]
  private let steps: JSONValue = [["numbers": ["fields": ["/t"], "per_row": 3]]]

  /// The part of every row, by the digest of its source.
  private func places(_ rows: [JSONValue], _ parts: [String]) -> [String: Set<String>] {
    zip(rows, parts).reduce(into: [:]) { places, pair in
      let source = RowMark(of: pair.0)?.source ?? pair.0.rowDigest
      places[source.hex, default: []].insert(pair.1)
    }
  }

  @Test("a synthetic row is in its source's part, and no original moves", arguments: [nil, "/s"])
  func together(_ stratum: String?) async throws {
    let splitter = Splitter(
      try SplitPlan(["parts": parts, "stratum": stratum.map { .string($0) } ?? .null]))
    let made = try await AugmentedRows(originals, steps)
    #expect(made.report.made > 600)
    let before = try splitter.split(originals)
    // Synthetic rows first, so that sources come after them.
    let rows = Array(made.rows.reversed())
    let after = try splitter.split(rows)
    #expect(places(rows, after.parts).values.allSatisfy { $0.count == 1 })
    #expect(after.parts.suffix(300) == before.parts.reversed()[...])
    #expect(after.report.parts.map(\.groups) == before.report.parts.map(\.groups))
    #expect(after.report.orphans == 0)
    #expect(Set(after.parts).count == 2)
  }

  @Test(
    "a synthetic row goes with its source whatever its own fields, and stays in no stratum of its own",
    arguments: [nil, "/s"])
  func ownFields(_ stratum: String?) async throws {
    let splitter = Splitter(
      try SplitPlan([
        "parts": parts, "group": "/id", "stratum": stratum.map { .string($0) } ?? .null,
      ]))
    let steps: JSONValue = [
      ["numbers": ["fields": ["/t"], "set": ["/id": "aug-{@number:4}"], "drop": ["/s"]]],
      ["numbers": ["fields": ["/t"], "set": ["/id": 7, "/s": "0"]]],
      ["numbers": ["fields": ["/t"], "drop": ["/id"]]],
    ]
    let made = try await AugmentedRows(originals, steps)
    #expect(made.report.steps.allSatisfy { $0.made > 200 })
    let split = try splitter.split(made.rows)
    #expect(places(made.rows, split.parts).values.allSatisfy { $0.count == 1 })
    #expect(Array(split.parts.prefix(300)) == (try splitter.split(originals)).parts)
    #expect(split.report.orphans == 0 && split.report.withoutGroup.isEmpty)
    #expect(split.report.withoutStratum == 0)
  }

  @Test("a synthetic row without its source goes by its own fields, and is counted")
  func orphansByGroup() async throws {
    let made = try await AugmentedRows(originals, steps, onlySynthetic: true)
    let splitter = Splitter(try SplitPlan(["parts": parts, "group": "/id"]))
    let split = try splitter.split(made.rows)
    #expect(split.report.orphans == made.rows.count)
    let whole = try splitter.split(originals)
    let partOfID = Dictionary(
      zip(originals.map { $0["id"] }, whole.parts).map { ($0, $1) }, uniquingKeysWith: { $1 })
    for (row, part) in zip(made.rows, split.parts) { #expect(part == partOfID[row["id"]]) }
  }

  @Test("synthetic rows without their sources stay together and are counted")
  func orphans() async throws {
    let made = try await AugmentedRows(originals, steps, onlySynthetic: true)
    let splitter = Splitter(try SplitPlan(["parts": parts]))
    let split = try splitter.split(made.rows)
    #expect(split.report.orphans == made.rows.count)
    #expect(split.report.json["orphans"] == .integer(made.rows.count))
    #expect(places(made.rows, split.parts).values.allSatisfy { $0.count == 1 })
    #expect(splitter.part(of: made.rows[0]) == nil)
  }

  @Test("a mark of another name, and something else under the usual one")
  func names() async throws {
    let made = try await AugmentedRows(originals, steps, mark: "origin")
    let named = Splitter(try SplitPlan(["parts": parts, "mark": "origin"]))
    #expect(try named.split(made.rows).report.parts.map(\.groups).reduce(0, +) == 300)
    let usual = Splitter(try SplitPlan(["parts": parts]))
    #expect(try usual.split(made.rows).report.parts.map(\.groups).reduce(0, +) > 300)
    for mark: JSONValue in [
      true, ["from": "xyz", "step": "a", "index": 1], .null, [], ["from": 1],
    ] {
      let rows: [JSONValue] = [["t": 1, "_synthetic": mark], ["t": 1]]
      #expect(try usual.split(rows).report.parts.map(\.groups).reduce(0, +) == 2)
    }
  }

  @Test("the plan's canonical form names a mark only where it is not the usual one")
  func canonical() throws {
    #expect(try SplitPlan(["parts": parts]).json["mark"] == nil)
    let named = try SplitPlan(["parts": parts, "mark": "origin"])
    #expect(named.json["mark"] == "origin")
    #expect(try SplitPlan(named.json).mark == "origin")
  }
}
