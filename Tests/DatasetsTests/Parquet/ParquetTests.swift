import Datasets
import Foundation
import JSON
import SystemPackage
import Testing

/// Files that pyarrow, DuckDB and Polars wrote; see Fixtures/make_parquet.py.
enum ParquetFixture {
  static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .appending("Fixtures").appending("parquet")

  static func path(_ name: String) -> FilePath { folder.appending(name) }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("\(name).parquet").string)))
  }

  /// The rows that the writer was given.
  static func rows(_ name: String) throws -> [JSONValue] {
    let plain = path("\(name).ndjson")
    let exists = FileManager.default.fileExists(atPath: plain.string)
    return try ParquetFixture.read(exists ? plain : path("\(name).ndjson.gz")).map {
      try $0.content.get()
    }
  }

  static func read(_ path: FilePath, limit: Int = 1 << 20, atMost: Int = .max) throws -> [Row] {
    var reader = try SourceReader(path, lineLimit: limit)
    var rows: [Row] = []
    while rows.count < atMost, let row = try reader.next() { rows.append(row) }
    return rows
  }
}

@Suite struct ParquetTests {
  private func defect(_ row: Row) -> String? {
    if case .failure(let defect) = row.content { defect.reason } else { nil }
  }

  private func refusal(_ path: FilePath) -> DatasetsError? {
    #expect(throws: DatasetsError.self) { _ = try ParquetFixture.read(path) }
  }

