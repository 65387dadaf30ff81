import JSON
import Testing

@testable import Evaluation

@Suite("Task files of lm-evaluation-harness")
struct HarnessImportTests {
  @Test("become the requests that the harness builds")
  func agreeWithTheHarness() throws {
    for task in try ImportFixture.list("tasks", of: "tasks.json") {
      let name = try #require(task["name"]?.string)
      let rows = try #require(task["rows"]?.object).mapValues { $0.array ?? [] }
      let suite = try ImportFixture.suite(try #require(task["yaml"]?.string), rows: rows)
      let requests = try #require(task["requests"]?.array)
      try #require(suite.cases.count == requests.count)
      for (one, request) in zip(suite.cases, requests) {
        let arguments = try #require(request["arguments"]?.array).map { $0.array ?? [] }
        let first = try #require(arguments.first)
        if one["text"] != nil {
          #expect(one["text"] == first[0], "\(name)")
          continue
        }
        #expect(one["context"] == first[0], "\(name)")
        if let choices = one["choices"]?.array?.compactMap(\.string) {
          let separator = suite.yaml.contains("separator: \"\"") ? "" : " "
          #expect(choices.map { .string(separator + $0) } == arguments.map { $0[1] }, "\(name)")
          // A target may be the text of a choice; a suite has its place.
          let place = request["target"]?.string.flatMap(choices.firstIndex(of:))
          #expect(one["answer"] == place.map { .integer($0) } ?? request["target"], "\(name)")
        } else if first.count == 2 {
          #expect(one["answer"] == first[1], "\(name)")
        } else if let several = request["target"]?.array {
          let own = [one["answer"]] + (one["alternatives"]?.array ?? [])
          #expect(own == several, "\(name)")
        } else {
          #expect(one["answer"] == request["target"], "\(name)")
        }
      }
    }
  }

  private static let rows: [String: [JSONValue]] = [
    "test": [
      ["q": "1+1?", "a": "2", "c": ["1", "2"]], ["q": "2+2?", "a": "4", "c": ["4", "5"]],
    ]
  ]

  @Test("are written as suites")
  func suiteFile() throws {
    let suite = try ImportFixture.suite(
      """
      task: Sums_v2
      test_split: test
      doc_to_text: "{{q}}"
      doc_to_target: "{{a}}"
      metadata: {version: 1.0}
      generation_kwargs: {until: ["\\n", "</s>"], max_gen_toks: 32, do_sample: false, temperature: 0.7, top_p: 0.9}
      filter_list:
        - name: strict
          filter:
            - {function: regex, regex_pattern: "is (?P<n>\\\\d+)\\\\Z", group_select: -1}
            - {function: remove_whitespace}
            - {function: take_first}
        - name: flexible
          filter: [{function: take_first}]
      metric_list:
        - {metric: exact_match, ignore_case: true, ignore_punctuation: true}
        - {metric: bleu}
        - {metric: mcc}
      """, rows: HarnessImportTests.rows)
    #expect(
      suite.yaml == """
        name: "sums_v2"
        task: generate
        data: cases.ndjson
        format: text
        template: "{{context}}"
        input: context
        expected: answer
        max_tokens: 32
        stop: ["\\n", "</s>"]
        temperature: 0
        filters:
          - last_regex: "is (?<n>\\\\d+)\\\\z"
          - trim
          - lowercase
          - strip_punctuation
        metrics: [accuracy, bleu]

        """)
    #expect(suite.cases[0] == ["id": "test-1", "context": "1+1?", "answer": "2"])
    for part in ["metadata", "top_p", "strict, flexible", "'mcc' is left out"] {
      #expect(suite.notes.contains { $0.contains(part) }, "\(part) in \(suite.notes)")
    }
  }

