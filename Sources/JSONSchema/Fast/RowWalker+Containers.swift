extension RowWalker {
  mutating func object(_ rules: UnsafePointer<FastObject>?, _ index: inout Int) -> Step {
    depth &+= 1
    let outerStrangers = strangerCount
    defer {
      depth &-= 1
      strangerCount = outerStrangers
    }
    guard depth < WalkLimits.depth else { return .undecided }
    index &+= 1
    let first = index
    var seen: UInt64 = 0
    var count = 0
    var expected = 0
    guard isInside(index) else { return .malformed }
    if byte(at: index) == UInt8(ascii: "}") {
      index &+= 1
    } else {
      while true {
        guard isInside(index &+ 1), byte(at: index) == UInt8(ascii: "\""),
          byte(at: index &+ 1) == UInt8(ascii: ":")
        else { return .malformed }
        let start = Int(indexes[index]) &+ 1
        let length = tokenEnd(index) &- 1 &- start
        guard length >= 0, text[start &+ length] == UInt8(ascii: "\"") else { return .malformed }
        // A name with escapes has to be decoded before it is compared.
        if hasEscapes, containsBackslash(start, length) { return .undecided }
        index &+= 2
        count &+= 1
        var node: Int32 = -1
        let (outerWay, outerLength) = (way, wayLength)
        if let rules {
          let name = find(start, length, rules, &expected)
          if name >= 0 {
            let bit: UInt64 = 1 &<< UInt64(name)
            if seen & bit != 0 { return .malformed }
            seen |= bit
          } else {
            let step = note(start, length, since: outerStrangers)
            if step != .valid { return step }
          }
          let step = member(name, start, length, rules, &node, index)
          if step != .valid { return step }
        } else {
          let step = note(start, length, since: outerStrangers)
          if step != .valid { return step }
        }
        let step = value(node, &index)
        if step != .valid { return step }
        if Mode.collects { (way, wayLength) = (outerWay, outerLength) }
        guard isInside(index) else { return .malformed }
        let separator = byte(at: index)
        index &+= 1
        if separator == UInt8(ascii: ",") { continue }
        if separator == UInt8(ascii: "}") { break }
        return .malformed
      }
    }
    guard let rules else { return .valid }
    return finish(rules, seen, count, first)
  }

  /// What the whole object has to fulfil.
  @inline(__always)
  private mutating func finish(
    _ rules: UnsafePointer<FastObject>, _ seen: UInt64, _ count: Int, _ first: Int
  ) -> Step {
    let start = first &- 1
    let missing = rules.pointee.required & ~seen
    if missing != 0,
      !note(rules.pointee.requiredAssertion, start, count: missing.nonzeroBitCount)
    {
      return .invalid
    }
    if count < Int(rules.pointee.minimum), !note(rules.pointee.minimumAssertion, start) {
      return .invalid
    }
    if count > Int(rules.pointee.maximum), !note(rules.pointee.maximumAssertion, start) {
      return .invalid
    }
    guard let dependents = rules.pointee.dependents else { return .valid }
    for position in 0..<Int(rules.pointee.dependentCount) {
      let dependent = dependents[position]
      guard seen & dependent.trigger != 0 else { continue }
      let missing = dependent.required & ~seen
      if missing != 0, !note(dependent.assertion, start, count: missing.nonzeroBitCount) {
        return .invalid
      }
      if dependent.node >= 0 {
        let step = revisit(dependent.node, start)
        if step != .valid { return step }
      }
    }
    return .valid
  }

  /// Finds the node of a member, and applies those that a member has besides.
  @inline(__always)
  private mutating func member(
    _ name: Int, _ start: Int, _ length: Int, _ rules: UnsafePointer<FastObject>,
    _ node: inout Int32, _ index: Int
  ) -> Step {
    var isKnown = false
    if name >= 0, rules.pointee.names[name].isDeclared {
      node = rules.pointee.names[name].node
      isKnown = true
    }
    let (outerWay, outerLength) = (way, wayLength)
    if Mode.collects { goDown(isKnown ? (start, length) : nil) }
    if rules.pointee.memberNames >= 0 {
      // The name as a value: its index is followed by the colon's.
      if Mode.collects { nameDistance &+= 2 }
      let step = revisit(rules.pointee.memberNames, index &- 2)
      if Mode.collects { nameDistance &-= 2 }
      if step != .valid { return step }
    }
    if let matching = rules.pointee.matching {
      for position in 0..<Int(rules.pointee.matchingCount) {
        switch program.patterns[Int(matching[position].pattern)]
          .search(text + start, length, with: match)
        {
        case .tooCostly: return .undecided
        case .absent: continue
        case .found:
          isKnown = true
          if matching[position].node >= 0 {
            let step = revisit(matching[position].node, index)
            if step != .valid { return step }
          }
        }
      }
    }
    if !isKnown {
      if rules.pointee.forbiddenAssertion >= 0 {
        // Its name is what is wrong.
        if Mode.collects {
          (way, wayLength) = (outerWay, outerLength)
          goDown((start, length))
        }
        return fail(rules.pointee.forbiddenAssertion, index)
      }
      node = rules.pointee.additional
    }
    return .valid
  }

  /// The bit of a name; −1 for one that the schema does not know.
  @inline(__always)
  private func find(
    _ start: Int, _ length: Int, _ rules: UnsafePointer<FastObject>, _ expected: inout Int
  ) -> Int {
    let names = rules.pointee.names
    // Most rows have their members in the order of the schema, or of the row before.
    if expected < Int(rules.pointee.nameCount), Int(names[expected].length) == length,
      FastBytes.areEqual(names[expected].bytes, text + start, length)
    {
      expected &+= 1
      return expected &- 1
    }
    guard rules.pointee.nameCount > 0 else { return -1 }
    let mask = Int(rules.pointee.slotMask)
    var slot = Int(truncatingIfNeeded: FastBytes.hash(text + start, length)) & mask
    while true {
      let name = Int(rules.pointee.slots[slot])
      if name < 0 { return -1 }
      if Int(names[name].length) == length,
        FastBytes.areEqual(names[name].bytes, text + start, length)
      {
        expected = name &+ 1
        return name
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// Remembers a name that the schema does not know; `malformed` where it occurred before.
  ///
  /// - Parameter first: where the names of the object in hand begin.
  private mutating func note(_ start: Int, _ length: Int, since first: Int) -> Step {
    guard strangerCount < WalkLimits.strangers else { return .undecided }
    let hash = FastBytes.hash(text + start, length)
    for position in first..<strangerCount {
      let other = strangers[position]
      if other.hash == hash, Int(other.length) == length,
        FastBytes.areEqual(text + Int(other.start), text + start, length)
      {
        return .malformed
      }
    }
    strangers[strangerCount] = WalkMemory.Stranger(
      hash: hash, start: UInt32(truncatingIfNeeded: start),
      length: UInt32(truncatingIfNeeded: length))
    strangerCount &+= 1
    return .valid
  }

  mutating func array(_ rules: UnsafePointer<FastArray>?, _ index: inout Int) -> Step {
    depth &+= 1
    let outerStrangers = strangerCount
    defer {
      depth &-= 1
      strangerCount = outerStrangers
    }
    guard depth < WalkLimits.depth else { return .undecided }
    index &+= 1
    let first = index
    var count = 0
    var matches = 0
    guard isInside(index) else { return .malformed }
    if byte(at: index) == UInt8(ascii: "]") {
      index &+= 1
    } else {
      while true {
        var node: Int32 = -1
        let (outerWay, outerLength) = (way, wayLength)
        if let rules {
          if Mode.collects { goDown(nil) }
          node =
            count < Int(rules.pointee.prefixCount)
            ? rules.pointee.prefix?[count] ?? -1 : rules.pointee.rest
          if rules.pointee.contains >= 0 {
            let step = probe(rules.pointee.contains, index)
            if step == .valid { matches &+= 1 } else if step != .invalid { return step }
          }
        }
        let step = value(node, &index)
        if step != .valid { return step }
        if Mode.collects { (way, wayLength) = (outerWay, outerLength) }
        count &+= 1
        guard isInside(index) else { return .malformed }
        let separator = byte(at: index)
        index &+= 1
        if separator == UInt8(ascii: ",") { continue }
        if separator == UInt8(ascii: "]") { break }
        return .malformed
      }
    }
    guard let rules else { return .valid }
    let start = first &- 1
    if count < Int(rules.pointee.minimum), !note(rules.pointee.minimumAssertion, start) {
      return .invalid
    }
    if count > Int(rules.pointee.maximum), !note(rules.pointee.maximumAssertion, start) {
      return .invalid
    }
    if rules.pointee.contains >= 0 {
      if matches < Int(rules.pointee.containsMinimum) {
        if !note(rules.pointee.containsMinimumAssertion, start) { return .invalid }
      } else if matches > Int(rules.pointee.containsMaximum) {
        if !note(rules.pointee.containsMaximumAssertion, start) { return .invalid }
      }
    }
    if rules.pointee.uniqueAssertion >= 0, count > 1 {
      return unique(first, count, rules.pointee.uniqueAssertion)
    }
    return .valid
  }

  /// Whether no two elements are equal; decides where all are strings without escapes.
  private mutating func unique(_ first: Int, _ count: Int, _ assertion: Int32) -> Step {
    guard !hasEscapes, strangerCount &+ count <= WalkLimits.strangers else { return .undecided }
    let base = strangerCount
    // A string takes two indexes: its own and that of the comma or bracket behind it.
    for position in 0..<count {
      let index = first &+ 2 &* position
      guard byte(at: index) == UInt8(ascii: "\"") else { return .undecided }
      let start = Int(indexes[index]) &+ 1
      let length = tokenEnd(index) &- 1 &- start
      let hash = FastBytes.hash(text + start, length)
      for earlier in 0..<position {
        let other = strangers[base &+ earlier]
        if other.hash == hash, Int(other.length) == length,
          FastBytes.areEqual(text + Int(other.start), text + start, length)
        {
          return fail(assertion, first &- 1)
        }
      }
      strangers[base &+ position] = WalkMemory.Stranger(
        hash: hash, start: UInt32(truncatingIfNeeded: start),
        length: UInt32(truncatingIfNeeded: length))
    }
    return .valid
  }
}
