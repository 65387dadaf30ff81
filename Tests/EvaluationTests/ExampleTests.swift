import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Examples before the questions of a suite.
struct ExampleTests {
  private func made(
    _ examples: String, task: String = "task: generate", data: String = "",
    cases: String = "[{id: x, q: seven, a: '7'}, {q: two, a: '2'}]"
  ) throws -> Suite {
    try Suite(
      yaml: """
        name: e
        \(task)
        input: q
        expected: a
        examples: \(examples)
        cases: \(cases)
        """, file: "s.yaml"
    ) { part, name in
      #expect(part == .examples && name == "few.ndjson")
      return Array(data.utf8)
    }
  }

  private static let four =
    "[{q: one, a: '1'}, {q: two, a: '2'}, {q: three, a: '3'}, {q: four, a: '4'}]"

  private func request(_ suite: Suite, _ index: Int, prompt: PromptTemplate? = nil) throws
    -> GenerationRequest.Input?
  {
    let prompts = try CasePrompts(suite, suite.template(over: prompt), label: "r@v1")
    switch try suite.task.request(suite.cases[index], prompts[index], sample: 0) {
    case .generate(let request): return request.input
    case .score(let request): return request.input
    case .rolling: return nil
    }
  }

  @Test func `examples are turns after those of the prompt`() throws {
    let suite = try made("{cases: \(Self.four), count: 2}", task: "task: generate")
    let prompt = PromptTemplate(
      system: "S", template: "Q: {{q}}",
      examples: [
        ChatMessage(role: .user, content: "u"), ChatMessage(role: .assistant, content: "v"),
      ])
    func turns(_ pairs: [(String, String)], _ last: String) -> GenerationRequest.Input {
      .chat(
        [ChatMessage(role: .system, content: "S")]
          + ([("u", "v")] + pairs).flatMap {
            [
              ChatMessage(role: .user, content: $0.0), ChatMessage(role: .assistant, content: $0.1),
            ]
          } + [ChatMessage(role: .user, content: last)])
    }
    #expect(
      try request(suite, 0, prompt: prompt)
        == turns([("Q: one", "1"), ("Q: two", "2")], "Q: seven"))
    // The second case is an example itself: the next one stands in its place.
    #expect(
      try request(suite, 1, prompt: prompt)
        == turns([("Q: one", "1"), ("Q: three", "3")], "Q: two")
    )
  }

  @Test func `in a text examples are questions with their answers`() throws {
    let text = "format: text\ntemplate: 'Q: {{q}} A:'"
    let plain = try made(
      "{cases: \(Self.four), count: 2}", task: "task: generate\n\(text)")
    #expect(try request(plain, 0) == .text("Q: one A: 1\n\nQ: two A: 2\n\nQ: seven A:"))
    let own = try made(
      "{cases: \(Self.four), count: 1, between: '#', separator: '>'}",
      task: "task: loglikelihood\nseparator: '_'\n\(text)")
    #expect(try request(own, 0) == .text("Q: one A:>1#Q: seven A:"))
    // A task that knows a separator uses it for examples too.
    let same = try made(
      "{cases: \(Self.four), count: 1}", task: "task: loglikelihood\nseparator: ''\n\(text)")
    #expect(try request(same, 0) == .text("Q: one A:1\n\nQ: seven A:"))
  }

  @Test func `an example of a choice is answered with the right choice's text`() throws {
    let suite = try made(
      "{cases: [{q: one, a: 1, c: [x, y]}], count: 1}",
      task: "task: multiple_choice\nchoices: c\nformat: text\ntemplate: '{{q}}'",
      cases: "[{q: two, a: 0, c: [p, q]}]")
    #expect(try request(suite, 0) == .text("one y\n\ntwo"))
  }

  @Test func `an example of a label is answered with what can be read`() throws {
    let json = try made(
      "{cases: [{q: one, a: yes}, {q: two, a: {b: 1}}], count: 2}", task: "task: label",
      cases: "[{q: three, a: yes}]")
    func answers(_ suite: Suite) throws -> [String] {
      guard case .chat(let turns)? = try request(suite, 0) else { return [] }
      return turns.filter { $0.role == .assistant }.map(\.content)
    }
    #expect(try answers(json) == [#""yes""#, #"{"b":1}"#])
    let labels = try made(
      "{cases: [{q: one, a: yes}, {q: two, a: no}], count: 2}",
      task: "task: label\nlabels: [yes, no]", cases: "[{q: three, a: yes}]")
    #expect(try answers(labels) == ["yes", "no"])
  }

  @Test func `random examples follow from seed and case, and may be the same for all`() throws {
    let many = (0..<40).map { "{\"q\":\"e\($0)\",\"a\":\"\($0)\"}" }.joined(separator: "\n")
    let cases = "[" + (0..<12).map { "{q: e\($0), a: '\($0)'}" }.joined(separator: ", ") + "]"
    func places(_ more: String) throws -> [[Int]] {
      let suite = try made(
        "{data: few.ndjson, count: 5, pick: random\(more)}", data: many, cases: cases)
      return try suite.cases.map {
        try #require(suite.examples).places(before: $0, suite.wordings)
      }
    }
    let drawn = try places("")
    #expect(try drawn == places(", seed: 0"))
    #expect(try drawn != places(", seed: 1"))
    #expect(Set(drawn).count > 10)
    for (index, places) in drawn.enumerated() {
      #expect(places.count == 5 && Set(places).count == 5 && !places.contains(index))
    }
    let same = try places(", same: true")
    #expect(Set(same.map { Set($0) }).count <= 6)
    #expect(same.filter { $0 == same[11] }.count >= 6)
    #expect(try same != places(", same: true, seed: 1"))
  }

  @Test func `every order of a draw is as likely`() throws {
    var counts: [[Int]: Int] = [:]
    let suite = try made("{cases: \(Self.four), count: 2, pick: random}")
    let set = try #require(suite.examples)
    for number in 0..<6000 {
      let one = SuiteCase(id: "c\(number)", record: ["q": "other"], expected: "0")
      counts[set.places(before: one, suite.wordings), default: 0] += 1
    }
    #expect(counts.count == 12)
    // Each of 12 is due 500 times, with a standard deviation of 21.
    #expect(counts.values.allSatisfy { (400...600).contains($0) }, "\(counts)")
  }

  @Test func `examples are a part of the suite`() throws {
    let digests = try [
      "{cases: \(Self.four), count: 2}", "{cases: \(Self.four), count: 1}",
      "{cases: \(Self.four), count: 2, pick: random}",
      "{cases: \(Self.four), count: 2, pick: random, seed: 3}",
      "{cases: \(Self.four), count: 2, pick: random, same: true}",
      "{cases: \(Self.four), count: 2, between: ' '}",
      "{cases: [{q: one, a: '1'}, {q: six, a: '2'}], count: 2}",
    ].map { try made($0, cases: "[{q: seven, a: '7'}]").digest }
    #expect(Set(digests).count == digests.count)
  }

  @Test(arguments: [
    ("{cases: [{q: x, a: y}]}", "s.yaml:5:11: 'count' is missing"),
    ("{count: 1}", "s.yaml:5:11: 'data' or 'cases' is missing"),
    ("{cases: [], count: 1}", "s.yaml:5:19: 'examples' needs at least one example"),
    ("{cases: [{q: x}], count: 1}", "s.yaml:5:20: an example has no 'a', its right answer"),
    ("{cases: [{p: x, a: y}], count: 1}", "s.yaml:5:20: an example has no 'q', its question"),
    (
      "{cases: [{q: x, a: y}], count: 2}",
      "s.yaml:5:42: count asks for 2 examples, but there are 1."
    ),
    (
      "{cases: [{q: x, a: y}, {q: two, a: '2'}], count: 2}",
      "but there are 2, and those equal to the case 'case-2' do not count"
    ),
    ("{cases: [{q: x, a: y}], count: 1, pick: best}", "pick cannot be 'best'"),
    ("{cases: [{q: x, a: y}], count: 1, seed: 1}", "seed needs 'pick: random'"),
    ("{cases: [{q: x, a: y}], cout: 1}", "'examples' has no key 'cout' (did you mean 'count'?)"),
    ("{data: few.ndjson, count: 1}", "few.ndjson:2:1: an example has no 'a', its right answer"),
  ])
  func `examples that cannot be are told with their place`(examples: String, reason: String) throws
  {
    let error = #expect(throws: EvaluationError.self) {
      try made(examples, data: "{\"q\":\"x\",\"a\":\"y\"}\n{\"q\":\"z\"}")
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `an example without a field of the prompt is told with its place`() throws {
    let text = "task: generate\nformat: text\ntemplate: '{{q}} {{hint}}'"
    let error = #expect(throws: EvaluationError.self) {
      try made("{cases: [{q: x, a: y}], count: 1}", task: text)
    }
    #expect(
      error?.message
        == "The suite is not valid: s.yaml:7:20: an example has no 'hint', which the template needs (it has a, q).",
      "\(error?.message ?? "")")
    let suite = try made("{cases: [{q: x, a: y}], count: 1}")
    let late = #expect(throws: EvaluationError.self) {
      try request(suite, 0, prompt: PromptTemplate(template: "{{hint}}"))
    }
    #expect(
      late?.message.contains("s.yaml:5:20: an example has no 'hint', which the prompt of r@v1")
        == true)
  }

  @Test(arguments: ["perplexity", "latency"])
  func `what has no right answers has no examples`(task: String) {
    let error = #expect(throws: EvaluationError.self) {
      try made("{cases: [{q: x, a: y}], count: 1}", task: "task: \(task)")
    }
    #expect(error?.message.contains("a suite has no key 'examples'") == true)
  }
}
