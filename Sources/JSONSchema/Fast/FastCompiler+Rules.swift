import JSON

extension FastCompiler {
  mutating func addString(_ rule: Rule, _ number: Int32, _ draft: inout Draft) {
    var string = draft.string ?? FastString()
    switch rule {
    case .length(.atLeast, let count):
      string.minimum = Int32(clamping: count)
      string.minimumAssertion = number
    case .length(.atMost, let count):
      string.maximum = Int32(clamping: count)
      string.maximumAssertion = number
    case .pattern(let pattern):
      string.pattern = self.pattern(pattern)
      string.patternAssertion = number
    case .format(let format):
      string.format =
        switch format {
        case .date: .date
        case .time: .time
        case .dateTime: .dateTime
        default: .other
        }
      string.formatAssertion = number
    default: break
    }
    draft.string = string
  }

  func addNumber(_ rule: Rule, _ assertion: Int32, _ draft: inout Draft) throws(Unsupported) {
    var number = draft.number ?? FastNumber()
    switch rule {
    case .limit(let limit, let bound):
      guard let bound = FastDecimal(bound) else { throw Unsupported() }
      switch limit {
      case .minimum, .exclusiveMinimum:
        // Both may stand in one schema: the stricter one decides, and so does its keyword.
        if number.lowerAssertion >= 0 { number.hasRivals = true }
        if number.lowerAssertion >= 0, bound < number.lower { break }
        let isSame = number.lowerAssertion >= 0 && !(number.lower < bound)
        if isSame, limit == .minimum { break }
        number.lower = bound
        number.lowerAssertion = assertion
        number.lowerIsExclusive = limit == .exclusiveMinimum
      case .maximum, .exclusiveMaximum:
        if number.upperAssertion >= 0 { number.hasRivals = true }
        if number.upperAssertion >= 0, number.upper < bound { break }
        let isSame = number.upperAssertion >= 0 && !(bound < number.upper)
        if isSame, limit == .maximum { break }
        number.upper = bound
        number.upperAssertion = assertion
        number.upperIsExclusive = limit == .exclusiveMaximum
      }
    case .multiple(let divisor, _):
      guard let divisor = FastDecimal(divisor), divisor.mantissa > 0 else { throw Unsupported() }
      number.divisor = divisor
      number.divisorAssertion = assertion
    default: throw Unsupported()
    }
    draft.number = number
  }

  mutating func addArray(
    _ rule: Rule, _ number: Int32, of id: SchemaNode.ID, _ draft: inout Draft
  ) throws(Unsupported) {
    var array = draft.array ?? FastArray()
    switch rule {
    case .elements(let prefix, let rest):
      array.prefix = memory.store(prefix.map { alias($0) })
      array.prefixCount = Int32(prefix.count)
      array.rest = rest.map { alias($0) } ?? -1
    case .elementCount(.atLeast, let count):
      array.minimum = Int32(clamping: count)
      array.minimumAssertion = number
    case .elementCount(.atMost, let count):
      array.maximum = Int32(clamping: count)
      array.maximumAssertion = number
    case .contains(let node, let minimum, let maximum):
      let target = alias(node)
      array.contains = target
      array.containsMinimumAssertion =
        minimum == 1 ? number : assertion(id, "contains", steps: ["minContains"])
      array.containsMaximumAssertion = assertion(id, "contains", steps: ["maxContains"])
      array.containsMinimum = Int32(clamping: minimum)
      array.containsMaximum = maximum.map { Int32(clamping: $0) } ?? .max
      // `contains: true` counts elements.
      guard target >= 0 else { throw Unsupported() }
    case .unique: array.uniqueAssertion = number
    default: throw Unsupported()
    }
    draft.array = array
  }

  /// `enum` or `const`; a schema with both is left to `Evaluator`.
  func values(_ values: [JSONValue], _ known: UnsafePointer<FastValues>?, _ number: Int32)
    throws(Unsupported) -> UnsafePointer<FastValues>
  {
    guard known == nil else { throw Unsupported() }
    var texts: [FastText] = []
    var numbers: [FastDecimal] = []
    var (hasContainers, hasOtherNumbers) = (false, false)
    for value in values {
      switch value {
      case .string(let text):
        let bytes = Array(text.utf8)
        texts.append(FastText(bytes: memory.store(text: bytes), length: Int32(bytes.count)))
      case .number(let number):
        if let decimal = FastDecimal(number) {
          numbers.append(decimal)
        } else {
          hasOtherNumbers = true
        }
      case .object, .array: hasContainers = true
      case .bool, .null: break
      }
    }
    let slots = FastCompiler.slots(texts.map { ($0.bytes, Int($0.length)) })
    return memory.store([
      FastValues(
        texts: memory.store(texts), slots: memory.store(slots), slotMask: Int32(slots.count - 1),
        numbers: memory.store(numbers), numberCount: Int32(numbers.count),
        admitsTrue: values.contains(.bool(true)), admitsFalse: values.contains(.bool(false)),
        admitsNull: values.contains(.null), hasContainers: hasContainers,
        hasOtherNumbers: hasOtherNumbers, assertion: number)
    ])
  }

