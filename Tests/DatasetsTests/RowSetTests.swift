import MLOpsCore
import Testing

@testable import Datasets

@Suite struct RowSetTests {
  @Test("rows of every length are known again, and no other is")
  func lengths() {
    let set = Seen()
    var generator = SplitMix64(seed: 7)
    var rows: Set<[UInt8]> = []
    for length in Array(0...40) + [1023, 1024, 1025, 5000] {
      for _ in 0..<40 {
        let row = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next() % 3) }
        let isNew = rows.insert(row).inserted
        #expect(set.take(row) == isNew)
      }
    }
    #expect(set.count == rows.count)
    for row in rows { #expect(!set.take(row)) }
  }

  @Test("zeros at the end, swapped words and single bits make another row")
  func near() {
    let set = Seen()
    for length in 0...64 { #expect(set.take(Array(repeating: 0, count: length))) }
    let row = (0..<64).map { UInt8($0) }
    #expect(set.take(row))
    #expect(set.take(Array(row[8..<16] + row[0..<8] + row[16...])))
    for bit in 0..<512 {
      var other = row
      other[bit / 8] ^= 1 << (bit % 8)
      #expect(set.take(other))
    }
  }

  @Test("many rows stay apart while the table grows")
  func growth() {
    let set = Seen()
    for number in 0..<200_000 {
      #expect(set.take(number))
    }
    for number in stride(from: 0, to: 200_000, by: 7) {
      #expect(!set.take(number))
    }
    #expect(set.count == 200_000)
  }
}

/// A set that expectations can ask.
private final class Seen {
  private var rows = RowSet()

  var count: Int { rows.count }

  func take(_ row: [UInt8]) -> Bool { row.withUnsafeBytes { rows.insert($0) } }

  func take(_ number: Int) -> Bool { withUnsafeBytes(of: number) { rows.insert($0) } }
}
