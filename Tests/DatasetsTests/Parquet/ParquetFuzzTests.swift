import Datasets
import Foundation
import MLOpsCore
import SystemPackage
import Testing

/// Damaged Parquet files: whatever is in them, reading ends with rows or with an error.
@Suite struct ParquetFuzzTests {
  private static let names = [
    "plain", "snappy", "gzip", "zstd", "lz4", "delta", "extremes", "nested", "nested-pages",
    "typed", "int96", "duckdb", "polars", "bytes", "texts-snappy", "texts-lz4",
  ]

  private static let rounds =
    ProcessInfo.processInfo.environment["MLOPS_FUZZ"].flatMap { Int($0) }.map { max($0, 1) } ?? 1

  @Test("no damage crashes the reader or makes it give rows without end", arguments: names)
  func damage(_ name: String) throws {
    let scratch = try Scratch()
    let whole = try ParquetFixture.bytes(name)
    var random = SplitMix64(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
    var (refused, read) = (0, 0)
    for _ in 0..<320 * ParquetFuzzTests.rounds {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        ParquetFuzzTests.damage(&bytes, &random)
      }
      let path = try scratch.file("x.parquet", bytes)
      do {
        let rows = try ParquetFixture.read(path, limit: 1 << 14, atMost: 1000)
        #expect(rows.count <= 1000)
        read += 1
      } catch let error as DatasetsError {
        #expect(["datasets.damaged_source", "datasets.unsupported_source"].contains(error.code))
        refused += 1
      }
    }
    // Most of a file is structure, and some of it is values that may be any.
    #expect(refused > 32)
    #expect(read > 0)
  }

  /// Changes, cuts out, doubles or moves some bytes; half of the time near the end, where the
  /// description is.
  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard bytes.count > 16 else { return }
    let low = Bool.random(using: &random) ? bytes.count / 2 : 0
    let place = Int.random(in: low..<bytes.count, using: &random)
    let length = Int.random(in: 1...min(16, bytes.count - place), using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 4: for index in place..<place + length { bytes[index] = 0xFF }
    case 5:
      for index in place..<place + length {
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
    case 6: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
    default: bytes[place] = bytes[place] &+ 1
    }
  }
}
