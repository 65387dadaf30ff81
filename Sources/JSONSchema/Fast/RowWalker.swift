/// Walks rows along simdjson's structural indexes, checking grammar and schema in one go.
///
/// Nothing is copied or allocated on the way of a valid row. A value to which several schemas apply
/// is walked once for each. `text` must be readable 64 bytes past its end.
///
/// A walk that collects takes a violation down and goes on as if there were none, so that it comes
/// by the others; inside an alternative, a condition and the like it asks for a verdict.
struct RowWalker<Mode: WalkMode>: ~Copyable {
  typealias Step = WalkStep

  let program: FastProgram
  let nodes: UnsafePointer<FastNode>
  let text: UnsafePointer<UInt8>
  let indexes: UnsafePointer<UInt32>
  let memory: WalkMemory
  /// Takes violations down, where they are collected.
  let counter: ViolationCounter?
  /// Where the row in hand ends in the text; indexes behind it belong to other rows. There is always
  /// one, since simdjson ends its list with the length of the text.
  var textEnd: UInt32 = 0
  /// Whether there is a backslash in the row in hand.
  var hasEscapes = false
  var failure: Int32 = -1
  var depth = 0
  /// How many indexes of the row in hand may still be walked again; see `revisit`.
  private var credit = 0

  let strangers: UnsafeMutablePointer<WalkMemory.Stranger>
  var strangerCount = 0
  let match: OpaquePointer?

  /// How many verdicts are being asked for inside each other (walks that collect only).
  private var probes = 0
  /// The hash of the way to the value in hand, and how many steps it has (walks that collect only).
  var way = ViolationKind.root
  var wayLength = 0
  /// By how many indexes a member's name, looked at as a value, stands before the member's value
  /// (walks that collect only).
  var nameDistance = 0

  init(
    _ program: FastProgram, text: UnsafePointer<UInt8>, indexes: UnsafePointer<UInt32>,
    memory: WalkMemory, counter: ViolationCounter? = nil
  ) {
    self.program = program
    nodes = program.nodes
    self.text = text
    self.indexes = indexes
    self.memory = memory
    self.counter = counter
    strangers = memory.strangers
    match = memory.match
  }

  /// The row whose indexes begin at `start`; `start` is the first index behind it where the result
  /// is `valid`.
  mutating func row(from start: inout Int, root: Int32) -> Step {
    depth = 0
    strangerCount = 0
    if Mode.collects { (way, wayLength, probes, nameDistance) = (ViolationKind.root, 0, 0, 0) }
    credit = WalkLimits.leastCredit &+ 64 &* (Int(textEnd) &- Int(indexes[start]))
    let step = value(root, &start)
    if step == .valid, isInside(start) { return .malformed }
    return step
  }

  /// Whether an index belongs to the row in hand.
  @inline(__always)
  func isInside(_ index: Int) -> Bool { indexes[index] < textEnd }

  @inline(__always)
  func byte(at index: Int) -> UInt8 { text[Int(indexes[index])] }

  /// Notes that a value violates an assertion.
  ///
  /// - Parameters:
  ///   - index: Where the value begins.
  ///   - count: As how many violations it counts.
  /// - Returns: Whether the walk goes on all the same; else it ends as `invalid`.
  @inline(__always)
  mutating func note(_ assertion: Int32, _ index: Int, count: Int = 1) -> Bool {
    if Mode.collects, probes == 0 {
      takeDown(assertion, index, count)
      return true
    }
    failure = assertion
    return false
  }

  /// As `note`, for a check that ends with it.
  @inline(__always)
  mutating func fail(_ assertion: Int32, _ index: Int) -> Step {
    note(assertion, index) ? .valid : .invalid
  }

  /// Whether violations are taken down just now.
  @inline(__always)
  var isCollecting: Bool { Mode.collects && probes == 0 }

  private func takeDown(_ assertion: Int32, _ index: Int, _ count: Int) {
    counter?.note(
      assertion, way: way, at: Int(indexes[index &+ nameDistance]), count: count,
      pointer: { [memory, text, wayLength] in memory.pointer(wayLength, in: text) })
  }

  /// Goes down to a member that the schema names, or, without a name, to any other and to elements.
  @inline(__always)
  mutating func goDown(_ name: (start: Int, length: Int)?) {
    memory.way[wayLength] = WalkMemory.Step(start: name?.start ?? -1, length: name?.length ?? 0)
    wayLength &+= 1
    guard let name, name.length != 1 || text[name.start] != UInt8(ascii: "*") else {
      way = ViolationKind.step(way, ViolationKind.anyStep)
      return
    }
    way = ViolationKind.step(way, FastBytes.hash(text + name.start, name.length))
  }

  /// Where the token at an index ends: the last byte that is no white space before the next one.
  @inline(__always)
  func tokenEnd(_ index: Int) -> Int {
    var last = Int(min(indexes[index &+ 1], textEnd)) &- 1
    while text[last] <= 0x20, FastBytes.isSpace(text[last]) { last &-= 1 }
    return last &+ 1
  }

