import Foundation
import JSON
import Testing

/// `mlops evaluate` with a suite whose answers a model judges.
@Suite(.timeLimit(.minutes(10))) struct JudgeCommandTests {
  private static let suite = """
    name: judged
    task: generate
    input: problem
    expected: answer
    max_tokens: 60
    metrics: [judge, judge_win]
    judge: {release: judge, rubric: "5: good, 1: bad", scale: [1, 3], human: rating}
    gate: {metric: judge, margin: 3}
    cases:
      - {problem: "사과 3개와 귤 4개", answer: "7", rating: 2}
      - {problem: "두 자리 수의 덧셈", answer: "덧셈", rating: {answer: "덧셈", score: 3}}
      - {problem: "원의 넓이", answer: "넓이", rating: candidate}
      - {problem: "삼각형", answer: "도형"}

    """
  private static let compared = [
    "evaluate", "--candidate", "r@v2", "--baseline", "r@v1", "--suite", "s", "--context", "1024",
  ]

  /// A workspace with the sample's base model, two releases of it, and a judge of a tiny other model.
  private func withReleases(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.addModel(as: "base")
    for (number, template) in ["{{problem}}", "문제: {{problem}} {{problem}}"].enumerated() {
      try program.write("template: '\(template)'\n", to: "p\(number).yaml")
      #expect(try program.run("add", "p\(number).yaml", "--name", "p\(number)").code == 0)
      #expect(
        try program.run("release", "create", "r", "--model", "base", "--prompt", "p\(number)").code
          == 0)
    }
    try program.write(Self.suite, to: "judged.yaml")
    #expect(try program.run("add", "judged.yaml", "--name", "s").code == 0)
    try body(program)
  }

  /// The document without the reference of the version that it is stored as.
  private func report(_ outcome: Program.Outcome) throws -> String {
    var members = try #require(try outcome.json.object)
    members["evaluation"] = nil
    return JSONValue.object(members).canonical
  }

  @Test("a real model judges, a second run needs no model, and its report is the same")
  func judging() throws {
    try withReleases { program in
      #expect(try program.run("release", "create", "judge", "--model", "base").code == 0)
      let first = try program.run(Self.compared + ["--json"])
      #expect([0, 101].contains(first.code), "\(first.errors)")
      let judge = try #require(try first.json["judge"])
      let scored = try #require(judge["scored"]?.int)
      #expect(scored >= 5 && scored <= 9)
      #expect(judge["unjudged"] == [] && judge["scale"] == [1, 3])
      #expect(judge["human"]?["scores"]?["cases"] == 2)
      #expect(judge["human"]?["preferences"]?["cases"] == 1)
      let compared = try #require(judge["compared"]?.int)
      #expect(compared > 0 && judge["orders"]?["cases"]?.int == compared)
      for one in try #require(try first.json["cases"]?.array) {
        let (before, after) = (one["baseline"]?["values"], one["candidate"]?["values"])
        let scores = [before?["judge"]?.double, after?["judge"]?.double].compactMap { $0 }
        #expect(scores.count == 2 && scores.allSatisfy { (1...3).contains($0) })
        // It is a mean, not one of the scale's numbers.
        #expect(scores.allSatisfy { $0 != $0.rounded() })
        let wins = [before?["judge_win"]?.double, after?["judge_win"]?.double].compactMap { $0 }
        #expect(wins.reduce(0, +) == 1)
      }
      // All three releases are of one model: that the judge is the sides is told.
      #expect(judge["same_as"] == ["candidate", "baseline"])
      // Nothing is loaded any more: what would be is damaged.
      try damageModels(program)
      let second = try program.run(Self.compared + ["--json"])
      #expect(second.code == first.code, "\(second.errors)")
      #expect(try report(second) == report(first))
      let text = try program.run(Self.compared)
      #expect(
        text.output.contains("\(8 + scored + 2 * compared) answers of earlier evaluations"),
        "\(text.output)")
      #expect(text.output.contains("judge judge@v1 ("), "\(text.output)")
      #expect(try program.run(Self.compared + ["--refresh"]).code == 1)
    }
  }

  @Test("the judge is an ingredient of the evaluation, and a model can be one")
  func lineage() throws {
    try withReleases { program in
      try program.write(
        Self.suite.replacing("release: judge", with: "release: base"), to: "judged.yaml")
      #expect(try program.run("add", "judged.yaml", "--name", "s").code == 0)
      let outcome = try program.run(Self.compared + ["--json"])
      #expect([0, 101].contains(outcome.code), "\(outcome.errors)")
      let reference = try #require(try outcome.json["evaluation"]?.string)
      let digest = try #require(try outcome.json["judge"]?["digest"]?.string)
      let ingredients = try #require(
        try program.run("show", reference, "--json").json["ingredients"]?.array)
      #expect(
        ingredients.contains { $0["role"] == "judge" && $0["digest"]?.string == digest },
        "\(ingredients)")
      #expect(try program.run("verify").code == 0)
      #expect(try program.run("lineage", "base-release").code == 0)
    }
  }

  @Test("a judge that is not there is told before anything runs")
  func missing() throws {
    try withReleases { program in
      let bad = try program.run(Self.compared)
      #expect(bad.code == 65, "\(bad.errors)")
      #expect(bad.errors.contains("its judge 'judge' cannot be used"), "\(bad.errors)")
      try program.write("template: '{{x}}'\n", to: "judge.yaml")
      #expect(try program.run("add", "judge.yaml", "--name", "judge").code == 0)
      let other = try program.run(Self.compared)
      #expect(other.code == 65 && other.errors.contains("prompt"), "\(other.errors)")
      #expect(
        !FileManager.default.fileExists(
          atPath: program.folder.appendingPathComponent("registry/store/answers.db").path))
    }
  }

  /// Writes over every large blob, so that loading a model would be refused.
  private func damageModels(_ program: Program) throws {
    let folder = program.folder.appendingPathComponent("registry/store")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey]))
    var count = 0
    for case let url as URL in files where url.path.contains("/blobs/") {
      guard try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 > 1 << 20 else {
        continue
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path)
      let handle = try FileHandle(forWritingTo: url)
      try handle.seek(toOffset: 1 << 20)
      try handle.write(contentsOf: Data(repeating: 7, count: 4096))
      try handle.close()
      count += 1
    }
    #expect(count > 0)
  }
}
