import Foundation
import JSON
import Testing

/// From thumbs to a trained adapter, and back to nothing when a person asks for it.
@Suite struct FeedbackCommandTests {
  private static let sample = Program.project.appendingPathComponent("registry")
  private static let mapping = [
    "input/problem=/problem", "output=/predicted", "corrected=/corrected", "rating=/rating",
    "rater=/rater", "at=/date", "id=/id",
  ].flatMap { ["--map", $0] }

  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try body(program)
  }

  private func importSample(_ name: String, _ program: Program) throws -> JSONValue {
    let file = FeedbackCommandTests.sample.appendingPathComponent("data/\(name)").path
    let outcome = try program.run(
      ["feedback", "import", file, "--json"] + FeedbackCommandTests.mapping)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try outcome.json
  }

  @Test("the sample's feedback becomes a dataset that trains an adapter")
  func loop() throws {
    try withRegistry { program in
      let report = try importSample("feedback.ndjson", program)
      #expect(report["rows"] == 1171)
      #expect(report["added"] == 1153)
      #expect(report["invalid"] == 3)
      #expect(report["repeated"] == 15)
      #expect(try importSample("feedback.ndjson", program)["added"] == 0)
      let prompt = FeedbackCommandTests.sample.appendingPathComponent("prompts/labeler.yaml").path
      let arguments = ["feedback", "build", "--out", "fb", "--prompt", prompt, "--json"]
      let built = try program.run(arguments)
      #expect(built.code == 0, "\(built.errors)")
      #expect(try built.json["report"]?["rows"] == 1143)
      let again = try program.run(arguments)
      #expect(try again.json["is_new"] == false)
      #expect(try again.json["digest"] == built.json["digest"])
      #expect(try program.run("show", "fb", "--profile", "--json").code == 0)
      try program.addModel(as: "base")
      // One row for each of the labels, so that training takes seconds.
      let few = try program.run(
        "feedback", "build", "--out", "few", "--prompt", "labeler", "--balance", "cap",
        "--balance-by", "/answer/하위분류", "--per-class", "1", "--json")
      #expect(try few.json["report"]?["rows"] == few.json["report"]?["classes"])
      let trained = try program.run(
        "train", "--base", "base", "--data", "few", "--out", "tuned", "--epochs", "1", "--json")
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(try trained.lastEvent["training"]?["rows"] == few.json["report"]?["rows"])

      // A rater whose columns slipped asks to be forgotten.
      _ = try importSample("feedback-mislabelled.ndjson", program)
      let spoiled = try program.run(
        "feedback", "build", "--out", "fb", "--prompt", "labeler", "--method", "kto", "--json")
      #expect(try spoiled.json["report"]?["conflicts"]?.int ?? 0 > 0)
      #expect(
        try program.run(
          "feedback", "build", "--out", "more", "--prompt", "labeler", "--merge", "fb",
          "--method", "kto"
        ).code == 0)
      let dry = try program.run("feedback", "forget", "--subject", "교사-99", "--dry-run", "--json")
      #expect(try dry.json["records"] == 150)
      let forgotten = try program.run("feedback", "forget", "--subject", "교사-99", "--json")
      #expect(try forgotten.json["records"] == 150)
      let reached = try forgotten.json["reached"]?.array ?? []
      #expect(reached.map { $0["reference"] } == ["fb@v2", "more@v1"])
      #expect(reached[0]["rows"]?.int ?? 0 > 0)
      let lineage = try program.run("lineage", "fb", "--json")
      #expect(try lineage.json["forgotten_rows"]?["fb@v2"]?.int ?? 0 > 0)
      #expect(try program.run("lineage", "fb@v1", "--json").json["forgotten_rows"] == [:])
      let clean = try program.run(
        "feedback", "build", "--out", "fb", "--prompt", "labeler", "--json")
      #expect(try clean.json["digest"] == built.json["digest"])
      #expect(try program.run("verify").code == 0)
    }
  }

  @Test("one judgement is added, listed, exported and read back elsewhere")
  func adding() throws {
    try withRegistry { program in
      let added = try program.run(
        "feedback", "add", "--input", "전화 010-1234-5678", "--output", "[2수01-01]", "--down",
        "--corrected", "[4수01-02]", "--rater", "kim", "--subject", "학생-1", "--consent", "--json")
      #expect(added.code == 0, "\(added.errors)")
      #expect(try added.json["record"]?["input"] == "전화 <PHONE>")
      #expect(try added.json["scrubbed"] == ["phone": 1])
      #expect(
        try program.run("feedback", "add", "--input", "q", "--output", "a", "--up", "--no-consent")
          .code == 0)
      let listed = try program.run("feedback", "list", "--json").json
      #expect(listed["count"] == 2)
      #expect(listed["feedback"]?.array?.first?["record"]?["consent"] == false)
      #expect(try program.run("feedback", "list").output.contains("[4수01-02]"))
      let exported = try program.run("feedback", "export").output
      #expect(exported.split(separator: "\n").count == 1)
      #expect(!exported.contains("학생-1"))
      #expect(
        try program.run("feedback", "export", "--all").output.split(separator: "\n").count == 2)
      try program.write(exported, to: "out.ndjson")
      try withRegistry { other in
        try other.write(exported, to: "in.ndjson")
        #expect(try other.run("feedback", "import", "in.ndjson", "--json").json["added"] == 1)
      }
      #expect(try program.run("feedback", "import", "out.ndjson", "--json").json["repeated"] == 1)
      let stats = try program.run("feedback", "stats", "--json").json
      #expect(stats["thumbs"]?["down"] == 1)
      #expect(stats["consent"]?["refused"] == 1)
      #expect(try program.run("feedback", "stats").output.contains("1 up, 1 down"))
      let record = try program.run(
        "feedback", "add", "--record", #"{"rating": "up", "receipt": "r-1"}"#)
      #expect(record.code == 0, "\(record.errors)")
    }
  }

  @Test("consent that is required, and a schema of one's own, hold")
  func policy() throws {
    try withRegistry { program in
      try program.write(
        """
        {"properties": {"rater": {"pattern": "^t-[0-9]+$"}}, "required": ["rater"]}
        """, to: "own.json")
      try program.write(
        """
        store: registry/store
        feedback: {require_consent: true, schema: own.json, scrub: false}
        """, to: "mlops.yaml")
      let refused = try program.run(
        "feedback", "add", "--input", "q", "--output", "a", "--up", "--rater", "kim")
      #expect(refused.code == 65)
      #expect(refused.errors.contains("/rater"))
      try program.write(
        """
        {"input":"q","output":"call 010-1234-5678","rating":"up","rater":"t-1"}
        {"input":"p","output":"b","rating":"up","rater":"t-2","consent":true}
        """, to: "f.ndjson")
      #expect(try program.run("feedback", "import", "f.ndjson", "--json").json["added"] == 2)
      let built = try program.run("feedback", "build", "--out", "d", "--json")
      #expect(try built.json["report"]?["rows"] == 1)
      #expect(try program.run("feedback", "list").output.contains("010-1234"))
    }
  }

  @Test("mistakes are told, and change nothing")
  func mistakes() throws {
    try withRegistry { program in
      try program.write("{\"input\":\"q\"}\n", to: "bad.ndjson")
      for (arguments, code, text) in [
        (["add"], 65, "rating"), (["add", "--up", "--down"], 64, "not both"),
        (["add", "--record", "{"], 64, "JSON"), (["import", "bad.ndjson"], 65, "bad.ndjson:1:1"),
        (["import", "none.ndjson"], 1, "none.ndjson"),
        (["import", "bad.ndjson", "--map", "inptu=/q"], 65, "input"),
        (["build", "--out", "d", "--method", "sftt"], 64, "sft"),
        (["build", "--out", "d", "--conflicts", "rater"], 64, "--raters"),
        (["build", "--out", "d", "--balance", "cap", "--balance-by", "x"], 64, "pointer"),
        (["build", "--out", "d"], 65, "nothing to learn"),
        (["forget", "--subject", ""], 64, "empty"),
        (["list", "--since", "soon"], 64, "--since"),
      ] as [([String], Int32, String)] {
        let outcome = try program.run(["feedback"] + arguments)
        #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(arguments): \(outcome.errors)")
      }
      #expect(try program.run("feedback", "stats").output.contains("no feedback"))
    }
  }

  @Test(
    "a vote that lost its conflict is found when its rater is forgotten, and stays out of merges")
  func forgottenVotes() throws {
    try withRegistry { program in
      try program.write(
        """
        {"input":"q","corrected":"ANNASECRET","rater":"anna","at":"2026-01-01"}
        {"input":"q","corrected":"c2","rater":"bob","at":"2026-01-02"}
        {"input":"p","corrected":"MOMSECRET","rater":"mom","at":"2026-01-01"}
        """, to: "f.ndjson")
      #expect(try program.run("feedback", "import", "f.ndjson").code == 0)
      let built = try program.run(
        "feedback", "build", "--out", "old", "--conflicts", "rater", "--raters", "bob,anna")
      #expect(built.code == 0, "\(built.errors)")
      #expect(built.output.contains("anna"))
      // The version names nobody.
      for word in ["anna", "\"bob"] {
        #expect(try !program.run("show", "old", "--json").output.contains(word))
      }
      let anna = try program.run("feedback", "forget", "--subject", "anna", "--json").json
      #expect(anna["reached"]?.array?.first?["reference"] == "old@v1")
      #expect(anna["reached"]?.array?.first?["conflicts"] == 1)
      #expect(try program.run("feedback", "forget", "--subject", "mom").code == 0)
      let merged = try program.run("feedback", "build", "--out", "new", "--merge", "old", "--json")
      #expect(try merged.json["report"]?["forgotten"] == 1)
      #expect(try merged.json["report"]?["rows"] == 1)
      #expect(try program.run("lineage", "new", "--json").json["forgotten_rows"] == ["old@v1": 1])
      // The merged row still says which feedback it comes from.
      let bob = try program.run("feedback", "forget", "--subject", "bob", "--json").json
      let reached = bob["reached"]?.array ?? []
      #expect(reached.map { [$0["reference"], $0["rows"]] } == [["old@v1", 1], ["new@v1", 1]])
      let nobody = try program.run("feedback", "forget", "--subject", "nobody")
      #expect(nobody.output.contains("nobody of that name"))
      #expect(
        try program.run(
          "feedback", "build", "--out", "x", "--conflicts", "rater", "--raters", "zoe"
        ).errors.contains("'zoe'"))
    }
  }

  @Test("an empty option is told and leaves nothing, and the record is shown as it is stored")
  func emptyOptions() throws {
    try withRegistry { program in
      for option in ["--input", "--output", "--comment", "--tag", "--rater", "--corrected"] {
        let outcome = try program.run(
          "feedback", "add", "--input", "q", "--output", "a", "--up", option, " ")
        #expect(outcome.code == 64, "\(option): \(outcome.errors)")
        #expect(outcome.errors.contains("\(option) is empty"), "\(outcome.errors)")
      }
      #expect(try program.run("feedback", "stats").output.contains("no feedback"))
      let added = try program.run(
        "feedback", "add", "--input", "q", "--output", "a", "--up", "--subject", "anna", "--json"
      ).json
      #expect(added["record"]?["subject"] == nil)
      let listed = try program.run("feedback", "list", "--json").json["feedback"]?.array?.first
      #expect(listed?["record"] == added["record"])
      #expect(listed?["feedback"] == added["feedback"])
    }
  }

  @Test("consent that is required holds for export too")
  func requiredConsentInExport() throws {
    try withRegistry { program in
      try program.write("feedback: {require_consent: true}\n", to: "mlops.yaml")
      for consent in [["--consent"], []] {
        #expect(
          try program.run(
            ["feedback", "add", "--input", "q\(consent)", "--output", "a", "--up"] + consent
          ).code == 0)
      }
      #expect(try program.run("feedback", "export").output.split(separator: "\n").count == 1)
      let built = try program.run("feedback", "build", "--out", "d", "--json").json
      #expect(built["report"]?["without_consent"] == 1)
    }
  }
}