  mutating func value(_ id: Int32, _ index: inout Int) -> Step {
    guard isInside(index) else { return .malformed }
    guard id >= 0 else { return anything(&index) }
    let node = nodes + Int(id)
    let start = index
    var step: Step
    switch byte(at: index) {
    case UInt8(ascii: "\""):
      if !node.pointee.kinds.contains(.string), !note(node.pointee.kindAssertion, start) {
        return .invalid
      }
      step = string(node, &index)
    case UInt8(ascii: "{"):
      if !node.pointee.kinds.contains(.object), !note(node.pointee.kindAssertion, start) {
        return .invalid
      }
      step = object(node.pointee.object, &index)
      if step == .valid, let values = node.pointee.values {
        step = values.pointee.hasContainers ? .undecided : fail(values.pointee.assertion, start)
      }
    case UInt8(ascii: "["):
      if !node.pointee.kinds.contains(.array), !note(node.pointee.kindAssertion, start) {
        return .invalid
      }
      step = array(node.pointee.array, &index)
      if step == .valid, let values = node.pointee.values {
        step = values.pointee.hasContainers ? .undecided : fail(values.pointee.assertion, start)
      }
    case UInt8(ascii: "t"): step = literal(node, "true", .boolean, &index)
    case UInt8(ascii: "f"): step = literal(node, "false", .boolean, &index)
    case UInt8(ascii: "n"): step = literal(node, "null", .null, &index)
    default: step = number(node, &index)
    }
    if step == .valid, node.pointee.applicatorCount > 0 {
      step = applicators(node, start)
    }
    return step
  }

  /// A value of which the schema says nothing.
  mutating func anything(_ index: inout Int) -> Step {
    switch byte(at: index) {
    case UInt8(ascii: "\""): return string(nil, &index)
    case UInt8(ascii: "{"): return object(nil, &index)
    case UInt8(ascii: "["): return array(nil, &index)
    case UInt8(ascii: "t"): return literal(nil, "true", .boolean, &index)
    case UInt8(ascii: "f"): return literal(nil, "false", .boolean, &index)
    case UInt8(ascii: "n"): return literal(nil, "null", .null, &index)
    default: return number(nil, &index)
    }
  }

  private mutating func literal(
    _ node: UnsafePointer<FastNode>?, _ word: StaticString, _ kind: KindSet, _ index: inout Int
  ) -> Step {
    let first = index
    let start = Int(indexes[index])
    let length = word.utf8CodeUnitCount
    guard tokenEnd(index) &- start == length,
      FastBytes.head(text + start, length) == FastBytes.head(word.utf8Start, length)
    else { return .malformed }
    index &+= 1
    guard let node else { return .valid }
    if !node.pointee.kinds.contains(kind), !note(node.pointee.kindAssertion, first) {
      return .invalid
    }
    guard let values = node.pointee.values else { return .valid }
    let isAdmitted =
      switch text[start] {
      case UInt8(ascii: "t"): values.pointee.admitsTrue
      case UInt8(ascii: "f"): values.pointee.admitsFalse
      default: values.pointee.admitsNull
      }
    return isAdmitted ? .valid : fail(values.pointee.assertion, first)
  }

  private mutating func applicators(_ node: UnsafePointer<FastNode>, _ start: Int) -> Step {
    guard let list = node.pointee.applicators else { return .valid }
    depth &+= 1
    defer { depth &-= 1 }
    guard depth < WalkLimits.depth else { return .undecided }
    for position in 0..<Int(node.pointee.applicatorCount) {
      let step = apply(list + position, start)
      if step != .valid { return step }
    }
    return .valid
  }

  private mutating func apply(_ applicator: UnsafePointer<FastApplicator>, _ start: Int) -> Step {
    let nodes = applicator.pointee.nodes
    let count = Int(applicator.pointee.count)
    switch applicator.pointee.kind {
    case .all:
      for position in 0..<count {
        let step = revisit(nodes[position], start)
        if step != .valid { return step }
      }
      return .valid
    case .any:
      for position in 0..<count {
        let step = probe(nodes[position], start)
        if step != .invalid { return step }
      }
      return fail(applicator.pointee.assertion, start)
    case .exactlyOne:
      var matches = 0
      for position in 0..<count {
        let step = probe(nodes[position], start)
        if step == .valid { matches &+= 1 } else if step != .invalid { return step }
      }
      return matches == 1 ? .valid : fail(applicator.pointee.assertion, start)
    case .not:
      let step = probe(nodes[0], start)
      if step == .valid { return fail(applicator.pointee.assertion, start) }
      return step == .invalid ? .valid : step
    case .conditional:
      let step = probe(nodes[0], start)
      guard step == .valid || step == .invalid else { return step }
      let branch = nodes[step == .valid ? 1 : 2]
      return branch < 0 ? .valid : revisit(branch, start)
    }
  }

  /// Walks a value once more, for a further schema that applies to it.
  ///
  /// Only this counts what it walks: without it a row is walked once.
  @inline(__always)
  mutating func revisit(_ node: Int32, _ start: Int) -> Step {
    guard credit > 0 else { return .undecided }
    var index = start
    let step = value(node, &index)
    credit &-= index &- start &+ 1
    return step
  }
  /// As `revisit`, for a schema that may fail without the row being invalid.
  @inline(__always)
  mutating func probe(_ node: Int32, _ start: Int) -> Step {
    guard Mode.collects else { return revisit(node, start) }
    let (outerWay, outerLength) = (way, wayLength)
    probes &+= 1
    let step = revisit(node, start)
    probes &-= 1
    (way, wayLength) = (outerWay, outerLength)
    return step
  }
}
