import Foundation
import JSON
import Testing

/// What people get wrong, and what they are told.
@Suite struct MistakeTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try body(program)
  }

  /// A registry with two releases of the sample's model, the first of them in production.
  private func withReleases(_ body: (Program) throws -> Void) throws {
    try withRegistry { program in
      try program.addModel(as: "base")
      for index in 1...2 {
        try program.write("template: '{{problem}}\(index)'\n", to: "prompt.yaml")
        #expect(try program.run("add", "prompt.yaml", "--name", "prompt").code == 0)
        let made = try program.run(
          "release", "create", "labeler", "--model", "base", "--prompt", "prompt")
        #expect(made.code == 0, "\(made.errors)")
      }
      #expect(try program.run("promote", "labeler@v1", "--to", "production").code == 0)
      try body(program)
    }
  }

  @Test("a file that is registered under another name is found, not added again")
  func pathOfKnownContent() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      #expect(
        try program.run("add", "rows.ndjson", "--name", "feedback", "--meta", "x=y").code == 0)
      let shown = try program.run("show", "./rows.ndjson", "--json")
      #expect(try shown.json["reference"] == "feedback@v1")
      #expect(shown.errors.isEmpty)
      #expect(try program.run("list", "--json").json["artifacts"]?.array?.count == 1)
      try program.write("{\"a\":2}\n", to: "new.ndjson")
      #expect(try program.run("show", "./new.ndjson").errors.contains("was added as new@v1"))
    }
  }

  @Test("asking a model, or promoting it in vain, registers no release")
  func refusedCommandsLeaveNothing() throws {
    try withReleases { program in
      try program.write(
        """
        store: registry/store
        environments:
          production:
            suites: [labels]
        """, to: "mlops.yaml")
      try program.write("{\"id\":\"1\",\"problem\":\"1+1\",\"label\":\"2\"}\n", to: "cases.ndjson")
      try program.write(
        """
        name: labels
        task: label
        data: cases.ndjson
        input: problem
        expected: label
        metrics: [accuracy]
        gate: {metric: accuracy, rule: no_regression, margin: 0.01, alpha: 0.05}
        """, to: "labels.yaml")
      let suite = try program.run("add", "labels.yaml", "--name", "labels")
      #expect(suite.code == 0, "\(suite.errors)")
      let model = Program.project.appendingPathComponent("registry/models/labeler-base.gguf")
      let other = program.folder.appendingPathComponent("other.gguf")
      try (Data(contentsOf: model) + Data(count: 32)).write(to: other)
      let added = try program.run("add", "other.gguf")
      #expect(added.code == 0, "\(added.errors)")
      let before = try program.run("list", "--json").json
      let refused = try program.run("promote", "other", "--to", "production")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("code: deployment.no_evidence"), "\(refused.errors)")
      #expect(try program.run("ask", "hello", "--of", "other").code == 0)
      #expect(try program.run("list", "--json").json == before)
    }
  }

  @Test("an alias that cannot be adds no path")
  func badAlias() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      let refused = try program.run("alias", "./rows.ndjson", "Not_An_Alias")
      #expect(refused.code == 64)
      #expect(refused.errors.contains("1 to 128 of a-z"))
      #expect(try program.run("list", "--json").json["artifacts"] == [])
    }
  }

  @Test("--kind cannot make something of what it is not")
  func kindAgainstContent() throws {
    try withRegistry { program in
      try program.write("", to: "empty.gguf.bin")
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      try program.write("name: x\n", to: "note.yaml")
      let model = Program.project.appendingPathComponent("registry/models/labeler-base.gguf").path
      for (path, kind, code) in [
        ("empty.gguf.bin", "model", "lifecycle.no_content"),
        ("rows.ndjson", "model", "lifecycle.content_of_other_kind"),
        (model, "adapter", "lifecycle.content_of_other_kind"),
        ("note.yaml", "prompt", "lifecycle.bad_configuration"),
      ] {
        let refused = try program.run("add", path, "--kind", kind, "--name", "x")
        #expect(refused.code == 65, "\(path) as \(kind)")
        #expect(refused.errors.contains("code: \(code)"), "\(refused.errors)")
      }
      #expect(try program.run("list", "--json").json["artifacts"] == [])
    }
  }

  @Test("lines of NDJSON that cannot be read are counted and told of")
  func brokenLines() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n{\"a\":\n", to: "rows.ndjson")
      let added = try program.run("add", "rows.ndjson", "--json")
      #expect(added.code == 0)
      #expect(added.errors.contains("1 line of it cannot be read as JSON"))
      #expect(try added.json["metadata"]?["defective_rows"] == 1)
    }
  }

  @Test("a rollback that has nowhere to go names the generations")
  func rollbackAtTheFirst() throws {
    try withReleases { program in
      #expect(try program.run("promote", "labeler@v2", "--to", "production").code == 0)
      #expect(try program.run("rollback", "production", "--to", "1").code == 0)
      let refused = try program.run("rollback", "production")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("Name the generation with --to: 2 (labeler@v2)."))
      #expect(try program.run("rollback", "production", "--to", "2").code == 0)
    }
  }

  @Test("what nobody knows is an error, with the near names")
  func unknownSubjects() throws {
    try withReleases { program in
      for arguments in [
        ["history", "prodution"], ["log", "@prodution"], ["rollback", "prodution"],
      ] {
        let refused = try program.run(arguments)
        #expect(refused.code == 1)
        #expect(refused.errors.contains("Did you mean production?"), "\(arguments)")
      }
      let repaired = try program.run("repair", "nothing-here")
      #expect(repaired.code == 1)
      #expect(repaired.errors.contains("code: registry.no_candidate"))
    }
  }

  @Test("an environment names the release by the name it was promoted under")
  func nameOfTheRelease() throws {
    try withReleases { program in
      let twin = try program.run(
        "release", "create", "twin", "--model", "base", "--prompt", "prompt@v2")
      #expect(twin.code == 0)
      #expect(try program.run("promote", "twin", "--to", "production").code == 0)
      let status = try program.run("status", "--json").json
      #expect(status["environments"]?.array?.first?["release"] == "twin@v1", "\(status)")
    }
  }

  @Test("a workspace cannot be where a file is")
  func workspaceAtAFile() throws {
    try withRegistry { program in
      try program.write("x", to: "file")
      let refused = try program.run("init", "file")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("code: lifecycle.cannot_make_workspace"), "\(refused.errors)")
    }
  }

  @Test("a mistake in the arguments shows the usage of the command")
  func usageOfTheCommand() throws {
    try withRegistry { program in
      let refused = try program.run("add", ".", "--kind", "modle")
      #expect(refused.code == 64)
      #expect(refused.errors.contains("Did you mean 'model'?"))
      #expect(refused.errors.contains("mlops add <path>"), "\(refused.errors)")
      let json = try program.run("alias", "x", "--remove", "--json")
      #expect(json.code == 64)
      #expect(try json.json["error"]?["code"] == "usage")
    }
  }

  @Test("a link to a folder that holds it is named as what it is")
  func linkLoop() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "data/rows.ndjson")
      try FileManager.default.createSymbolicLink(
        atPath: program.folder.appendingPathComponent("data/again").path, withDestinationPath: ".")
      let refused = try program.run("add", "data")
      #expect(refused.code == 65)
      #expect(refused.errors.contains("it is a link to a folder that holds it"))
    }
  }

  @Test("a name that cannot be is refused before any work is done")
  func namesThatCannotBe() throws {
    try withRegistry { program in
      try program.write("{\"a\":1}\n", to: "rows.ndjson")
      try program.write("{\"type\":\"object\"}", to: "schema.json")
      // "-quarantine" does not fit behind it.
      let long = String(repeating: "n", count: 125)
      let ingested = try program.run(
        "ingest", "rows.ndjson", "--schema", "schema.json", "--name", long)
      #expect(ingested.code == 64)
      #expect(ingested.errors.contains("code: core.malformed_name"))
      #expect(try program.run("list", "--json").json["artifacts"] == [])

      try program.addModel(as: "base")
      #expect(try program.run("add", "rows.ndjson", "--name", "rows").code == 0)
      let trained = try program.run("train", "--base", "base", "--data", "rows", "--out", "rows")
      #expect(trained.code == 64)
      #expect(trained.errors.contains("'rows' is a dataset; expected an adapter."))
    }
  }

  @Test("limits and folders of reports are looked at before the work")
  func reportOptions() throws {
    try withRegistry { program in
      let compared = ["evaluate", "--candidate", "a", "--baseline", "b", "--suite", "s"]
      for (arguments, hint) in [
        (compared + ["--markdown", "not/there/report.md"], "is not there or not writable"),
        (compared + ["--examples=-1"], "--examples is 0 or more"),
        (["validate", "x.ndjson", "--schema", "y.json", "--max-errors=-1"], "0 or more"),
      ] {
        let refused = try program.run(arguments)
        #expect(refused.code == 64, "\(arguments)")
        #expect(refused.errors.contains(hint), "\(refused.errors)")
      }
    }
  }

  @Test("YAML that is no UTF-8 is refused with a sentence")
  func textThatIsNone() throws {
    try withRegistry { program in
      let url = program.folder.appendingPathComponent("prompt.yaml")
      try Data([0x74, 0x3A, 0x20, 0xFF, 0xFE, 0x0A]).write(to: url)
      let refused = try program.run("add", "prompt.yaml")
      #expect(refused.code == 65)
      #expect(refused.errors.contains("it is not UTF-8 text"), "\(refused.errors)")
    }
  }

  @Test("a slip of the finger makes no environment without a gate")
  func mistypedEnvironment() throws {
    try withReleases { program in
      let refused = try program.run("promote", "labeler@v2", "--to", "prodcution")
      #expect(refused.code == 64)
      #expect(refused.errors.contains("did you mean 'production'?"), "\(refused.errors)")
      #expect(try program.run("promote", "labeler@v2", "--to", "staging").code == 0)
    }
  }

  @Test("a history that cannot be read is told of and written anew")
  func damagedHistory() throws {
    try withReleases { program in
      let objects = program.folder.appendingPathComponent("registry/store/history.git/objects")
      for name in try FileManager.default.contentsOfDirectory(atPath: objects.path) {
        try FileManager.default.removeItem(at: objects.appendingPathComponent(name))
      }
      let damaged = try program.run("verify")
      #expect(damaged.code == 1)
      #expect(damaged.output.contains("the history cannot be read"), "\(damaged.output)")
      let repaired = try program.run("repair", "--json").json
      #expect(repaired["history_rewritten"] == true)
      #expect(try program.run("verify").code == 0)
    }
  }

  @Test("a truncated blob is called damaged, not missing")
  func truncatedBlob() throws {
    try withReleases { program in
      let digits = try program.addModel(as: "base")
      let blob = program.folder.appendingPathComponent(
        "registry/store/blobs/sha256/\(digits.prefix(2))/\(digits.dropFirst(2))")
      try FileManager.default.removeItem(at: blob)
      try Data("short".utf8).write(to: blob)
      let refused = try program.run("ask", "hello", "--of", "@production")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("it has 5 bytes, not"), "\(refused.errors)")
    }
  }

  @Test(
    "prompts that no question gets into are refused",
    arguments: [
      ("template: '{{problem'", "without its '}}'"), ("template: 5", "has no {{field}}"),
      ("tempalte: '{{x}}'", "did you mean 'template'?"),
    ])
  func badPrompts(yaml: String, hint: String) throws {
    try withRegistry { program in
      try program.write(yaml + "\n", to: "prompt.yaml")
      let refused = try program.run("add", "prompt.yaml", "--kind", "prompt")
      #expect(refused.code == 65)
      #expect(refused.errors.contains(hint), "\(refused.errors)")
    }
  }

  @Test("rows from a pipe are read, and an unknown command is what is named")
  func pipes() throws {
    try withRegistry { program in
      try program.write("{\"type\":\"object\"}", to: "schema.json")
      try program.write("5\n{}\n", to: "rows.ndjson")
      let piped = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"),
        [
          "-c", "cat rows.ndjson | \"$0\" validate --schema schema.json /dev/stdin",
          Program.executable.path,
        ])
      #expect(piped.code == 65)
      #expect(piped.output.contains("1 of 2 rows invalid"), "\(piped.output)")
      let ingested = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"),
        [
          "-c", "cat rows.ndjson | \"$0\" ingest --schema schema.json --name x -",
          Program.executable.path,
        ])
      #expect(ingested.code == 0, "\(ingested.errors)")
      #expect(ingested.output.contains("2 rows: 1 accepted, 0 duplicate, 1 in quarantine"))
      let unknown = try program.run("bogus", "--json")
      #expect(unknown.code == 64)
      #expect(try unknown.json["error"]?["message"]?.string?.contains("'bogus'") == true)
    }
  }

  @Test("verify does not send to repair what repair cannot mend")
  func lostFeedback() throws {
    try withRegistry { program in
      let text = try program.run("verify")
      #expect(text.code == 0)
      try program.write("", to: "registry/store/feedback.db")
      let damaged = try program.run("verify")
      #expect(damaged.code == 1 && damaged.output.contains("backup"), "\(damaged.output)")
      #expect(!damaged.output.contains("repair"), "\(damaged.output)")
    }
  }
}
