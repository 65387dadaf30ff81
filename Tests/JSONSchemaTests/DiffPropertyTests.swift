import JSON
import JSONSchema
import Testing

/// Compares many pairs of schemas made by chance, and asks both of each pair about many values.
@Suite struct DiffPropertyTests {
  /// A generator of SplitMix64, so that each run makes the same schemas.
  private struct Chance {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

    mutating func value(_ depth: Int = 2) -> JSONValue {
      switch below(depth > 0 ? 9 : 7) {
      case 0: .null
      case 1: .bool(below(2) == 0)
      case 2, 3: .integer(below(7) - 2)
      case 4: .double(Double(below(9)) / 2 - 1)
      case 5, 6: .string(pick(["", "a", "b", "ab", "abc", "2026-01-01", "A"]))
      case 7: .array((0..<below(4)).map { _ in value(depth - 1) })
      default:
        .object(
          Dictionary((0..<below(4)).map { _ in (pick(["a", "b", "c", "ab"]), value(depth - 1)) }) {
            $1
          })
      }
    }

    mutating func schema(_ depth: Int = 2) -> JSONValue {
      if below(14) == 0 { return .bool(below(4) > 0) }
      var members: [String: JSONValue] = [:]
      for _ in 0..<(1 + below(3)) {
        let (keyword, value) = keyword(depth)
        members[keyword] = value
      }
      if members["$ref"] == "#/$defs/s" { members["$defs"] = ["s": schema(0)] }
      return .object(members)
    }

    private mutating func keyword(_ depth: Int) -> (String, JSONValue) {
      let types: [JSONValue] = [
        "null", "boolean", "integer", "number", "string", "array", "object",
      ]
      func whole(_ number: Int) -> JSONValue { .integer(number) }
      switch below(depth > 0 ? 29 : 15) {
      case 0, 1: return ("type", pick(types))
      case 2:
        let first = below(7)
        return ("type", [types[first], types[(first + 1 + below(6)) % 7]])
      case 3: return ("enum", .array((0..<(1 + below(4))).map { _ in value(1) }))
      case 4: return ("const", value(1))
      case 5: return ("minimum", .double(Double(below(6)) / 2))
      case 6: return ("exclusiveMinimum", whole(below(3)))
      case 7: return ("maximum", whole(below(5)))
      case 8: return ("multipleOf", pick([1, 2, 3, 0.5, 4]))
      case 9: return ("minLength", whole(below(3)))
      case 10: return ("maxLength", whole(below(4)))
      case 11: return ("pattern", pick(["^a", "b$", "^[a-z]*$", "^.b?$"]))
      case 12: return ("required", .array(pick([["a"], ["b"], ["a", "b"]])))
      case 13: return (pick(["minItems", "minProperties"]), whole(below(3)))
      case 14: return (pick(["maxItems", "maxProperties"]), whole(below(3)))
      case 15, 16, 17:
        return (
          "properties",
          .object(Dictionary((0..<2).map { _ in (pick(["a", "b"]), schema(depth - 1)) }) { $1 })
        )
      case 18: return ("additionalProperties", below(2) == 0 ? false : schema(depth - 1))
      case 19: return ("patternProperties", [pick(["^a", "b"]): schema(depth - 1)])
      case 20: return ("items", schema(depth - 1))
      case 21: return ("prefixItems", [schema(depth - 1)])
      case 22: return (pick(["contains", "propertyNames"]), schema(depth - 1))
      case 23: return ("not", schema(depth - 1))
      case 24: return ("if", schema(depth - 1))
      case 25: return (pick(["then", "else"]), schema(depth - 1))
      case 26: return ("dependentRequired", ["a": ["b"]])
      case 27: return ("unevaluatedProperties", false)
      default:
        return (
          pick(["allOf", "anyOf", "oneOf"]),
          .array((0..<(1 + below(3))).map { _ in schema(depth - 1) })
        )
      }
    }

    /// The schema with one place replaced, so that pairs have much in common.
    mutating func changed(_ schema: JSONValue) -> JSONValue {
      guard case .object(var members) = schema, let name = members.keys.sorted().first else {
        return self.schema()
      }
      switch below(4) {
      case 0:
        let (keyword, value) = keyword(1)
        members[keyword] = value
      case 1: members[pick(members.keys.sorted())] = nil
      case 2: return [pick(["allOf", "anyOf", "oneOf"]): [schema]]
      default:
        if let inner = members[name]?.object?.keys.sorted().first,
          ["properties", "patternProperties"].contains(name),
          case .object(var map)? = members[name], let child = map[inner]
        {
          map[inner] = changed(child)
          members[name] = .object(map)
        } else if ["items", "not", "additionalProperties", "contains"].contains(name),
          let child = members[name]
        {
          members[name] = changed(child)
        } else {
          return [pick(["anyOf", "oneOf"]): [schema, self.schema(1)]]
        }
      }
      return .object(members)
    }
  }

  @Test("no value refutes that a change is compatible, and each witness is one", arguments: 0..<8)
  func lawful(seed: Int) throws {
    var chance = Chance(state: UInt64(seed))
    var counts: [SchemaDiff.Verdict: Int] = [:]
    var missed = 0
    for _ in 0..<60 {
      let old = chance.schema()
      let new = chance.below(4) == 0 ? chance.schema() : chance.changed(old)
      let (before, after) = (try JSONSchema.compile(old), try JSONSchema.compile(new))
      let diff = SchemaDiff.between(before, and: after)
      counts[diff.verdict, default: 0] += 1
      let note = "\(old.canonical) → \(new.canonical): \(diff)"
      let values = (0..<60).map { _ in chance.value() }
      let lost = values.first { before.isValid($0) && !after.isValid($0) }
      let gained = values.first { !before.isValid($0) && after.isValid($0) }
      #expect(lost == nil || diff.verdict != .compatible, "\(lost as Any): \(note)")
      #expect(gained == nil || !diff.isEqual, "\(gained as Any): \(note)")
      if lost != nil, diff.verdict == .undecided { missed += 1 }
      #expect((diff.verdict == .breaking) == (diff.witness != nil), "\(note)")
      for change in diff.changes {
        #expect((change.isBreaking == true) == (change.witness != nil), "\(note)")
        guard let witness = change.witness else { continue }
        #expect(before.isValid(witness.value), "\(note)")
        #expect(!after.isValid(witness.value) && !witness.violations.isEmpty, "\(note)")
      }
    }
    // Chance makes odd schemas; most of what it can show is found all the same.
    #expect(missed <= 3, "\(counts)")
    #expect(counts[.compatible] ?? 0 > 5 && counts[.breaking] ?? 0 > 5, "\(counts)")
  }
}
