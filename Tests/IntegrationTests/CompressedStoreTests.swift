import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// Datasets that commands make lie compressed in the store, and nobody who reads them notices.
@Suite struct CompressedStoreTests {
  private static let rows = (0..<400).map {
    "{\"completion\":\"답 \($0 * 31 % 97)\",\"id\":\($0),\"prompt\":\"문제 \($0 * 7919 % 1009)번을 푸세요\"}"
  }
  private static let text = rows.joined(separator: "\n") + "\n"

  /// A registry whose dataset `d` was ingested from `Self.text`, which is canonical already.
  private func withDataset(_ body: (Program, URL) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write(
      """
      {"type": "object", "required": ["id", "prompt", "completion"],
       "properties": {"id": {"type": "integer"}}}
      """, to: "schema.json")
    try program.write(Self.text, to: "rows.ndjson")
    let made = try program.run(
      "ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d", "--json")
    #expect(made.code == 0, "\(made.errors)")
    let digest = Digest(of: Array(Self.text.utf8))
    #expect(try made.json["files"]?.array?.first?["digest"] == .string(digest.description))
    let blob = program.folder.appendingPathComponent(
      "registry/store/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2)).zst")
    try body(program, blob)
  }

  private func shell(_ program: Program, _ script: String) throws -> Program.Outcome {
    try program.run(executable: URL(fileURLWithPath: "/bin/sh"), ["-c", script])
  }

  @Test("the store holds a Zstandard file that any program reads, and says so")
  func storedForm() throws {
    try withDataset { program, blob in
      let size = try Data(contentsOf: blob).count
      #expect(size * 2 < Self.text.utf8.count)
      #expect(!FileManager.default.fileExists(atPath: String(blob.path.dropLast(4))))
      let shown = try program.run("show", "d")
      #expect(shown.output.contains("\(Quantity.bytes(Int64(size))) stored"), "\(shown.output)")
      let document = try program.run("show", "d", "--json").json
      #expect(document["stored_size"] == .integer(size))
      #expect(document["size"] == .integer(Self.text.utf8.count))
      guard try shell(program, "command -v zstd").code == 0 else {
        print("skipped: this machine has no zstd program to read the blob with")
        return
      }
      let told = try shell(program, "zstd -dc '\(blob.path)' | cmp - rows.ndjson")
      #expect(told.code == 0, "\(told.output)\(told.errors)")
    }
  }

  @Test("a version is laid out as it was added, and never over what is there")
  func export() throws {
    try withDataset { program, _ in
      let laid = try program.run("export", "d", "out")
      #expect(laid.code == 0, "\(laid.errors)")
      #expect(laid.output.contains("out/rows.ndjson"))
      let rows = try String(
        contentsOf: program.folder.appendingPathComponent("out/rows.ndjson"), encoding: .utf8)
      #expect(rows == Self.text)
      #expect(try program.run("export", "d", "out").code == 64)
      #expect(try program.run("export", "nothing", "other").code == 1)
    }
  }

  @Test("every reader of rows sees those that were ingested")
  func readers() throws {
    try withDataset { program, _ in
      let diff = try program.run("diff", "--rows", "d", "./rows.ndjson", "--key", "/id", "--json")
      #expect(try diff.json["equal"] == 400)
      #expect(try diff.json["changed"] == 0)
      let profile = try program.run("show", "d", "--profile", "--json").json["profile"]
      #expect(profile?["rows"] == 400)
      let split = try program.run(
        "split", "d", "--out", "p", "--parts", "train=75,test=25", "--by", "/id", "--json")
      #expect(split.code == 0, "\(split.errors)")
      let sizes = try ["p-train", "p-test"].map {
        try program.run("show", $0, "--json").json["metadata"]?["rows"]?.int ?? 0
      }
      #expect(sizes.reduce(0, +) == 400)
      try program.write("- filter_length: {fields: [/prompt], min: 1}\n", to: "clean.yaml")
      for arguments in [
        ["clean", "d", "--steps", "clean.yaml", "--out", "c"],
        ["dedup", "d", "--exact", "--out", "e"],
      ] {
        let made = try program.run(arguments + ["--json"])
        #expect(made.code == 0, "\(arguments): \(made.errors)")
        #expect(try made.json["report"]?["written"] == 400, "\(made.output)")
      }
      let found = try program.run(
        "contamination", "d", "./rows.ndjson", "--field", "prompt", "--json")
      #expect(found.code == 100, "\(found.output)\(found.errors)")
      // All four datasets are compressed: nothing plain but the samples of fewer than 4 KiB.
      let verified = try program.run("verify", "--json")
      #expect(try verified.json["sound"] == true, "\(verified.output)")
    }
  }