  /// Open addressing, at most half full.
  static func slots(_ texts: [(bytes: UnsafePointer<UInt8>, length: Int)]) -> [Int32] {
    var size = 4
    while size < texts.count * 2 { size *= 2 }
    var slots = [Int32](repeating: -1, count: size)
    for (index, text) in texts.enumerated() {
      var slot = Int(truncatingIfNeeded: FastBytes.hash(text.bytes, text.length)) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(index)
    }
    return slots
  }

  func object(_ draft: Draft) throws(Unsupported) -> UnsafePointer<FastObject>? {
    guard draft.hasObject else { return nil }
    let rules = draft.members ?? MemberRules()
    // In the order of `required` first: that is how rows are written, more often than by name.
    var order: [String] = []
    var bits: [String: Int] = [:]
    func add(_ name: String) {
      guard bits[name] == nil else { return }
      bits[name] = order.count
      order.append(name)
    }
    draft.required.forEach(add)
    rules.named.keys.sorted().forEach(add)
    for item in draft.dependentRequired {
      add(item.name)
      item.required.forEach(add)
    }
    for item in draft.dependentSchemas { add(item.name) }
    guard order.count <= 64 else { throw Unsupported() }
    func mask(_ names: [String]) -> UInt64 {
      names.reduce(0) { mask, name in mask | (bits[name].map { 1 << UInt64($0) } ?? 0) }
    }

    let names = order.map { name in
      let bytes = Array(name.utf8)
      return FastName(
        bytes: memory.store(text: bytes), length: Int32(bytes.count),
        node: rules.named[name].map { alias($0) } ?? -1, isDeclared: rules.named[name] != nil)
    }
    let slots = FastCompiler.slots(names.map { ($0.bytes, Int($0.length)) }).map { Int8($0) }
    var object = FastObject(names: memory.store(names), slots: memory.store(slots))
    object.nameCount = Int32(names.count)
    object.slotMask = Int32(slots.count - 1)
    object.required = mask(draft.required)
    object.requiredAssertion = draft.requiredAssertion
    if let additional = rules.additional {
      if source.nodes[additional].verdict == false {
        object.forbiddenAssertion = draft.additionalAssertion
      } else {
        object.additional = alias(additional)
      }
    }
    if let names = draft.memberNames { object.memberNames = alias(names.node) }
    for (bound, count, number) in draft.memberCounts {
      switch bound {
      case .atLeast: (object.minimum, object.minimumAssertion) = (Int32(clamping: count), number)
      case .atMost: (object.maximum, object.maximumAssertion) = (Int32(clamping: count), number)
      }
    }
    let dependents =
      draft.dependentRequired.map { item in
        FastDependent(
          trigger: mask([item.name]), required: mask(item.required), assertion: item.assertion)
      }
      + draft.dependentSchemas.map { item in
        FastDependent(trigger: mask([item.name]), node: alias(item.node), assertion: item.assertion)
      }
    if !dependents.isEmpty {
      object.dependents = memory.store(dependents)
      object.dependentCount = Int32(dependents.count)
    }
    if !draft.matching.isEmpty {
      object.matching = memory.store(draft.matching)
      object.matchingCount = Int32(draft.matching.count)
    }
    return memory.store([object])
  }
}

extension FastDecimal {
  /// Nil for a number of more than 18 digits, before or behind the point.
  init?(_ number: JSONNumber) {
    let decimal = number.decimal
    guard decimal.exponent >= -18, decimal.digits.count + max(decimal.exponent, 0) <= 18 else {
      return nil
    }
    var mantissa: Int64 = 0
    for digit in decimal.digits { mantissa = mantissa * 10 + Int64(digit) }
    for _ in 0..<max(decimal.exponent, 0) { mantissa *= 10 }
    self.init(
      mantissa: decimal.isNegative ? -mantissa : mantissa, scale: Int32(max(-decimal.exponent, 0)))
  }
}
