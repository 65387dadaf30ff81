import JSON

extension Evaluator {
  mutating func checkArray(
    _ assertion: Assertion, _ node: SchemaNode, _ elements: [JSONValue],
    _ evaluated: inout Evaluated
  ) -> Bool {
    let keyword = assertion.keyword
    var isValid = true
    switch assertion.rule {
    case .elementCount(let bound, let count):
      isValid =
        bound.admits(elements.count, count)
        || report(
          node, [keyword], keyword, bound.phrase(count, "element"),
          "\(elements.count)")
    case .unique:
      var places: [JSONValue: Int] = [:]
      for (index, element) in elements.enumerated() {
        guard let earlier = places.updateValue(index, forKey: element) else { continue }
        return report(
          node, [keyword], keyword, "elements that all differ",
          "\(Phrase.value(element)) at \(earlier) and \(index)")
      }
    case .elements(let prefix, let rest):
      for (index, element) in elements.enumerated() {
        guard isValid || mode != .verdict else { break }
        guard let child = index < prefix.count ? prefix[index] : rest else { break }
        if !descend(.index(index), child, from: node, element) { isValid = false }
      }
      annotateElements(node, elements.count, prefix: prefix.count, hasRest: rest != nil)
      if rest != nil { evaluated.allIndices = true }
      evaluated.prefix = max(evaluated.prefix, prefix.count)
    case .contains(let child, let atLeast, let atMost):
      openUnit([keyword], node)
      var count = 0
      var matching: [JSONValue] = []
      let outer = mode
      if mode == .violations { mode = .verdict }
      for (index, element) in elements.enumerated()
      where descend(.index(index), child, from: node, element) {
        count += 1
        if mode == .trace { matching.append(.integer(index)) }
        // Only since 2020-12 does it count as looked at.
        if program.tracksEvaluated, node.draft >= .draft202012 { evaluated.indices.insert(index) }
      }
      mode = outer
      if count < atLeast || count > atMost ?? .max {
        let low = count < atLeast
        isValid = report(
          node, [low ? (atLeast == 1 ? keyword : "minContains") : "maxContains"], keyword,
          (low ? Bound.atLeast : .atMost).phrase(low ? atLeast : atMost ?? 0, "element")
            + " to match the schema in contains", "\(count)")
      }
      closeUnit(isValid: isValid)
      if mode == .trace, node.draft >= .draft202012 {
        addAnnotation(keyword, .array(matching), node)
      }
    case .unevaluatedElements(let child):
      guard !evaluated.allIndices else { return true }
      var touched = false
      for (index, element) in elements.enumerated().dropFirst(evaluated.prefix)
      where !evaluated.indices.contains(index) {
        guard isValid || mode != .verdict else { break }
        if !descend(.index(index), child, from: node, element) { isValid = false }
        touched = true
      }
      if touched, mode == .trace { addAnnotation(keyword, true, node) }
      evaluated.allIndices = true
    default: break
    }
    return isValid
  }
}
