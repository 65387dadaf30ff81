import Foundation
import JSON
import Testing

@Suite struct RegistryCommandTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try body(program)
  }

  @Test("adding the same content again gives the same version and says so")
  func addTwice() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      let first = try program.run("add", "rows.ndjson", "--name", "rows", "--json").json
      #expect(first["is_new"] == true)
      #expect(first["kind"] == "dataset")
      let again = try program.run("add", "rows.ndjson", "--name", "rows")
      #expect(again.output.hasPrefix("unchanged: this content is rows@v1 already"))
      let shown = try program.run("show", "rows", "--json").json
      #expect(shown["digest"] == first["digest"])
      #expect(shown["version"] == 1)
    }
  }

  @Test("equal content has an equal digest in another registry")
  func digestsTravel() throws {
    var digests: [JSONValue?] = []
    for author in ["A <a@example.org>", "B <b@example.org>"] {
      try withRegistry { program in
        try program.write("{\"a\":1}\n", to: "rows.ndjson")
        let added = try program.run(
          "add", "rows.ndjson", "--json", "--reason", author,
          environment: ["MLOPS_AUTHOR": author]
        ).json
        digests.append(added["digest"])
      }
    }
    #expect(digests[0] != nil)
    #expect(digests[0] == digests[1])
  }

  @Test("a reference may be a path, which is added on the fly")
  func pathAsReference() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "data/rows.ndjson")
      let shown = try program.run("show", "data/rows.ndjson", "--json").json
      #expect(shown["reference"] == "rows@v1")
      #expect(try program.run("list", "--json").json["artifacts"]?.array?.count == 1)
    }
  }

  @Test("a damaged GGUF is refused with a sentence, and nothing is registered")
  func damagedGGUF() throws {
    try withRegistry { program in
      try program.write("GGUF\u{3}\u{0}\u{0}\u{0}truncated", to: "model.gguf")
      let outcome = try program.run("add", "model.gguf")
      #expect(outcome.code == 65)
      #expect(outcome.errors.hasPrefix("error: "))
      #expect(try program.run("list", "--json").json["artifacts"]?.array?.isEmpty == true)
    }
  }

  @Test("verify names a damaged blob and its versions, and repair restores it")
  func verifyAndRepair() throws {
    try withRegistry { program in
      let source = try program.write("{\"a\":1}\n", to: "rows.ndjson")
      let added = try program.run("add", "rows.ndjson", "--name", "rows", "--json").json
      try program.run("alias", "rows", "champion")
      let digest = try #require(added["files"]?.array?.first?["digest"]?.string).dropFirst(7)
      let blob = program.folder.appendingPathComponent(
        "registry/store/blobs/sha256/\(digest.prefix(2))/\(digest.dropFirst(2))")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: blob.path)
      try Data("{\"a\":2}\n".utf8).write(to: blob)
      let damaged = try program.run("verify")
      #expect(damaged.code == 1)
      #expect(damaged.output.contains("rows@v1"))
      #expect(damaged.output.contains("rows@champion"))
      #expect(try program.run("repair", source.path).code == 0)
      #expect(try program.run("verify").code == 0)
    }
  }

  /// A command line, and the exit code that it must end with.
  private static let mistakes: [(arguments: [String], code: Int32)] = [
    (["show"], 64), (["show", "Bad Name"], 64), (["list", "--kind", "modle"], 64),
    (["add", "x", "--from", "nothing"], 64), (["gc", "--older-than", "soon"], 64),
    (["alias", "rows", "v7"], 64), (["shwo", "x"], 64), (["show", "nothing"], 1),
    (["show", "./nothing"], 1), (["rollback", "production"], 1),
  ]

  @Test("a mistake on the command line has a sentence and its exit code", arguments: mistakes)
  func usage(arguments: [String], code: Int32) throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      try program.run("add", "rows.ndjson", "--name", "rows")
      let outcome = try program.run(arguments)
      #expect(outcome.code == code, "\(outcome.output)\(outcome.errors)")
      #expect(!outcome.errors.isEmpty)
    }
  }

  @Test("outside a workspace every command says where it looked")
  func noWorkspace() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run("list", environment: ["MLOPS_HOME": ""])
    #expect(outcome.code != 0)
    let json = try program.run("list", "--json").json
    #expect(json["error"]?["code"] == "lifecycle.no_workspace")
  }

  @Test("a failed promotion leaves the pointer where it was")
  func promotionNeedsEvidence() throws {
    try withRegistry { program in
      try program.write(
        "store: registry/store\nenvironments:\n  production:\n    suites: [labels]\n",
        to: "mlops.yaml")
      try program.addModel(as: "base")
      for letter in ["a", "b"] {
        try program.write("template: '{{q}}\(letter)'", to: "\(letter).yaml")
        try program.run("add", "\(letter).yaml", "--name", "prompt-\(letter)")
        let created = try program.run(
          "release", "create", "release", "--model", "base", "--prompt", "prompt-\(letter)")
        #expect(created.code == 0, "\(created.errors)")
      }
      try program.write(
        """
        name: labels
        task: label
        input: q
        expected: a
        cases: [{q: x, a: {b: 1}}]
        """, to: "labels.yaml")
      #expect(try program.run("add", "labels.yaml", "--name", "labels").code == 0)
      #expect(try program.run("promote", "release@v1", "--to", "production").code == 0)
      let refused = try program.run("promote", "release@v2", "--to", "production")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("mlops evaluate --candidate release@v2"))
      #expect(
        try program.run("status", "--json").json["environments"]?.array?.first?["generation"] == 1)
      #expect(
        try program.run("promote", "release@v2", "--to", "production", "--force").code == 64)
      let forced = try program.run(
        "promote", "release@v2", "--to", "production", "--force", "--reason", "try it", "--json")
      #expect(try forced.json["forced"] == true)
      #expect(try program.run("rollback", "production", "--json").json["release"] == "release@v1")
      let generations = try program.run("history", "production", "--json").json["generations"]
      #expect(generations?.array?.compactMap { $0["generation"]?.int } == [3, 2, 1])
    }
  }

  @Test("evidence cannot be forged: evaluations and releases are not added from files")
  func evidenceIsNotAdded() throws {
    try withRegistry { program in
      try program.write("", to: "empty")
      for kind in ["evaluation", "release"] {
        let outcome = try program.run("add", "empty", "--kind", kind, "--json")
        #expect(outcome.code == 64)
        #expect(try outcome.json["error"]?["code"] == "lifecycle.reserved_kind")
      }
    }
  }

  @Test("a release that could not be run is not made")
  func releaseNeedsModel() throws {
    try withRegistry { program in
      try program.write("x", to: "weights.bin")
      try program.run("add", "weights.bin", "--kind", "model", "--name", "weights")
      let outcome = try program.run("release", "create", "r", "--model", "weights", "--json")
      #expect(outcome.code == 1)
      #expect(try outcome.json["error"]?["code"] == "lifecycle.no_gguf")
      #expect(try program.run("promote", "weights", "--to", "production").code == 1)
    }
  }

  @Test("damaged bytes are neither promoted nor answered with")
  func damagedModel() throws {
    try withRegistry { program in
      let digest = try program.addModel(as: "base")
      try program.run("release", "create", "r", "--model", "base")
      let blob = program.folder.appendingPathComponent(
        "registry/store/blobs/sha256/\(digest.prefix(2))/\(digest.dropFirst(2))")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: blob.path)
      let file = try FileHandle(forWritingTo: blob)
      try file.seek(toOffset: 5_000_000)
      try file.write(contentsOf: Data([0x55, 0xAA]))
      try file.close()
      for command in [["promote", "r", "--to", "production"], ["ask", "1 + 1", "--of", "r"]] {
        let outcome = try program.run(command + ["--json"])
        #expect(outcome.code == 1)
        #expect(try outcome.json["error"]?["code"] == "lifecycle.damaged_part")
      }
    }
  }

  @Test("a mistyped command line gives an object with --json")
  func usageAsJSON() throws {
    try withRegistry { program in
      for arguments in [["list", "--kind", "zzz"], ["add"], ["list", "--limit", "0"]] {
        let outcome = try program.run(arguments + ["--json"])
        #expect(outcome.code == 64)
        #expect(try outcome.json["error"]?["kind"] == "usage")
      }
    }
  }

  @Test("a result that cannot be written is a failure")
  func fullOutput() throws {
    try withRegistry { program in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "exec '\(Program.executable.path)' list --json > /dev/full"]
      process.environment = ProcessInfo.processInfo.environment
        .merging(["MLOPS_HOME": program.folder.path]) { $1 }
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
    }
  }
}
