import Datasets
import Foundation
import JSON
import JSONSchema
import SystemPackage
import Testing

@Suite struct TableTests {
  private func rows(_ bytes: [UInt8], _ options: TableOptions = .csv, rowLimit: Int = 1 << 20)
    throws
    -> [Row]
  {
    let scratch = try Scratch()
    var reader = try TableReader(scratch.file("t.csv", bytes), options, rowLimit: rowLimit)
    var rows: [Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  private func values(_ text: String, _ options: TableOptions = .csv) throws -> [JSONValue] {
    try rows(Array(text.utf8), options).map { try $0.content.get() }
  }

  @Test(
    "quotes, doubled quotes, embedded line ends, byte-order marks and every line end are understood",
    arguments: ["\n", "\r\n", "\r"])
  func quoting(_ end: String) throws {
    let text = "\u{FEFF}이름,\"b,\"\"c\"\(end)\"가\(end)나\",\"\"\"\"\(end)\(end)x,\(end),y"
    let rows = try rows(Array(text.utf8))
    #expect(
      try rows.map { try $0.content.get() } == [
        ["이름": .string("가\(end)나"), "b,\"c": "\""], ["이름": "x", "b,\"c": ""],
        ["이름": "", "b,\"c": "y"],
      ])
    #expect(rows.map(\.line) == [2, 5, 6])
  }

  @Test("a record that cannot be a row is told with its line, and the next is read")
  func defects() throws {
    let bytes =
      Array("a,b\n1\n1,2,3\n\"x\"y,2\n".utf8) + [0xFF, 0x2C, 0x32, 0x0A]
      + Array("ok,2\n\"never\n".utf8)
    let found = try rows(bytes).map { row in
      if case .failure(let defect) = row.content { return "\(defect.line) \(defect.reason)" }
      return "fine"
    }
    #expect(
      found == [
        "2 expected 2 fields, found 1", "3 expected 2 fields, found 3",
        "4 expected a separator after the quote that closes a field",
        "5 the column 'a' is not valid UTF-8", "fine",
        "7 a quote that opens on line 7 never closes",
      ])
  }

  @Test("a record that cannot be a row keeps its text as it stands in the file")
  func written() throws {
    let long = String(repeating: "가", count: 200_000)
    let text =
      "a,b\r\n\"2\ra\",\"b \"\"c\"\"\",3\r\n\"x\"y,2\n1,2\n\r\n\"\(long)\"\n4,5,6\n\"open\n"
    let found = try rows(Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(
      found == [
        "\"2\ra\",\"b \"\"c\"\"\",3", "\"x\"y,2", "", "\"\(long)\"", "4,5,6", "\"open\n",
      ])
  }

  @Test("a record beyond the limit is cut and told, without being held")
  func limit() throws {
    let rows = try rows(
      Array("a\n\"\(String(repeating: "x", count: 500_000))\"\nb\n".utf8), rowLimit: 1000)
    #expect(rows.map(\.bytes.count) == [1000, 0])
    guard case .failure(let defect) = rows[0].content else {
      Issue.record("a long record is no row")
      return
    }
    #expect(defect.reason == "the record is 500000 bytes long; at most 1000 are read")
  }

  @Test("a carriage return in a field is part of it, unless such returns end the records")
  func returns() throws {
    #expect(try values("a\tb\nx\ry\t1\n", .tsv) == [["a": "x\ry", "b": "1"]])
    #expect(try values("a,b\rx,1\ry,2") == [["a": "x", "b": "1"], ["a": "y", "b": "2"]])
  }

  @Test("a record of nothing but separators is told, and the next is read")
  func separators() throws {
    let rows = try rows(Array("a\n\(String(repeating: ",", count: 70_000))\nb\n".utf8))
    #expect(throws: RowDefect.self) { try rows[0].content.get() }
    guard case .failure(let defect) = rows[0].content else { return }
    #expect(defect.reason == "the record has more than 65536 fields")
    #expect(try rows[1].content.get() == ["a": "b"])
  }

  @Test("tab-separated values have no quotes")
  func tabs() throws {
    #expect(try values("a\tb\n\"x\t1\n", .tsv) == [["a": "\"x", "b": "1"]])
    #expect(
      try values("1;2", TableOptions(separator: 0x3B, columns: ["x", "y"])) == [
        ["x": "1", "y": "2"]
      ])
  }

  @Test("fields have types only when asked for, and every digit is kept")
  func typing() throws {
    let text = "n,f,t\n007,true,x\n12345678901234567890.50,,null\n-3,1e400,1 \n"
    #expect(try values(text)[0] == ["n": "007", "f": "true", "t": "x"])
    let guessed = try values(text, TableOptions(typing: .guessed))
    #expect(guessed[0] == ["n": "007", "f": true, "t": "x"])
    #expect(guessed[1]["n"]?.canonical == "1.23456789012345678905e19")
    #expect(guessed[1]["t"] == .null && guessed[1]["f"] == .null)
    #expect(guessed[2]["n"] == -3 && guessed[2]["t"] == "1 ")
    let schema: JSONValue = [
      "properties": ["n": ["type": ["integer", "null"]], "f": ["type": "string"], "t": [:]]
    ]
    let typings = TableTyping.declared(by: try JSONSchema.compile(schema))
    let declared = try values(text, TableOptions(typing: .declared(typings)))
    #expect(declared[0] == ["n": "007", "f": "true", "t": "x"])
    #expect(declared[2]["n"] == -3)
    #expect(declared[1]["n"] == "12345678901234567890.50" && declared[1]["f"] == "")
  }

