import Datasets
import Foundation
import JSON
import SystemPackage
import Testing

@Suite struct DatasetDiffTests {
  private func diff(
    _ old: String, _ new: String, key: [String] = [], examples: Int = 10
  ) throws -> DatasetDiff {
    let scratch = try Scratch()
    return try DatasetComparison(key: key.compactMap { JSONPointer($0) }, examples: examples)
      .compare(old: scratch.file("old.ndjson", old), new: scratch.file("new.ndjson", new))
  }

  @Test("rows are added, removed, changed or equal by their key")
  func keyed() throws {
    let diff = try diff(
      "{\"id\":1,\"a\":{\"x\":1}}\n{\"id\":2,\"a\":2}\n{\"id\":3}\n",
      "{\"id\":3}\n{\"id\":1,\"a\":{\"x\":2}}\n{\"id\":4}\n!\n", key: ["/id"])
    #expect((diff.added, diff.removed, diff.changed, diff.equal) == (1, 1, 1, 1))
    #expect(diff.changedExamples.map(\.pointers) == [["/a/x"]])
    #expect(
      diff.changedExamples.map(\.oldLine) == [1] && diff.changedExamples.map(\.newLine) == [2])
    #expect(diff.removedExamples.map(\.old) == [["id": 2, "a": 2]])
    #expect(diff.addedExamples.map(\.newLine) == [3])
    #expect(diff.new.defective == 1)
    #expect(!diff.isEmpty)
    #expect(diff.text == "1 added, 1 removed, 1 changed, 1 equal")
  }

  @Test("without a key rows are counted by content, and their order makes no difference")
  func byContent() throws {
    let one = try diff("1\n1\n2\n", "2\n1\n3\n")
    #expect((one.added, one.removed, one.changed, one.equal) == (1, 1, 0, 2))
    #expect(try diff("{\"a\":1,\"b\":2}\n3\n", "3\n{\"b\":2.0,\"a\":1}\n").isEmpty)
  }

  @Test("the same rows in another order are no difference, repeated keys and all")
  func repeatedKeys() throws {
    let rows = ["{\"k\":1,\"v\":1}", "{\"k\":1,\"v\":2}", "{\"k\":1,\"v\":2}", "{\"v\":9}"]
    let diff = try diff(
      rows.joined(separator: "\n"), rows.reversed().joined(separator: "\n"), key: ["/k"])
    #expect(diff.isEmpty && diff.equal == 4 && diff.repeatedKeys == 2)
  }

  @Test("a key that all rows share costs no square")
  func constantKey() throws {
    let old = (0..<20_000).map { "{\"k\":1,\"v\":\($0)}" }.joined(separator: "\n")
    let new = (0..<20_000).map { "{\"k\":1,\"v\":\(-1 - $0)}" }.joined(separator: "\n")
    let diff = try diff(old, new, key: ["/k"], examples: 3)
    #expect(diff.added + diff.changed == 20_000 && diff.removed + diff.changed == 20_000)
    #expect(diff.addedExamples.count == 3 && diff.removedExamples.count == 3)
  }

  @Test("fields that come, go or change their types are told")
  func schema() throws {
    let diff = try diff("{\"a\":1,\"b\":\"x\",\"c\":1}\n", "{\"a\":1.5,\"c\":1,\"d\":true}\n")
    #expect(
      diff.schema.map { "\($0.pointer) \($0.kind)" } == ["/a types", "/b removed", "/d added"])
    #expect(diff.schema[0].old == ["integer": 1] && diff.schema[0].new == ["number": 1])
  }

  @Test("distributions that move are told by their index, the greatest first")
  func distributions() throws {
    func rows(_ share: Int, _ number: Int) -> String {
      (0..<200).map {
        "{\"id\":\($0),\"l\":\"\($0 < share ? "a" : "b")\",\"n\":\($0 % 50 + number)}"
      }.joined(separator: "\n")
    }
    let diff = try diff(rows(100, 0), rows(180, 0))
    #expect(diff.distributions.first?.pointer == "/l")
    #expect(diff.distributions.first?.stability.verdict == .changed)
    #expect(diff.distributions.first { $0.pointer == "/n" }?.stability.index == 0)
  }
}

@Suite struct PopulationStabilityTests {
  @Test("the index is that of its definition, with half a row in each bin")
  func definition() {
    let moved = PopulationStability.ofLabels(["a": 50, "b": 50], ["a": 80, "b": 20])
    let (p, q) = (50.5 / 101, 80.5 / 101)
    let (r, s) = (50.5 / 101, 20.5 / 101)
    #expect(abs(moved.index - ((q - p) * log(q / p) + (s - r) * log(s / r))) < 1e-12)
    #expect(PopulationStability.ofLabels(["a": 7], ["a": 7]).index == 0)
    #expect(PopulationStability.ofLabels([:], [:]).index == 0)
    #expect(PopulationStability.ofLabels(["a": 100], ["b": 100]).verdict == .changed)
  }

  @Test("bins of numbers are the deciles of the old side")
  func deciles() {
    var (old, new) = (ValueSample(), ValueSample())
    for value in 1...100 {
      old.add(Double(value))
      new.add(Double(value + 100))
    }
    let stability = PopulationStability.ofNumbers(old, new)
    #expect(stability.bins.map(\.old) == Array(repeating: 10, count: 10))
    #expect(stability.bins.map(\.new) == Array(repeating: 0, count: 9) + [100])
    #expect(stability.bins.first?.name == "≤ 10" && stability.bins.last?.name == "> 90")
    var same = ValueSample()
    for _ in 0..<5 { same.add(3) }
    #expect(PopulationStability.ofNumbers(same, same).bins.count == 2)
  }
}