  @Test("compare as numbers where patterns are to be ignored")
  func ignoredPatterns() throws {
    let yaml = """
      test_split: test
      doc_to_text: "{{q}}"
      doc_to_target: "{{a}}"
      metric_list:
        - {metric: exact_match, regexes_to_ignore: [",", "(?s).*#### "]}
      """
    let suite = try ImportFixture.suite(
      yaml, rows: ["test": [["q": "x", "a": "so\n#### 1,200"], ["q": "y", "a": "#### 3.0"]]])
    #expect(suite.cases.map { $0["answer"] } == ["1200", "3"])
    #expect(suite.yaml.contains("filters:\n  - last_number\n"))
    let error = #expect(throws: EvaluationError.self) {
      try ImportFixture.suite(yaml, rows: ["test": [["q": "x", "a": "blue"]]])
    }
    #expect(error?.message.contains("task.yaml:4:1") == true)
  }

  @Test("take the examples and documents that are asked for")
  func options() throws {
    var options = HarnessImport.Options()
    (options.fewshot, options.limit) = (1, 1)
    let suite = try ImportFixture.suite(
      """
      output_type: multiple_choice
      test_split: test
      fewshot_split: test
      num_fewshot: 0
      doc_to_text: q
      doc_to_choice: c
      doc_to_target: "{{c.index(a)}}"
      """, rows: HarnessImportTests.rows, options: options)
    #expect(suite.cases.map { $0["context"] } == ["2+2? 4\n\n1+1?"])
    #expect(suite.cases.map { $0["answer"] } == [1])
    #expect(suite.examples == 1)
    options.fewshot = 2
    let error = #expect(throws: EvaluationError.self) {
      try ImportFixture.suite(
        "output_type: multiple_choice\ntest_split: test\nfewshot_split: test\ndoc_to_text: q\n"
          + "doc_to_choice: c\ndoc_to_target: \"{{c.index(a)}}\"", rows: HarnessImportTests.rows,
        options: options)
    }
    #expect(error?.message.contains("needs 2 examples besides itself") == true)
  }

  @Test("include others, of which the last wins")
  func includes() throws {
    let suite = try ImportFixture.suite(
      "include: [a.yaml, b.yaml]\ntask: own", rows: HarnessImportTests.rows,
      others: [
        "a.yaml": "test_split: test\ndoc_to_text: \"no {{q}}\"\ndoc_to_target: \"{{a}}\"\ntask: a",
        "b.yaml": "doc_to_text: \"yes {{q}}\"",
      ])
    #expect(suite.name == "own")
    #expect(suite.cases.first?["context"] == "yes 1+1?")
    for text in ["include: task.yaml", "include: c.yaml", "- a", "a: [", "a: 1\na: 2"] {
      #expect(throws: EvaluationError.self) { try ImportFixture.suite(text, rows: [:]) }
    }
  }

  @Test(
    "are refused with their place where a suite cannot say the same",
    arguments: [
      ("process_docs: !function utils.p", "2:15", "Python function 'utils.p'"),
      ("doc_to_text: !function utils.t", "2:14", "Jinja template"),
      ("metric_list: [{metric: !function m.f}]", "2:24", "Python function"),
      ("use_prompt: a", "2:1", "promptsource"), ("output_type: multi", "2:1", "output_type"),
      ("task: [a, b]", "2:1", "group"), ("doc_to_text: \"{{ q|zap }}\"", "2:1", "'zap'"),
      ("filter_list: [{name: v, filter: [{function: majority_vote}]}]", "2:1", "majority_vote"),
      (
        "filter_list: [{name: v, filter: [{function: regex, group_select: 2}]}]", "2:1",
        "group_select"
      ),
      ("metric_list: [{metric: mcc}]", "2:1", "mcc"), ("num_fewshot: many", "2:1", "num_fewshot"),
      ("generation_kwargs: {max_gen_toks: 0}", "2:1", "max_gen_toks"),
      ("doc_to_text: \"{{ lost }}\"", "2:1", "document 1 of the split 'test'"),
      ("unsafe_code: true", "2:1", "unsafe_code"),
    ])
  func refusals(_ line: String, _ place: String, _ part: String) throws {
    var lines = ["test_split: test", line]
    for (key, value) in [("doc_to_text", "q"), ("doc_to_target", "a")] where !line.hasPrefix(key) {
      lines.append("\(key): \(value)")
    }
    let error = #expect(throws: EvaluationError.self) {
      try ImportFixture.suite(lines.joined(separator: "\n"), rows: HarnessImportTests.rows)
    }
    let message = error?.message ?? ""
    #expect(message.contains("task.yaml:\(place):"), "\(message)")
    #expect(message.contains(part), "\(message)")
  }

  @Test("are refused where the choices are the questions")
  func severalInputs() throws {
    let error = #expect(throws: EvaluationError.self) {
      try ImportFixture.suite(
        "output_type: multiple_choice\ntest_split: test\ndoc_to_text: \"{{c.index(a)}}\"\n"
          + "doc_to_choice: c\ndoc_to_target: q", rows: HarnessImportTests.rows)
    }
    #expect(error?.message.contains("Winogrande") == true)
  }
}
