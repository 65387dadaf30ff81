import Foundation
import JSON
import Testing

@Suite("mlops suite import lm-eval")
struct SuiteImportTests {
  private static let task = """
    task: sums
    dataset_path: json
    dataset_kwargs: {data_files: {train: rows/train.jsonl, test: [rows/test.jsonl]}}
    output_type: multiple_choice
    training_split: train
    test_split: test
    num_fewshot: 1
    doc_to_text: "{{q}} ="
    doc_to_choice: c
    doc_to_target: a
    tag: sums
    """

  private static func program() throws -> Program {
    let program = try Program()
    try program.write(task, to: "tasks/sums.yaml")
    try program.write(
      "{\"q\": \"1+1\", \"c\": [\"2\", \"3\"], \"a\": 0}\n", to: "tasks/rows/train.jsonl")
    try program.write(
      "{\"q\": \"2+2\", \"c\": [\"3\", \"4\"], \"a\": 1}\n{\"q\": \"3+3\", \"c\": [\"6\", \"7\"], \"a\": 0}\n",
      to: "tasks/rows/test.jsonl")
    return program
  }

  private static func text(_ program: Program, _ name: String) throws -> String {
    try String(contentsOf: program.folder.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("writes a suite and its cases, and says what it ignored")
  func writes() throws {
    let program = try SuiteImportTests.program()
    defer { program.remove() }
    let outcome = try program.run(
      "suite", "import", "lm-eval", "tasks/sums.yaml", "--out", "made/suite", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try outcome.json
    #expect(json["cases"] == 2)
    #expect(json["examples"] == 1)
    #expect(json["suite"] == "made/suite/suite.yaml")
    #expect(json["notes"]?.array?.count == 1)
    #expect(outcome.errors.contains("note: 'tag' is ignored"))
    #expect(
      try SuiteImportTests.text(program, "made/suite/cases.ndjson") == """
        {"answer":1,"choices":["3","4"],"context":"1+1 = 2\\n\\n2+2 =","id":"test-1"}
        {"answer":0,"choices":["6","7"],"context":"1+1 = 2\\n\\n3+3 =","id":"test-2"}

        """)
    #expect(
      try SuiteImportTests.text(program, "made/suite/suite.yaml").contains("task: multiple_choice"))
  }

  @Test("never writes over what is there")
  func sparesWhatIsThere() throws {
    let program = try SuiteImportTests.program()
    defer { program.remove() }
    try program.write("mine", to: "out/note.txt")
    let outcome = try program.run("suite", "import", "lm-eval", "tasks/sums.yaml", "--out", "out")
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("lifecycle.target_exists"))
    #expect(try SuiteImportTests.text(program, "out/note.txt") == "mine")
  }

  @Test("leaves nothing behind where the task cannot be imported")
  func refuses() throws {
    let program = try SuiteImportTests.program()
    defer { program.remove() }
    try program.write(
      SuiteImportTests.task + "\nprocess_docs: !function utils.process", to: "tasks/sums.yaml")
    let outcome = try program.run("suite", "import", "lm-eval", "tasks/sums.yaml", "--out", "out")
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("tasks/sums.yaml:12:15"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/out"))
  }

  @Test("reads the rows of tasks whose data are elsewhere from files that are named")
  func namedRows() throws {
    let program = try SuiteImportTests.program()
    defer { program.remove() }
    try program.write(
      """
      dataset_path: someone/somewhere
      test_split: test
      doc_to_text: "{{q}} {{n}} {{f}} {{ok}} {{code}} {{gap}}"
      doc_to_target: "{{n + 1}}"
      """, to: "hub.yaml")
    let refused = try program.run("suite", "import", "lm-eval", "hub.yaml", "--out", "out")
    #expect(refused.code == 65)
    #expect(refused.errors.contains("--data test=FILE"), "\(refused.errors)")
    try program.write(
      "q,n,f,ok,code,gap\na,1,2,True,7,1\nb,2,2.5,False,x7,\n", to: "rows.csv")
    let outcome = try program.run(
      "suite", "import", "lm-eval", "hub.yaml", "--out", "out", "--data", "test=rows.csv")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      try SuiteImportTests.text(program, "out/cases.ndjson") == """
        {"answer":"2","context":"a 1 2.0 True 7 1.0","id":"test-1"}
        {"answer":"3","context":"b 2 2.5 False x7 None","id":"test-2"}

        """)
  }

  @Test("finds the files of splits in a folder")
  func folder() throws {
    let program = try SuiteImportTests.program()
    defer { program.remove() }
    let text = SuiteImportTests.task.replacingOccurrences(
      of: "dataset_path: json", with: "dataset_path: rows"
    ).split(separator: "\n").filter { !$0.hasPrefix("dataset_kwargs") }.joined(separator: "\n")
    try program.write(text, to: "tasks/sums.yaml")
    let outcome = try program.run(
      "suite", "import", "lm-eval", "tasks/sums.yaml", "--out", "out", "--fewshot", "0", "--limit",
      "1")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      try SuiteImportTests.text(program, "out/cases.ndjson")
        == "{\"answer\":1,\"choices\":[\"3\",\"4\"],\"context\":\"2+2 =\",\"id\":\"test-1\"}\n")
  }
}
