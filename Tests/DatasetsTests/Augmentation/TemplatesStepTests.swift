import Datasets
import JSON
import MLOpsCore
import Testing

@Suite struct TemplatesStepTests {
  private let rows: [JSONValue] = [
    ["id": "p-1", "problem": "3과 5의 합은?", "label": ["code": "[2수01-05]"], "x": 1],
    ["id": "p-2", "problem": "What is 2 + 2?", "label": ["code": "[2수01-06]"]],
  ]

  @Test("slots are filled from fields, pointers and lists, and each template gives a row")
  func filled() async throws {
    let made = try await AugmentedRows(
      rows,
      [
        [
          "templates": [
            "templates": [
              "다음 문제의 성취기준 코드를 쓰시오: {problem}", "{opener} {problem} {{{/label/code}}}",
            ],
            "into": "/prompt", "lists": ["opener": ["Solve this.", "풀어 보세요."]],
            "keep": ["/label"], "set": ["/completion": "{/label/code}", "/copy": "{/label}"],
          ]
        ]
      ])
    let prompts = made.texts("prompt")
    #expect(prompts.count == 4)
    #expect(prompts[0] == "다음 문제의 성취기준 코드를 쓰시오: 3과 5의 합은?")
    #expect(
      ["Solve this. ", "풀어 보세요. "].contains { prompts[1] == $0 + "3과 5의 합은? {[2수01-05]}" })
    #expect(made.synthetic[0]["completion"] == "[2수01-05]")
    #expect(made.synthetic[0]["copy"] == ["code": "[2수01-05]"])
    // Only what is kept, what is written and the mark.
    #expect(
      made.synthetic[0].object?.keys.sorted()
        == ["_synthetic", "completion", "copy", "label", "prompt"])
  }

  @Test("what a field brings in is not read again, and both forms of a particle become one")
  func safety() async throws {
    let made = try await AugmentedRows(
      [["a": "{b} {{x}}", "n": "사과"], ["a": "연필", "n": "귤"]],
      [["templates": ["templates": ["{n}(은/는) {a}(을/를)"], "into": "/t"]]])
    #expect(made.texts("t") == ["사과는 {b} {{x}}(을/를)", "귤은 연필을"])
  }

  @Test("control characters, long runs of braces and long values go through as they are")
  func hostile() async throws {
    let long = String(repeating: "가", count: 100_000)
    let braces = String(repeating: "{{}}", count: 10_000)
    let made = try await AugmentedRows(
      [["a": .string("\u{0}" + long)]],
      [["templates": ["templates": [.string("\u{0}{a}" + braces), "{a}{a}"], "into": "/t"]]])
    let texts = made.texts("t")
    #expect(texts[0] == "\u{0}\u{0}" + long + String(repeating: "{}", count: 10_000))
    #expect(texts[1] == "\u{0}" + long + "\u{0}" + long)
  }

  @Test("what cannot be written into a row is told")
  func unwritable() async throws {
    let error = await #expect(throws: DatasetsError.self) {
      _ = try await AugmentedRows(
        [["a": "text"]], [["templates": ["templates": ["{a}"], "into": "/a/b"]]])
    }
    #expect(
      error?.message.contains("cannot be set (1, first in line 1)") == true,
      "\(error?.message ?? "")")
  }

  @Test("running slots give every row a name of its own without hiding duplicates")
  func running() async throws {
    let made = try await AugmentedRows(
      [["id": "a", "t": "같은 글"], ["id": "b", "t": "같은 글"], ["id": "c", "t": "다른 글"]],
      [
        [
          "templates": [
            "templates": ["질문: {t}"], "into": "/t",
            "set": ["/id": "aug-{@number:4}", "/by": "{@step}/{@index}/{@source}"],
          ]
        ]
      ])
    #expect(made.synthetic.map { $0["id"] } == ["aug-0001", "aug-0002"])
    #expect(made.report.steps[0].rejected == ["duplicate": 1])
    #expect(made.synthetic[0]["by"]?.string?.hasPrefix("templates/1/") == true)
  }

  @Test("a field that some rows lack is counted, one that all lack is an error with a hint")
  func missing() async throws {
    let partly = try await AugmentedRows(
      rows, [["templates": ["templates": ["{x}: {problem}"], "into": "/t"]]])
    #expect(partly.texts("t") == ["1: 3과 5의 합은?"])
    #expect(partly.report.steps[0].rejected == ["no field /x": 1])
    let error = await #expect(throws: DatasetsError.self) {
      _ = try await AugmentedRows(
        rows, [["templates": ["templates": ["{problm}"], "into": "/t"]]])
    }
    #expect(error?.message.contains("'augment[0].templates.templates[0]'") == true)
    #expect(error?.advice == "Did you mean '/problem'?")
  }
}
