import Foundation
import SystemPackage
import Testing

@testable import ModelRegistry

/// The price of one event with more and more versions of one name before it.
@Suite struct HistoryCostTests {
  private static let sizes = ProcessInfo.processInfo.environment["MLOPS_MEASURE_HISTORY"]
    .map { $0.split(separator: ",").compactMap { Int64($0) } }

  /// `MLOPS_MEASURE_HISTORY=1000,10000,100000 swift test -c release --filter HistoryCostTests`
  /// prints microseconds an event, in batches of 1000 and singly.
  @Test(.enabled(if: sizes != nil, "set MLOPS_MEASURE_HISTORY to measure"))
  func costOfAnEvent() throws {
    let fixture = try HistoryFixture()
    let history = try fixture.open()
    let clock = ContinuousClock()
    var next: Int64 = 1
    func append(_ count: Int64, at once: Int64) throws -> Double {
      let start = clock.now
      for first in stride(from: next, to: next + count, by: Int(once)) {
        try history.append((first..<(first + once)).map { HistoryFixture.event($0) })
      }
      next += count
      return (clock.now - start) / .microseconds(1) / Double(count)
    }
    for size in HistoryCostTests.sizes ?? [] {
      let batch = try append((size - next + 1) / 1000 * 1000, at: 1000)
      let single = try append(100, at: 1)
      print("history: \(size) versions: \(batch) µs batched, \(single) µs single")
    }
    let size = try HistoryFixture.run("du", ["-sh", fixture.path.string]).output
    print("history: \(size)")
    let start = clock.now
    let packed = try history.pack()
    print("history: packed \(packed.objects) loose objects in \(clock.now - start)")
    #expect(try fixture.git("rev-list", "--count", "main") == "\(next - 1)\n")
  }

  /// A count of files, because a clock would fail on a busy machine: the objects that one more
  /// event writes are as many after 12,000 versions as after 300.
  @Test func oneMoreEventWritesTheSameFewObjectsHoweverManyCameBefore() throws {
    var written: [Int] = []
    for before: Int64 in [350, 12_350] {
      let fixture = try HistoryFixture()
      let history = try fixture.open()
      try history.append((1...before).map { HistoryFixture.event($0) })
      #expect(try fixture.git("count-objects").hasPrefix("0 objects"))
      try history.append([HistoryFixture.event(before + 1)])
      let count = try fixture.git("count-objects").split(separator: " ").first
      written.append(Int(count ?? "") ?? -1)
    }
    // One file, its five folders and the root, one commit.
    #expect(written == [8, 8])
  }
}
