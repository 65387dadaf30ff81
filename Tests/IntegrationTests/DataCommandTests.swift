import Foundation
import JSON
import Testing

/// From raw rows to the parts of a split, as a data validator does it.
@Suite struct DataCommandTests {
  private func withRegistry(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write(
      """
      {"type": "object", "required": ["id", "text"],
       "properties": {"id": {"type": "integer"}, "text": {"type": "string"}}}
      """, to: "schema.json")
    try body(program)
  }

  @Test("a share of 1 without a percent sign is refused, since it could be 1 % or all")
  func ambiguousShare() throws {
    try withRegistry { program in
      try program.write("{\"id\": 1, \"text\": \"x\"}\n{}\n", to: "rows.ndjson")
      let arguments = ["ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d"]
      for text in ["1", "1.0"] {
        let refused = try program.run(arguments + ["--max-invalid", text])
        #expect(refused.code == 64)
        #expect(refused.errors.contains("did you mean 1% or 100%?"), "\(refused.errors)")
      }
      #expect(try program.run(arguments + ["--max-invalid", "1%"]).code == 65)
      #expect(try program.run(arguments + ["--max-invalid", "100%"]).code == 0)
    }
  }

  @Test("ingest cleans valid rows, counts every other one, and gives the same digest again")
  func ingestWithCleaning() throws {
    try withRegistry { program in
      try program.write(
        """
        {"id": 1, "text": "  연락처는   010-1234-5678 입니다 "}
        {"id": "x", "text": "not an integer"}
        {"id": 2, "text": "짧다"}
        {"id": 3, "text": "사과 세 개와 귤 네 개를 모으면 모두 몇 개인가요?"}
        {"id": 4, "text": "사과 세 개와 귤 네 개를 모으면 모두 몇 개인가요??"}
        """, to: "rows.ndjson")
      try program.write(
        """
        - unicode: nfc
        - whitespace
        - scrub_pii
        - filter_length: {fields: [/text], min: 4}
        - drop_near_duplicates: {fields: [/text], threshold: 0.8}
        """, to: "clean.yaml")
      let arguments = [
        "ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d", "--clean", "clean.yaml",
        "--json",
      ]
      let first = try program.run(arguments)
      #expect(first.code == 0, "\(first.errors)")
      let report = try first.json["report"]
      #expect(report?["rows"] == 5)
      #expect(report?["accepted"] == 2)
      #expect(report?["quarantined"] == 1)
      #expect(report?["dropped"] == 2)
      let again = try program.run(arguments)
      #expect(try again.json["is_new"] == false)
      #expect(try again.json["digest"] == first.json["digest"])
      let shown = try program.run("show", "d", "--json").json
      #expect(shown["metadata"]?["cleaning"]?.array?.count == 5)
      #expect(try program.run("show", "d-quarantine", "--json").json["metadata"]?["rows"] == 3)
      let piped = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"),
        [
          "-c",
          "cat rows.ndjson | \"$0\" ingest - --schema schema.json --name p --clean clean.yaml",
          Program.executable.path,
        ])
      #expect(piped.code == 1)
      #expect(piped.errors.contains("save it to a file first"), "\(piped.errors)")
      let typo = try program.write("- whitspace\n", to: "typo.yaml")
      let refused = try program.run("clean", "d", "--steps", typo.path, "--out", "e")
      #expect(refused.code == 65)
      #expect(refused.errors.contains("whitespace"), "\(refused.errors)")
    }
  }

  @Test("tables are ingested with the types of the schema, and compressed files like plain ones")
  func tablesAndCompression() throws {
    try withRegistry { program in
      try program.write("id,text\n1,\"a, \"\"b\"\"\"\nx,c\n", to: "rows.csv")
      let table = try program.run(
        "ingest", "rows.csv", "--schema", "schema.json", "--name", "t", "--json")
      #expect(table.code == 0, "\(table.errors)")
      #expect(try table.json["report"]?["accepted"] == 1)
      #expect(try table.json["report"]?["quarantined"] == 1)
      try program.write("{\"id\":1,\"text\":\"a, \\\"b\\\"\"}\n", to: "rows.ndjson")
      let zipped = try program.run(
        executable: URL(fileURLWithPath: "/usr/bin/env"), ["gzip", "rows.ndjson"])
      #expect(zipped.code == 0)
      let packed = try program.run(
        "ingest", "rows.ndjson.gz", "--schema", "schema.json", "--name", "t", "--json")
      // The same row: the same digest.
      #expect(try packed.json["digest"] == table.json["digest"])
    }
  }

  @Test("tables are validated as they are ingested: files, packed files and the standard input")
  func tablesAreValidated() throws {
    try withRegistry { program in
      try program.write("id,text\n1,\"a\nb\"\nx,c\n", to: "rows.csv")
      let text = "4:1: /id: expected an integer, found \"x\" (a string)\n"
      let plain = try program.run("validate", "rows.csv", "--schema", "schema.json")
      #expect(plain.code == 65)
      #expect(plain.output.hasPrefix("rows.csv:" + text), "\(plain.output)")
      #expect(plain.output.hasSuffix("rows.csv: 1 of 2 rows invalid, 1 violation in 1 group\n"))
      let script = """
        gzip -k rows.csv && "$0" validate rows.csv.gz --schema schema.json
        tr , '\\t' < rows.csv | sed 's/"//g' | head -1 > in.tsv
        printf '7\\tgood\\n' >> in.tsv
        "$0" validate in.tsv --schema schema.json
        "$0" validate - --shape csv --schema schema.json --json < rows.csv > out.json
        echo $?
        """
      let others = try program.run(
        executable: URL(fileURLWithPath: "/bin/sh"), ["-c", script, Program.executable.path])
      let lines = others.output.split(separator: "\n").map(String.init)
      #expect(
        lines == [
          "rows.csv.gz:\(text.dropLast())",
          "rows.csv.gz: 1 of 2 rows invalid, 1 violation in 1 group",
          "in.tsv: 1 row, all valid", "65",
        ], "\(others)")
      let json = try JSONValue(
        parsing: String(
          contentsOf: program.folder.appendingPathComponent("out.json"), encoding: .utf8))
      #expect(json["files"]?.array?.first?["violations"]?.array?.first?["line"] == 4)
    }
  }

  @Test("dedup and split make datasets that know where they come from")
  func dedupAndSplit() throws {
    try withRegistry { program in
      let rows = (0..<200).map {
        "{\"id\":\($0),\"text\":\"문제 \($0 * 7919 % 1000)번: 답을 쓰세요\",\"g\":\($0 / 4)}"
      }
      try program.write((rows + [rows[0]]).joined(separator: "\n"), to: "rows.ndjson")
      let deduped = try program.run("dedup", "rows.ndjson", "--out", "d", "--exact", "--json")
      #expect(deduped.code == 0, "\(deduped.errors)")
      #expect(try deduped.json["report"]?["dropped"] == 1)
      let split = try program.run(
        "split", "d", "--out", "p", "--parts", "train=80,test=20", "--by", "/g", "--json")
      #expect(split.code == 0, "\(split.errors)")
      #expect(try split.json["parts"]?.array?.map { $0["dataset"] } == ["p-train@v1", "p-test@v1"])
      let lineage = try program.run("lineage", "p-test")
      #expect(lineage.output.contains("source: d@v1"))
      // No group in two parts, no row lost.
      let diff = try program.run("diff", "--rows", "p-train", "p-test", "--key", "/g", "--json")
        .json
      #expect(diff["changed"] == 0)
      #expect(diff["equal"] == 0)
      let sizes = try ["p-train", "p-test"].map {
        try program.run("show", $0, "--json").json["metadata"]?["rows"]?.int ?? 0
      }
      #expect(sizes.reduce(0, +) == 200)
      let profile = try program.run("show", "p-test", "--profile")
      #expect(profile.output.contains("/text"))
    }
  }

  @Test("contamination is found, shown, and decides the exit code")
  func contamination() throws {
    try withRegistry { program in
      let text = "상자에 든 공의 수를 세어 보았더니 빨간 공이 스물네 개, 파란 공이 열두 개였습니다"
      try program.write(
        "{\"id\":\"c1\",\"text\":\"\(text)\"}\n{\"id\":\"c2\",\"text\":\"다른 것\"}\n",
        to: "suite.ndjson")
      try program.write("{\"text\":\"다음을 읽으세요. \(text).\"}\n", to: "train.ndjson")
      let found = try program.run(
        "contamination", "./train.ndjson", "./suite.ndjson", "--field", "text")
      #expect(found.code == 100)
      #expect(found.output.contains("1 of 2 cases (50.0 %)"), "\(found.output)")
      let allowed = try program.run(
        "contamination", "./train.ndjson", "./suite.ndjson", "--field", "text", "--threshold", "50%"
      )
      #expect(allowed.code == 0)
    }
  }

  @Test("schemas are proposed, checked and compared")
  func schemas() throws {
    try withRegistry { program in
      try program.write(
        "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\",\"x\":true}\n", to: "rows.ndjson")
      let inferred = try program.run("schema", "infer", "rows.ndjson")
      #expect(inferred.code == 0)
      try program.write(inferred.output, to: "inferred.json")
      #expect(try program.run("validate", "rows.ndjson", "--schema", "inferred.json").code == 0)
      try program.write("{\"id\": 1}\noops\n{\"id\":\n", to: "part.ndjson")
      let part = try program.run("schema", "infer", "part.ndjson")
      #expect(part.code == 0)
      #expect(
        part.errors.contains(
          "2 rows could not be read and had no say; the first: part.ndjson:2:1: expected a value"),
        "\(part.errors)")
      try program.write("oops\n", to: "none.ndjson")
      let none = try program.run("schema", "infer", "none.ndjson")
      #expect(none.code == 65)
      #expect(none.errors.contains("none.ndjson:1:1: expected a value"), "\(none.errors)")
      try program.write(
        "{\"type\":\"object\",\"proprties\":{},\"minLength\":5,\"maxLength\":2}", to: "odd.json")
      let odd = try program.run("schema", "check", "odd.json")
      #expect(odd.code == 0)
      #expect(odd.output.contains("odd.json:1:"), "\(odd.output)")
      #expect(odd.output.contains("properties"), "\(odd.output)")
      #expect(try program.run("schema", "check", "odd.json", "--strict").code == 65)
      try program.write(
        "{\"type\":\"object\",\"required\":[\"id\",\"text\",\"x\"]}", to: "new.json")
      #expect(try program.run("schema", "diff", "schema.json", "new.json").code == 100)
      #expect(try program.run("schema", "diff", "schema.json", "schema.json").code == 0)
      // A file beside the schema may be referred to, one outside its folder may not.
      try program.write("{\"$ref\":\"schema.json\"}", to: "refers.json")
      #expect(try program.run("validate", "rows.ndjson", "--schema", "refers.json").code == 0)
      try program.write("{\"$ref\":\"../schema.json\"}", to: "sub/refers.json")
      let outside = try program.run("validate", "rows.ndjson", "--schema", "sub/refers.json")
      #expect(outside.code == 65)
      #expect(outside.errors.contains("datasets.missing_document"), "\(outside.errors)")
    }
  }

  @Test("a comparison shows what breaks by example, and says what to do where it cannot tell")
  func schemaDiff() throws {
    try withRegistry { program in
      try program.write(
        #"{"type":"object","properties":{"n":{"type":"integer","maximum":6},"c":{"pattern":"^[a-z]{2}$"}}}"#,
        to: "old.json")
      try program.write(
        #"{"type":"object","properties":{"n":{"type":"integer","maximum":5},"c":{"pattern":"^[a-z]{2}$"}}}"#,
        to: "lower.json")
      let breaking = try program.run("schema", "diff", "old.json", "lower.json", "--json")
      #expect(breaking.code == 100)
      let change = try breaking.json["changes"]?.array?.first
      #expect(try breaking.json["verdict"] == "breaking")
      #expect(try breaking.json["witness"] == ["n": 6])
      #expect(change?["pointer"] == "/properties/n" && change?["effect"] == "breaking")
      #expect(change?["witness"]?["violations"]?.array?.first?["pointer"] == "/n")
      #expect(
        try program.run("schema", "diff", "old.json", "lower.json").output.contains(
          #"valid before, refused now: {"n":6} (/n: expected a number of at most 5, found 6)"#))
      // The witness is what it is said to be for everyone else too.
      try program.write(#"{"n":6}"# + "\n", to: "witness.ndjson")
      #expect(try program.run("validate", "witness.ndjson", "--schema", "old.json").code == 0)
      #expect(try program.run("validate", "witness.ndjson", "--schema", "lower.json").code == 65)
      try program.write(
        #"{"type":"object","properties":{"n":{"type":"integer","maximum":6},"c":{"pattern":"^[a-z][a-z]$"}}}"#,
        to: "other.json")
      let undecided = try program.run("schema", "diff", "old.json", "other.json")
      #expect(undecided.code == 101)
      #expect(undecided.output.contains("mlops validate --schema other.json OLD-DATA"))
      #expect(undecided.output.contains("undecided: /properties/c: pattern"), "\(undecided.output)")
      #expect(
        try program.run("schema", "diff", "lower.json", "old.json").output.hasSuffix(
          "compatible: the new schema accepts whatever the old one does\n"))
    }
  }

  @Test("leading zeros of a table survive from the proposed schema to the ingested rows")
  func leadingZeros() throws {
    try withRegistry { program in
      try program.write("code,n\n007,7\n010,10\n1234,3\n", to: "codes.csv")
      let inferred = try program.run("schema", "infer", "codes.csv")
      #expect(try inferred.json["properties"]?["code"]?["type"] == "string", "\(inferred.errors)")
      #expect(try inferred.json["properties"]?["n"]?["type"] == "integer")
      try program.write(inferred.output, to: "codes.json")
      #expect(try program.run("validate", "codes.csv", "--schema", "codes.json").code == 0)
      let made = try program.run(
        "ingest", "codes.csv", "--schema", "codes.json", "--name", "codes")
      #expect(made.code == 0, "\(made.errors)")
      #expect(try program.run("export", "codes", "out").code == 0)
      let rows = try String(
        contentsOf: program.folder.appendingPathComponent("out/rows.ndjson"), encoding: .utf8)
      #expect(
        rows.split(separator: "\n") == [
          #"{"code":"007","n":7}"#, #"{"code":"010","n":10}"#, #"{"code":"1234","n":3}"#,
        ])
      // Where the schema wants a number, 007 is none, and is told.
      try program.write(
        #"{"properties":{"code":{"type":"integer"}}}"#, to: "numbers.json")
      let wrong = try program.run("validate", "codes.csv", "--schema", "numbers.json")
      #expect(wrong.code == 65)
      #expect(wrong.output.contains(#"found "007" (a string)"#), "\(wrong.output)")
    }
  }

  @Test("training data with cases of a guarded suite is refused, and the spans are shown")
  func guardedTraining() throws {
    try withRegistry { program in
      let suite = Program.project.appendingPathComponent("registry/suites/labels.yaml").path
      let cases = try String(
        contentsOf: Program.project.appendingPathComponent("registry/data/test-2022.ndjson"),
        encoding: .utf8)
      let first = try #require(cases.split(separator: "\n").first)
      try program.write(
        "{\"prompt\": \"q\", \"completion\": \"a\"}\n", to: "clean.ndjson")
      let problem = try #require(try JSONValue(parsing: String(first))["problem"]?.string)
      try program.write(
        JSONValue.object(["prompt": .string(problem), "completion": "a"]).canonical + "\n",
        to: "spoilt.ndjson")
      try program.addModel(as: "base")
      let arguments = ["train", "--base", "base", "--out", "x", "--guard-suite", suite]
      let refused = try program.run(arguments + ["--data", "spoilt.ndjson"])
      #expect(refused.code == 65)
      // Punctuation at the end is no part of what matches.
      let span = "«" + problem.dropLast()
      #expect(refused.errors.contains("  row   " + span), "\(refused.errors)")
      #expect(refused.errors.contains("mlops contamination"))
      let shown = try program.run("contamination", "spoilt.ndjson", suite)
      #expect(shown.code == 100)
      #expect(shown.output.contains("  case  " + span), "\(shown.output)")
      let trained = try program.run(arguments + ["--data", "clean.ndjson", "--epochs", "1"])
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(
        try program.run(
          arguments + ["--data", "spoilt.ndjson", "--epochs", "1", "--guard-threshold", "50%"]
        ).code == 0)
    }
  }

  @Test("validate speaks the specification's output formats, one object a row")
  func outputFormats() throws {
    try withRegistry { program in
      try program.write(
        "{\"id\": 1, \"text\": \"a\"}\n{\"id\": \"x\", \"text\": \"a\"}\n{\"id\"\n",
        to: "rows.ndjson")
      func output(_ format: String, _ more: String...) throws -> (Int32, [JSONValue]) {
        let outcome = try program.run(
          ["validate", "rows.ndjson", "--schema", "schema.json", "--output", format] + more)
        return (
          outcome.code,
          try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        )
      }
      let (code, flags) = try output("flag")
      #expect(code == 65)
      #expect(
        flags.prefix(2) == [
          ["file": "rows.ndjson", "line": 1, "valid": true],
          ["file": "rows.ndjson", "line": 2, "valid": false],
        ])
      #expect(flags[2]["valid"] == false && flags[2]["error"]?.string != nil)
      let basic = try output("basic").1[1]
      #expect(
        basic["errors"]?.array?.contains { $0["instanceLocation"] == "/id" } == true,
        "\(basic.canonical)")
      for format in ["detailed", "verbose"] {
        #expect(try output(format).1[1]["valid"] == false)
      }
      try program.write("[{\"id\": 1, \"text\": \"a\"}]", to: "rows.ndjson")
      let whole = try output("flag", "--shape", "json")
      #expect(whole.0 == 65)
      #expect(whole.1.count == 1)
      #expect(try output("flag", "--shape", "array").0 == 0)
      for mistake in [["bsic"], ["basic", "--json"]] {
        let arguments = ["validate", "rows.ndjson", "--schema", "schema.json", "--output"]
        #expect(try program.run(arguments + mistake).code == 64)
      }
    }
  }

  @Test("names of members cannot steer the terminal, and near duplicates are told in pairs")
  func shown() throws {
    try withRegistry { program in
      try program.write(
        #"{"id": 1, "text": "a", "\u001b[2J\u202ex": 1}"# + "\n", to: "rows.ndjson")
      try program.write(
        #"{"propertyNames": {"maxLength": 4}}"#, to: "names.json")
      let output = try program.run("validate", "rows.ndjson", "--schema", "names.json").output
      #expect(output.contains(#"\u{1b}[2J"#), "\(output)")
      #expect(!output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
      try program.write(
        """
        {"text": "사과 세 개와 귤 네 개를 모으면 모두 몇 개인가요?"}
        {"text": "다른 문장"}
        {"text": "사과 세 개와 귤 네 개를 모으면 모두 몇 개인가요??"}
        """, to: "near.ndjson")
      let told = try program.run("dedup", "near.ndjson", "--out", "few")
      #expect(told.output.contains("IS LIKE"), "\(told.output)")
      #expect(told.output.contains("100.0 %"))
    }
  }
}
