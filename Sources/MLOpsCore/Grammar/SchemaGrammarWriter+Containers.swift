import JSON

extension SchemaGrammarWriter {
  func array(_ keywords: SchemaKeywords) throws -> String {
    if keywords["uniqueItems"] == .bool(true) {
      throw keywords.unsupported("uniqueItems", "a grammar cannot compare items")
    }
    let (least, most) = try keywords.bounds("minItems", "maxItems")
    if most == 0 || (keywords["items"] == .bool(false) && least == 0) {
      return #""[" space "]""#
    }
    let item = try keywords["items"].map { _ in try rule(for: keywords.pointer.appending("items")) }
    let one = item ?? "value"
    let further =
      "( space \",\" space \(one) ){\(max(0, least - 1)),\(most.map { "\($0 - 1)" } ?? "")}"
    let items = "\(one) \(further) space"
    return "\"[\" space \(least == 0 ? "( \(items) )?" : items) \"]\""
  }

  func object(_ keywords: SchemaKeywords) throws -> String {
    let required = try requiredNames(keywords)
    let place = keywords.pointer.appending("properties")
    if let properties = keywords["properties"], properties.object == nil {
      throw keywords.invalid("properties", "expected an object")
    }
    let declared = keywords["properties"]?.object ?? [:]
    // What is demanded, but not declared, is as additional members are.
    let more = required.filter { declared[$0] == nil }
    if declared.isEmpty, more.isEmpty { return try map(keywords) }
    var members: [(name: String, rule: String, isRequired: Bool)] = []
    for name in order(Array(declared.keys), place) {
      // A member that can have no value may only be left out.
      if declared[name] == .bool(false), !required.contains(name) { continue }
      members.append((name, try rule(for: place.appending(name)), required.contains(name)))
    }
    for name in more { members.append((name, try additional(keywords), true)) }
    return try sequence(members, keywords.pointer)
  }

  private func requiredNames(_ keywords: SchemaKeywords) throws -> [String] {
    guard let value = keywords["required"] else { return [] }
    let names = value.array?.map(\.string) ?? [nil]
    guard !names.contains(nil) else {
      throw keywords.invalid("required", "expected a list of names")
    }
    var seen: Set<String> = []
    return names.compactMap { $0 }.filter { seen.insert($0).inserted }
  }

  /// The rule of values of members that are not declared.
  private func additional(_ keywords: SchemaKeywords) throws -> String {
    guard keywords["additionalProperties"] != nil else { return "value" }
    return try rule(for: keywords.pointer.appending("additionalProperties"))
  }

  /// Any members.
  private func map(_ keywords: SchemaKeywords) throws -> String {
    if keywords["additionalProperties"] == .bool(false) { return #""{" space "}""# }
    let value = try additional(keywords)
    if value == "value" { return "object" }
    let member = name("member", of: keywords.pointer)
    add(member, #"string space ":" space \#(value)"#)
    return #""{" space ( \#(member) ( space "," space \#(member) )* space )? "}""#
  }

  /// Members in order, of which some may be left out; a comma stands before each but the first.
  ///
  /// `rest-i` writes what comes from member i on where none has been written, `more-i` where one has.
  private func sequence(
    _ members: [(name: String, rule: String, isRequired: Bool)], _ pointer: JSONPointer
  ) throws -> String {
    if members.isEmpty { return #""{" space "}""# }
    func rest(_ index: Int) -> String { name("rest-\(index)", of: pointer) }
    func more(_ index: Int) -> String { name("more-\(index)", of: pointer) }
    add(rest(members.count), #""""#)
    add(more(members.count), "space")
    for (index, member) in members.enumerated().reversed() {
      let key = Self.literal(JSONValue.string(member.name).canonical)
      let written = #"\#(key) space ":" space \#(member.rule) \#(more(index + 1))"#
      let (leftFirst, leftLater) =
        member.isRequired ? ("", "") : (" | \(rest(index + 1))", " | \(more(index + 1))")
      add(rest(index), written + leftFirst)
      add(more(index), #"space "," space "# + written + leftLater)
    }
    return #""{" space \#(rest(0)) "}""#
  }
}
