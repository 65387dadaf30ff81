import JSON
import MLOpsCore
import Testing

@testable import Datasets

@Suite struct AugmentationPlanTests {
  @Test("the canonical form reads back as the same plan")
  func canonical() throws {
    let steps: JSONValue = [
      [
        "templates": [
          "templates": ["{a} {w}"], "into": "/t", "lists": ["w": ["x", "y"]], "keep": ["/a"],
          "set": ["/b": "{@index}", "/c": 1], "drop": ["/d"],
          "where": ["/g": ["1", "2"], "/h": 3],
        ]
      ],
      ["numbers": ["fields": ["/a"], "range": [1, 9], "except": [10, "1.50"], "per_row": 3]],
      ["numbers": ["fields": ["/a"], "digits": "free", "share": 0.5, "max_rows": 7]],
      ["units": ["fields": ["/a"], "pairs": ["km": "m"], "mode": "swap", "attempts": 2]],
      [
        "paraphrase": [
          "field": "/a", "prompt": "{text}?", "model": "base", "keep": ["numbers", "/x+/"],
          "balance_by": ["field": "/l", "at_least": 5],
        ]
      ],
    ]
    let plan = try AugmentationPlan(steps)
    #expect(try AugmentationPlan(plan.json()).json() == plan.json())
    #expect(plan.labels == ["templates", "numbers", "numbers#2", "units", "paraphrase"])
    #expect(plan.models == ["base"])
    #expect(Set(plan.steps.map { type(of: $0).name }).count == AugmentationPlan.names.count)
  }

  @Test(
    "a mistake is told with its place, what was expected and what was meant",
    arguments: [
      ([["nubmers": ["fields": ["/a"]]]], "'augment[0]' must be one of", "numbers"),
      (["numbers"], "'augment[0]' must be a mapping", nil), ([], "at least one step", nil),
      ([["numbers": [:]]], "'augment[0].numbers' must be a mapping with fields", nil),
      (
        [["numbers": ["feilds": ["/a"]]]], "'augment[0].numbers' must be a mapping with only",
        "fields"
      ),
      ([["numbers": ["fields": ["a"]]]], "'augment[0].numbers.fields[0]' must be a JSON", nil),
      (
        [["numbers": ["fields": ["/a"], "range": [9, 2]]]], "'augment[0].numbers.range' must be",
        nil
      ),
      ([["numbers": ["fields": ["/a"], "range": [1, 2], "spread": 1]]], "not both", nil),
      (
        [["numbers": ["fields": ["/a"], "answer": "keap"]]], "one of keep, drop, skip", "keep"
      ),
      ([["numbers": ["fields": ["/a"], "answer": "drop"]]], "no answer_field", nil),
      ([["units": ["fields": ["/a"], "pairs": [["km", "g"]]]]], "of the same kind", nil),
      (
        [["units": ["fields": ["/a"], "pairs": [["킬로미타", "m"]]]]], "pairs[0][0]' must be a unit",
        "킬로미터"
      ),
      (
        [["templates": ["into": "/t", "templates": ["ok", "{a"]]]],
        "'augment[0].templates.templates[1]' must be a template with balanced braces", nil
      ),
      ([["templates": ["into": "/t", "templates": ["a}"]]]], "balanced braces", nil),
      ([["templates": ["into": "/t", "templates": ["{{a}"]]]], "balanced braces", nil),
      ([["templates": ["into": "/t", "templates": ["{}"]]]], "slots name fields", nil),
      (
        [["templates": ["into": "/t", "templates": ["x"], "set": ["/a": "{@indx}"]]]],
        "running slots are", "{@index}"
      ),
      ([["paraphrase": ["field": "/a", "prompt": "x", "model": "m"]]], "with {text}", nil),
      ([["paraphrase": ["field": "/a", "prompt": "{text}"]]], "with model", nil),
      (
        [["paraphrase": ["field": "/a", "prompt": "{text}", "model": "m", "keep": ["/(/"]]]],
        "keep[0]' must be a regular expression", nil
      ),
      ([["numbers": ["fields": ["/a"], "share": 2]]], "'augment[0].numbers.share'", nil),
      (
        [["numbers": ["fields": ["/a"], "balance_by": ["at_least": 2]]]],
        "balance_by' must be a JSON pointer", nil
      ),
    ] as [(JSONValue, String, String?)])
  func mistakes(_ steps: JSONValue, _ message: String, _ meant: String?) {
    let error = #expect(throws: DatasetsError.self) { _ = try AugmentationPlan(steps) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    if let meant { #expect(error?.advice == "Did you mean '\(meant)'?") }
  }
}
