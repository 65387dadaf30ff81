import Datasets
import Foundation
import JSON
import MLOpsCore
import SystemPackage
import Testing

/// Different names for rows.
enum Names {
  static func syllable(_ index: Int) -> String {
    Unicode.Scalar(0xAC00 + UInt32(index) * 7).map(String.init) ?? ""
  }
}

@Suite struct AugmenterTests {
  /// Each with a name of its own, so that no variant of one is that of another.
  private let problems: [JSONValue] = (0..<40).map { index in
    [
      "id": .integer(index),
      "t": .string("\(Names.syllable(index))네 사과 \(index + 11)개와 배 \(index + 60)개를 더하면?"),
      "label": .string(index % 10 == 0 ? "rare" : "common"),
    ]
  }
  private let numbers: JSONValue = ["numbers": ["fields": ["/t"], "per_row": 2]]

  @Test("originals come first and unmarked; a mark names its source by the digest of its line")
  func marks() async throws {
    let made = try await AugmentedRows(problems, [numbers])
    #expect(Array(made.rows.prefix(40)) == problems)
    #expect(made.rows.count == 40 + made.report.made)
    let byDigest = Dictionary(uniqueKeysWithValues: problems.map { ($0.rowDigest.hex, $0) })
    for row in made.synthetic {
      let source = try #require(byDigest[row["_synthetic"]?["from"]?.string ?? ""])
      #expect(row["id"] == source["id"])
      #expect(row["_synthetic"]?["step"] == "numbers")
      #expect(row["t"] != source["t"])
    }
    let indices = made.synthetic.compactMap { RowMark(of: $0)?.index }
    #expect(indices.contains(1) && indices.contains(2))
    let only = try await AugmentedRows(problems, [numbers], onlySynthetic: true)
    #expect(only.rows == made.synthetic)
    let named = try await AugmentedRows(problems, [numbers], mark: "origin")
    #expect(named.rows.last?["origin"]?["step"] == "numbers")
  }

  @Test("the same seed gives the same bytes, another one others")
  func determinism() async throws {
    let first = try await AugmentedRows(problems, [numbers], seed: 1)
    #expect(try await AugmentedRows(problems, [numbers], seed: 1).bytes == first.bytes)
    #expect(try await AugmentedRows(problems, [numbers], seed: 2).bytes != first.bytes)
  }