  @Test("training on the compressed rows makes the adapter that the plain ones make")
  func training() throws {
    try withDataset { program, blob in
      let digits = try program.addModel(as: "base")
      #expect(!digits.isEmpty)
      let other = try Program()
      defer { other.remove() }
      #expect(try other.run("init").code == 0)
      try other.addModel(as: "base")
      try other.write(Self.text, to: "rows.ndjson")
      #expect(try other.run("add", "rows.ndjson", "--name", "d").code == 0)
      #expect(FileManager.default.fileExists(atPath: blob.path))
      let adapters = try [program, other].map { side in
        let trained = try side.run(
          "train", "--base", "base", "--data", "d", "--out", "a", "--rank", "2", "--epochs", "1",
          "--json")
        #expect(trained.code == 0, "\(trained.errors)")
        return try trained.lastEvent["files"]?.array?.first?["digest"]?.string
      }
      #expect(adapters[0] != nil)
      #expect(adapters[0] == adapters[1])
    }
  }

  @Test("a flipped byte is found, its file is named, and the rows repair it")
  func damage() throws {
    try withDataset { program, blob in
      var bytes = try Data(contentsOf: blob)
      bytes[bytes.count / 2] ^= 0x10
      try FileManager.default.removeItem(at: blob)
      try bytes.write(to: blob)
      let verified = try program.run("verify")
      #expect(verified.code == 1)
      #expect(
        verified.output.contains("\(blob.lastPathComponent)': ")
          && verified.output.contains("needed by d@v1"), "\(verified.output)")
      let read = try program.run("show", "d", "--profile")
      #expect(read.code != 0)
      #expect(read.errors.contains(blob.lastPathComponent), "\(read.errors)")
      let repaired = try program.run("repair", "rows.ndjson", "--json")
      #expect(repaired.code == 0, "\(repaired.output)")
      #expect(try program.run("verify").code == 0)
      #expect(try program.run("show", "d", "--profile").code == 0)
    }
  }

  @Test("materialised rows are plain, and gc frees what compressed blobs take")
  func materialiseAndCollect() throws {
    try withDataset { program, blob in
      let registry = try Registry.open(
        at: FilePath(program.folder.path + "/registry/store"),
        author: Author(name: "Test", email: "test@example.org"))
      let target = program.folder.appendingPathComponent("out")
      try registry.materialise(
        registry.resolve(Reference("d")), at: FilePath(target.path))
      let laid = try Data(contentsOf: target.appendingPathComponent("rows.ndjson"))
      #expect(laid == Data(Self.text.utf8))

      try program.write(Self.rows.dropLast().joined(separator: "\n"), to: "rows.ndjson")
      let newer = try program.run(
        "ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d", "--json")
      #expect(newer.code == 0, "\(newer.errors)")
      let size = try Data(contentsOf: blob).count
      let collected = try program.run("gc", "--older-than", "0m", "--json")
      #expect(collected.code == 0, "\(collected.errors)")
      #expect(try collected.json["freed_bytes"] == .integer(size))
      #expect(!FileManager.default.fileExists(atPath: blob.path))
      #expect(try program.run("verify").code == 0)
    }
  }
}