  @Test(
    "the rows are those that the writer was given",
    arguments: [
      ("plain", "flat"), ("snappy", "flat"), ("gzip", "flat"), ("zstd", "flat"), ("lz4", "flat"),
      ("delta", "delta"), ("extremes", "extremes"), ("empty", "empty"), ("nested", "nested"),
      ("nested-pages", "nested"), ("typed", "typed"), ("int96", "int96"), ("duckdb", "duckdb"),
      ("polars", "polars"), ("texts-snappy", "texts"), ("texts-lz4", "texts"),
      ("texts-gzip", "texts"), ("texts-zstd", "texts"),
    ])
  func rows(_ file: String, _ rows: String) throws {
    let found = try ParquetFixture.read(ParquetFixture.path("\(file).parquet"))
    let expected = try ParquetFixture.rows(rows)
    #expect(found.map(\.line) == Array(1..<expected.count + 1))
    for (row, value) in zip(found, expected) { #expect(try row.content.get() == value) }
    #expect(found.count == expected.count)
  }

  @Test("decimals and unsigned numbers keep every digit")
  func digits() throws {
    let row = try #require(try ParquetFixture.read(ParquetFixture.path("typed.parquet")).first)
    let value = try row.content.get()
    #expect(value["d38"]?.canonical == "-1.2345678901234567890123456780123456789e27")
    guard case .number(let wide) = value["u64"], case .number(let small) = value["d9"] else {
      return #expect(Bool(false), "no numbers")
    }
    #expect(wide.lexeme == "18446744073709551615")
    #expect(small.lexeme == "-0.05")
  }

  @Test("what JSON has no value for makes its row defective, with the column and the row's place")
  func defects() throws {
    let path = ParquetFixture.path("bytes.parquet")
    let found = try ParquetFixture.read(path)
    #expect(
      found.map(defect) == [
        "the column 'image' holds 2 bytes, which JSON has no value for (declare contentEncoding base64 to take them)",
        "the column 'real' is nan, which JSON has no number for",
        "the column 'inner' is inf, which JSON has no number for",
        "the column 'image' holds 3 bytes, which JSON has no value for (declare contentEncoding base64 to take them)",
      ])
    var reader = try SourceReader(
      RowInput(path), ColumnTypings(values: ["image": ValueTyping(isBase64: true)]))
    #expect(
      try reader.next()?.content.get() == ["id": 1, "image": "AP8=", "real": 1, "inner": [1]])
  }

  @Test("a row beyond the limit is told and not held")
  func limit() throws {
    let found = try ParquetFixture.read(
      ParquetFixture.path("texts-snappy.parquet"), limit: 238)
    #expect(found.count == 60)
    #expect(found.contains { defect($0)?.hasSuffix("at most 238 are read") == true })
    #expect(found.contains { defect($0) == nil })
  }

  @Test("Parquet is told by its bytes, and by its name where they are damaged")
  func recognition() throws {
    let scratch = try Scratch()
    let bytes = try ParquetFixture.bytes("plain")
    #expect(try ParquetFixture.read(scratch.file("rows.csv", bytes)).count == 40)
    #expect(
      refusal(try scratch.file("x.parquet", Array("nothing of this kind".utf8)))?.code
        == "datasets.damaged_source")
    let table = try scratch.file("t.csv", "PAR1,b\n1,2\n")
    #expect(try ParquetFixture.read(table).count == 1)
  }

  @Test("a file that is cut anywhere is refused as damaged")
  func cut() throws {
    let scratch = try Scratch()
    let bytes = try ParquetFixture.bytes("snappy")
    for length in stride(from: 0, to: bytes.count, by: 7) {
      let error = refusal(try scratch.file("cut.parquet", Array(bytes.prefix(length))))
      #expect(error?.code == "datasets.damaged_source", "\(length)")
    }
  }

  @Test("columns of one list that repeat differently are refused, and no values are mixed up")
  func disagreement() {
    let error = refusal(ParquetFixture.path("disagreement.parquet"))
    #expect(error?.code == "datasets.damaged_source")
    #expect(error?.message.contains("do not agree") == true, "\(error?.message ?? "")")
  }

  @Test("a page whose checksum does not match is refused")
  func checksum() throws {
    let scratch = try Scratch()
    var bytes = try ParquetFixture.bytes("zstd")
    bytes[60] ^= 1
    let error = refusal(try scratch.file("x.parquet", bytes))
    #expect(
      error?.message.contains("row group 1: the column 'id': the checksum of a page") == true,
      "\(error?.message ?? "")")
  }

  @Test(
    "descriptions that claim the impossible are refused without taking memory for it",
    arguments: [
      // Structures in structures, lists in lists, a list of 2^60 columns, a group of 2^31 children.
      (Array(repeating: 0x1C, count: 200_000), "nested too deeply"),
      ([0x59] + Array(repeating: 0x19, count: 200_000), "nested too deeply"),
      ([0x29, 0xFC, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10], "in the middle"),
      ([0x29, 0x1C, 0x55, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x00, 0x00], "not one tree"),
      ([0x29, 0x0C, 0x00], "describes no columns"), ([], "in the middle"),
      ([0x36, 0x01], "negative"), ([0x8C, 0x00, 0x00], "encrypted"),
    ] as [([UInt8], String)])
  func impossible(_ description: [UInt8], _ reason: String) throws {
    let scratch = try Scratch()
    let length = UInt32(description.count)
    let tail = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let magic = Array("PAR1".utf8)
    let error = refusal(try scratch.file("x.parquet", magic + description + tail + magic))
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test("compressed and piped files say what to do")
  func plainFile() throws {
    let scratch = try Scratch()
    let packed = try scratch.file("x.parquet", try ParquetFixture.bytes("plain"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", packed.string]
    try process.run()
    process.waitUntilExit()
    #expect(refusal(FilePath(packed.string + ".gz"))?.advice == "Decompress it first.")
  }

  @Test("rows of Parquet become the same dataset as the same rows of JSON")
  func ingestion() throws {
    let scratch = try Scratch()
    let schema = try scratch.file(
      "schema.json", #"{"required":["text"],"properties":{"id":{"maximum":30}}}"#)
    let ingestion = Ingestion(schema: try SchemaFile.load(schema))
    let outputs = (0..<4).map { scratch.folder.appending("out\($0)") }
    let report = try ingestion.ingest(
      [ParquetFixture.path("snappy.parquet")], output: outputs[0], quarantine: outputs[1])
    _ = try ingestion.ingest(
      [ParquetFixture.path("flat.ndjson")], output: outputs[2], quarantine: outputs[3])
    #expect(report.rows == 40 && report.quarantined == 9)
    #expect(try scratch.text(outputs[0]) == scratch.text(outputs[2]))
    #expect(
      try scratch.text(outputs[1]).contains(#""file":"snappy.parquet","line":32,"pointer":"/id""#))
  }
}