  @Test("what is made of a row depends on neither the other rows nor their order")
  func independence() async throws {
    let whole = try await AugmentedRows(problems, [numbers])
    let turned = try await AugmentedRows(problems.reversed(), [numbers])
    #expect(Set(whole.synthetic) == Set(turned.synthetic))
    let alone = try await AugmentedRows([problems[7]], [numbers])
    #expect(
      alone.texts("t") == whole.synthetic.filter { $0["id"] == 7 }.compactMap { $0["t"]?.string })
  }

  @Test("steps of one name draw different numbers, and work on originals only")
  func order() async throws {
    let made = try await AugmentedRows(problems, [numbers, numbers])
    #expect(made.report.steps.map(\.label) == ["numbers", "numbers#2"])
    #expect(Set(made.texts("t")).count == made.report.made)
    let sources = Set(problems.map(\.rowDigest))
    #expect(made.synthetic.allSatisfy { sources.contains(RowMark(of: $0)?.source ?? $0.rowDigest) })
    // Nothing is made of what is synthetic already.
    let again = try await AugmentedRows(made.rows, [numbers], seed: 5)
    #expect(again.report.originals == 40 && again.report.synthetic == made.report.made)
    #expect(again.report.steps[0].rows == 40)
  }

  @Test("where, share and max_rows say which rows are taken and how many are made")
  func selection() async throws {
    func made(_ settings: [String: JSONValue]) async throws -> AugmentedRows {
      try await AugmentedRows(
        problems, [["numbers": .object(["fields": ["/t"]].merging(settings) { $1 })]])
    }
    let rare = try await made(["where": ["/label": ["rare", "none"]]])
    #expect(rare.report.steps[0].rows == 4)
    #expect(rare.synthetic.allSatisfy { $0["label"] == "rare" })
    let some = try await made(["share": 0.5])
    // Binomial(40, 0.5): 20 ± 3.2, four deviations.
    #expect((8...32).contains(some.report.steps[0].rows))
    #expect(try await made(["max_rows": 3]).report.made == 3)
  }

  @Test("rare labels get more until each has what was asked for")
  func balance() async throws {
    func labels(_ balance: JSONValue, perRow: Int? = nil) async throws -> [String: Int] {
      var settings: [String: JSONValue] = ["fields": ["/t"], "balance_by": balance]
      if let perRow { settings["per_row"] = .integer(perRow) }
      let made = try await AugmentedRows(problems, [["numbers": .object(settings)]])
      return made.rows.reduce(into: [:]) { $0[$1["label"]?.string ?? "", default: 0] += 1 }
    }
    #expect(try await labels("/label") == ["rare": 36, "common": 36])
    #expect(try await labels("/label", perRow: 2) == ["rare": 12, "common": 36])
    let many = try await labels(["field": "/label", "at_least": 200])
    #expect(many == ["rare": 200, "common": 200])
    #expect(try await labels(["field": "/label", "at_least": 40]) == ["rare": 40, "common": 40])
    #expect(
      try await labels(["field": "/label", "share_of_largest": 0.5]) == ["rare": 18, "common": 36])
  }

  @Test(
    "what a row of a rare label cannot give, another one makes up for, be it before or behind it",
    arguments: [["공이 많다", "귤 47개"], ["귤 47개", "공이 많다"]])
  func shortfall(_ rare: [String]) async throws {
    let rows: [JSONValue] =
      rare.map { ["t": .string($0), "label": "rare"] }
      + (0..<8).map { ["t": .string("\(Names.syllable($0))네 배 \($0 + 20)개"), "label": "common"] }
    let made = try await AugmentedRows(
      rows, [["numbers": ["fields": ["/t"], "balance_by": "/label"]]])
    #expect(made.synthetic.count { $0["label"] == "rare" } == 6)
    #expect(made.report.steps[0].skipped == ["no number": 1])
  }

  @Test("rows that break the schema or repeat another are dropped, with the reason")
  func rejections() async throws {
    let schema: JSONValue = [
      "type": "object", "additionalProperties": false,
      "properties": ["t": ["type": "string", "maxLength": 12], "id": true],
    ]
    let made = try await AugmentedRows(
      [["id": 1, "t": "짧다"], ["id": 2, "t": "이것은 훨씬 더 긴 글입니다"], ["id": 3, "t": "그: 짧다"]],
      [["templates": ["templates": ["그: {t}", "글: {t}"], "into": "/t"]]], schema: schema)
    // The mark is no part of what is validated.
    #expect(made.texts("t") == ["글: 짧다", "그: 그: 짧다", "글: 그: 짧다"])
    #expect(made.report.steps[0].rejected == ["duplicate": 1, "against the schema": 2])
    let entry = try #require(made.dropped.first { $0["line"] == 2 })
    #expect(entry["step"] == "templates" && entry["pointer"] == "/t" && entry["index"] == 1)
    #expect(entry["reason"]?.string?.hasPrefix("against the schema: expected ") == true)
    #expect(entry["row"]?["id"] == 2)
  }

  @Test("rows that are no objects, no JSON, or marked in another way are accounted for")
  func oddRows() async throws {
    let rows: [JSONValue] = [[1, 2], "text", ["t": "사과 5개"], ["t": "배 6개", "_synthetic": true]]
    let made = try await AugmentedRows(rows, [["numbers": ["fields": ["/t"]]]])
    #expect(made.report.steps[0].skipped == ["no object": 2])
    #expect(made.report.originals == 3 && made.report.synthetic == 1)
    #expect(made.report.made == 1)
  }

  @Test("nothing made is an error that says why")
  func nothing() async throws {
    let error = await #expect(throws: DatasetsError.self) {
      _ = try await AugmentedRows([["t": "no digits"]], [["numbers": ["fields": ["/t"]]]])
    }
    #expect(error?.code == "datasets.nothing_made")
    #expect(
      error?.message.contains("of 1 original: numbers: no number (1, first in line 1)") == true,
      "\(error?.message ?? "")")
  }

  @Test("a pipe cannot be read once for each step")
  func pipes() async throws {
    let path = NSTemporaryDirectory() + "augment-\(UUID().uuidString)"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let plan = try AugmentationPlan([numbers])
    let error = await #expect(throws: DatasetsError.self) {
      _ = try await Augmenter(plan).augment(
        FilePath(path), output: FilePath(path + ".out"), dropped: FilePath(path + ".dropped"))
    }
    #expect(error?.message.contains("save it to a file first") == true)
  }
}