  @Test("a table needs a header with distinct names", arguments: ["", "a,a\n", "a,\n", "\"a\n"])
  func header(_ text: String) throws {
    let error = #expect(throws: DatasetsError.self) { _ = try rows(Array(text.utf8)) }
    #expect(error?.code == "datasets.malformed_source")
  }

  @Test("the sample's curriculum is read whole")
  func sample() throws {
    var reader = try SourceReader(FilePath("\(sampleFolder)/data/curriculum.csv"))
    var count = 0
    while let row = try reader.next() {
      #expect(try row.content.get()["code"]?.string?.hasPrefix("[") == true)
      count += 1
    }
    #expect(count > 50)
  }
}

@Suite struct DocumentTests {
  private func read(_ text: String, rowLimit: Int = 1 << 20) throws -> [String] {
    let scratch = try Scratch()
    var reader = try JSONDocumentReader(scratch.file("a.json", text), rowLimit: rowLimit)
    var found: [String] = []
    while let row = try reader.next() {
      switch row.content {
      case .success(let value): found.append("\(row.line):\(row.column) \(value.canonical)")
      case .failure(let defect): found.append("\(defect.line) \(defect.reason)")
      }
    }
    return found
  }

  @Test(
    "elements, single values and what is wrong between them have their places",
    arguments: [
      (
        "\u{FEFF}[\n  {\"a\": \"]\\\"\"}, [1,[2]],\n3]\n",
        ["2:3 {\"a\":\"]\\\"\"}", "2:17 [1,[2]]", "3:1 3"]
      ),
      ("{\n\"a\": [1]}", ["1:1 {\"a\":[1]}"]), ("", []), (" [ ] ", []),
      ("[1 2]", ["1 expected the end of the text"]),
      ("[1,]", ["1:2 1", "1 expected a value, found ']'"]),
      ("[1", ["1 the array is not closed"]), ("[[1] ", ["1:2 [1]", "1 the array is not closed"]),
      (
        "[7, {\"a\":3,]",
        ["1:2 7", "1 expected a string as the name of a member; the array is not closed"]
      ),
      ("[1]x", ["1:2 1", "1 expected the end of the text"]),
      ("[", ["1 the array is not closed"]),
      ("[{\"a\":}, 7]", ["1 expected a value, found '}'", "1:10 7"]),
    ])
  func shapes(_ text: String, _ expected: [String]) throws { #expect(try read(text) == expected) }

  @Test("an element beyond the limit is told, and the next is read")
  func limit() throws {
    let long = String(repeating: "x", count: 400_000)
    #expect(
      try read("[\"\(long)\", 2]", rowLimit: 100) == [
        "1 the row is 400002 bytes long; at most 100 are read", "1:400006 2",
      ])
  }

  @Test("the streaming reader gives the very rows of the one that holds the file")
  func agreement() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.json", "[\n {\"가\": [1, {\"b\": \",\"}]},\n\n \"x\" , null ]")
    var whole = try SourceReader(path)
    var stream = try SourceReader(path)
    for _ in 0..<4 {
      let (left, right) = (try whole.next(), try stream.next())
      #expect(left?.line == right?.line && left?.column == right?.column)
      #expect(try left?.content.get() == right?.content.get())
    }
  }
}

@Suite struct TextFolderTests {
  @Test("each text is a row, in the order of paths; hidden files and links are left out")
  func rows() throws {
    let scratch = try Scratch()
    let sub = URL(fileURLWithPath: scratch.folder.appending("sub").string)
    try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
    _ = try scratch.file("b.txt", "둘")
    _ = try scratch.file("a.md", "하나\n\0")
    _ = try scratch.file("sub/c.txt", [0xFF])
    _ = try scratch.file("x.bin", "no")
    _ = try scratch.file(".hidden.txt", "no")
    try FileManager.default.createSymbolicLink(
      at: sub.appendingPathComponent("loop"), withDestinationURL: sub.deletingLastPathComponent())
    var reader = try SourceReader(scratch.folder)
    #expect(try reader.next()?.content.get() == ["path": "a.md", "text": "하나\n\0"])
    #expect(try reader.next()?.content.get() == ["path": "b.txt", "text": "둘"])
    let bad = try #require(try reader.next())
    #expect(bad.line == 3)
    #expect(throws: RowDefect.self) { try bad.content.get() }
    #expect(try reader.next() == nil)
    var short = try TextFolderReader(scratch.folder, .init(extensions: ["md"]), fileLimit: 3)
    #expect(throws: RowDefect.self) { try short.next()?.content.get() }
    #expect(throws: DatasetsError.self) { _ = try TextFolderReader(FilePath("/nowhere")) }
  }
}
