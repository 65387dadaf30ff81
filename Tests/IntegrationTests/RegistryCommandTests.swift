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
      for letter in ["a", "b"] {
        try program.write(letter, to: "\(letter).bin")
        try program.run("add", "\(letter).bin", "--kind", "model", "--name", "model-\(letter)")
        try program.run("release", "create", "release", "--model", "model-\(letter)")
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
}
