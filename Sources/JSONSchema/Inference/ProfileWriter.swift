import JSON

/// Turns what is known of values into a schema.
struct ProfileWriter {
  let options: SchemaInference.Options

  func schema(_ profile: ValueProfile) -> [String: JSONValue] {
    let types = typeNames(profile)
    guard let first = types.first else { return [:] }
    var members: [String: JSONValue] = [
      "type": types.count == 1 ? .string(first) : .array(types.map(JSONValue.string))
    ]
    if types.contains("string") { describeStrings(profile, types, &members) }
    if options.addsLimits, let range = profile.numbers {
      members["minimum"] = .number(range.lowerBound)
      members["maximum"] = .number(range.upperBound)
    }
    if types.contains("array") { describeArrays(profile, &members) }
    if types.contains("object") { describeObjects(profile, &members) }
    return members
  }

  /// In a fixed order; whole numbers are numbers where there are others too.
  private func typeNames(_ profile: ValueProfile) -> [String] {
    let order = ["object", "array", "string", "integer", "number", "boolean", "null"]
    return order.filter { name in
      profile.types[name] != nil && (name != "integer" || profile.types["number"] == nil)
    }
  }

  private func describeStrings(
    _ profile: ValueProfile, _ types: [String], _ members: inout [String: JSONValue]
  ) {
    let order: [Format] = [.dateTime, .date, .uuid, .email, .uri]
    let strings = profile.strings
    if let format = order.first(where: strings.formats.contains) {
      members["format"] = .string(format.rawValue)
    } else if let values = strings.values, Set(types).isSubset(of: ["string", "null"]),
      isEnumeration(values.count, of: profile.types["string"] ?? 0)
    {
      let sorted = values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      members["enum"] = .array(
        sorted.map(JSONValue.string) + (types.contains("null") ? [.null] : []))
      return
    }
    if options.addsLimits, let range = strings.lengths {
      members["minLength"] = .integer(range.lowerBound)
      members["maxLength"] = .integer(range.upperBound)
    }
  }

  private func isEnumeration(_ different: Int, of count: Int) -> Bool {
    count >= options.enumRows && different * 4 <= count
  }

  private func describeArrays(_ profile: ValueProfile, _ members: inout [String: JSONValue]) {
    if let elements = profile.elements.first, elements.count > 0 {
      members["items"] = .object(schema(elements))
    }
    if options.addsLimits, let range = profile.elementCounts {
      members["minItems"] = .integer(range.lowerBound)
      members["maxItems"] = .integer(range.upperBound)
    }
  }

  private func describeObjects(_ profile: ValueProfile, _ members: inout [String: JSONValue]) {
    if let mapped = profile.mapped.first {
      members["additionalProperties"] = .object(schema(mapped))
      return
    }
    members["properties"] = .object(profile.members.mapValues { .object(schema($0)) })
    let count = profile.types["object"]
    let required = profile.members.filter { $0.value.count == count }.keys
    if !required.isEmpty {
      members["required"] = .array(
        required.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(JSONValue.string))
    }
    if options.closesObjects { members["additionalProperties"] = false }
  }
}
