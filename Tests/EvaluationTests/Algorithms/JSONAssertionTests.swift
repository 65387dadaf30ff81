import JSON
import Testing

@testable import Evaluation

struct JSONAssertionTests {
  private func failures(
    _ expected: JSONValue, _ found: String, _ arrays: JSONAssertion.Arrays = .ordered,
    more: Bool = false
  ) -> [String] {
    JSONAssertion(expected, arrays: arrays, allowsMore: more).failures(of: found).map(\.reason)
  }

  @Test func `equal values are equal however they are spelled`() {
    let expected: JSONValue = ["a": 1, "b": [true, nil, "한"]]
    #expect(failures(expected, #" {"b": [true, null, "\uD55C"], "a": 1.0e0} "#).isEmpty)
  }

  @Test func `each difference is told with its place and both values`() {
    #expect(
      failures(["a": ["b/c": [1, 2]], "d": 1], #"{"a":{"b/c":[1,"2",3]},"e":null}"#) == [
        #"at /a/b~1c/1: expected 2, found "2""#, "at /a/b~1c/2: expected nothing, found 3",
        "at /d: expected 1, found nothing", "at /e: expected nothing, found null",
      ])
    #expect(failures([1, 2], "[1]") == ["at /1: expected 2, found nothing"])
    #expect(failures(1, "2") == ["expected 1, found 2"])
    let one = JSONAssertion(1)
    #expect(one.value(of: ["1", "2"].flatMap(one.numbers)) == 0.5)
    #expect(failures(1, "one").first?.hasPrefix("expected 1, found no JSON (line 1") == true)
  }

  @Test func `numbers are compared exactly`() {
    #expect(failures(0.1, "0.10").isEmpty)
    #expect(!failures(0.1, "0.1000000000000000055511151231257827").isEmpty)
    #expect(!failures(9_007_199_254_740_992, "9007199254740993").isEmpty)
    #expect(failures(100, "1e2").isEmpty)
    #expect(!failures(1, "true").isEmpty)
  }

  @Test func `texts and names are told apart by their scalars`() {
    #expect(!failures("\u{AC00}", #""\u1100\u1161""#).isEmpty)
    #expect(failures(["\u{AC00}": 1], #"{"\u1100\u1161":1}"#).count == 2)
  }

  @Test func `unordered arrays count their elements and sets do not`() {
    #expect(!failures([1, 2], "[2,1]").isEmpty)
    #expect(failures([1, 2, 1], "[1,1.0,2]", .unordered).isEmpty)
    #expect(
      failures([1, 2, 1], "[1,2,2]", .unordered) == [
        "expected an element 1, found none that is left in [1,2,2]",
        "at /2: expected nothing, found 2",
      ])
    #expect(failures([1, 2, 1], "[2,2,1]", .sets).isEmpty)
    #expect(failures([1], "[1,3]", .sets) == ["at /1: expected nothing, found 3"])
    let nested: JSONValue = ["x": [[1, 2], ["k": [3, 4]]]]
    #expect(failures(nested, #"{"x":[{"k":[4,3]},[2,1]]}"#, .unordered).isEmpty)
    #expect(!failures(nested, #"{"x":[{"k":[4,4]},[2,1]]}"#, .unordered).isEmpty)
    #expect(failures([[1, 1], [1]], "[[1]]", .sets).isEmpty)
  }

  @Test func `an output may have more where that is allowed`() {
    let expected: JSONValue = ["a": ["b": 1], "c": [1, 2]]
    let found = #"{"a":{"b":1,"x":0},"c":[1,2],"y":0}"#
    #expect(!failures(expected, found).isEmpty)
    #expect(failures(expected, found, more: true).isEmpty)
    #expect(
      failures(expected, #"{"a":{"b":1},"c":[1,2,3]}"#, more: true) == [
        "at /c/2: expected nothing, found 3"
      ])
    #expect(failures(expected, #"{"a":{"b":1},"c":[3,2,1]}"#, .unordered, more: true).isEmpty)
    #expect(
      !failures([["p": [1, 2]]], #"[{"p":[1,2,3]}]"#, .ordered, more: true).isEmpty,
      "arrays in order keep their length at every depth")
  }

  @Test func `elements that allow more find their own ones whoever comes first`() {
    // The first wanted element fits both found ones, the second only what the first would take.
    let expected: JSONValue = [["a": 1], ["a": 1, "b": 2]]
    #expect(
      failures(expected, #"[{"a":1,"b":2},{"a":1}]"#, .unordered, more: true).isEmpty)
    #expect(
      failures([["a": 1], ["a": 1]], #"[{"a":1}]"#, .unordered, more: true).count == 1)
    #expect(failures([["a": 1], ["a": 1]], #"[{"a":1}]"#, .sets, more: true).isEmpty)
    // A chain that moves three elements on.
    let chain: JSONValue = [["a": 1], ["b": 1], ["c": 1], ["a": 1, "d": 1]]
    let found = #"[{"a":1,"d":1},{"b":1,"a":1},{"c":1,"b":1},{"c":1}]"#
    #expect(failures(chain, found, .unordered, more: true).isEmpty)
  }

  @Test func `hostile outputs end in a failure`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(failures(1, deep).count == 1)
    #expect(failures(1, "").count == 1)
    let many = "[" + Array(repeating: "7", count: 50_000).joined(separator: ",") + "]"
    #expect(failures([1], many).count == JSONAssertion.toldFailures)
    #expect(failures([1], many, .unordered).count == JSONAssertion.toldFailures)
    #expect(failures([1], many, .sets).count == JSONAssertion.toldFailures)
    #expect(failures([1], many, .unordered, more: true).count == 1)
    let nested = String(repeating: "[", count: 400) + "1" + String(repeating: "]", count: 400)
    #expect(failures([1, nil], "[\(nested),\(many)]", .unordered).count == 4)
  }
}
