import CPCRE2

/// Walks rows along simdjson's structural indexes, checking grammar and schema in one go.
///
/// Nothing is copied or allocated on the way of a valid row. A value to which several schemas apply
/// is walked once for each. `text` must be readable 64 bytes past its end.
struct RowWalker: ~Copyable {
  /// How a walk ended.
  enum Step: UInt8 {
    case valid
    /// `failure` is the assertion.
    case invalid
    /// It is no JSON, or a name occurs twice.
    case malformed
    /// `Evaluator` has to decide.
    case undecided
  }

  let program: FastProgram
  let nodes: UnsafePointer<FastNode>
  let text: UnsafePointer<UInt8>
  let indexes: UnsafePointer<UInt32>
  /// Where the row in hand ends in the text; indexes behind it belong to other rows. There is always
  /// one, since simdjson ends its list with the length of the text.
  var textEnd: UInt32 = 0
  /// Whether there is a backslash in the row in hand.
  var hasEscapes = false
  var failure: Int32 = -1
  var depth = 0
  /// How many indexes of the row in hand may still be walked again; see `revisit`.
  private var credit = 0

  /// Names of the objects in hand that the schema does not know: to see one that occurs twice.
  var strangers: UnsafeMutablePointer<Stranger>
  var strangerCount = 0
  let match: OpaquePointer?

  struct Stranger: BitwiseCopyable {
    var hash: UInt64
    var start: UInt32
    var length: UInt32
  }

  static let strangerLimit = 1024
  /// Far more than sound schemas need; those that double at each level would need for ever.
  private static let leastCredit = 1_000_000
  /// As deep as `JSONParser` goes, and no deeper than the stack.
  static let depthLimit = 500

  init(
    _ program: FastProgram, text: UnsafePointer<UInt8>, indexes: UnsafePointer<UInt32>
  ) {
    self.program = program
    nodes = program.nodes
    self.text = text
    self.indexes = indexes
    strangers = .allocate(capacity: RowWalker.strangerLimit)
    match = pcre2_match_data_create_8(1, nil)
  }

  deinit {
    strangers.deallocate()
    pcre2_match_data_free_8(match)
  }

  /// The row whose indexes begin at `start`; `start` is the first index behind it where the result
  /// is `valid`.
  mutating func row(from start: inout Int, root: Int32) -> Step {
    depth = 0
    strangerCount = 0
    credit = RowWalker.leastCredit &+ 64 &* (Int(textEnd) &- Int(indexes[start]))
    let step = value(root, &start)
    if step == .valid, isInside(start) { return .malformed }
    return step
  }

  /// Whether an index belongs to the row in hand.
  @inline(__always)
  func isInside(_ index: Int) -> Bool { indexes[index] < textEnd }

  @inline(__always)
  func byte(at index: Int) -> UInt8 { text[Int(indexes[index])] }

  @inline(__always)
  mutating func fail(_ assertion: Int32) -> Step {
    failure = assertion
    return .invalid
  }

  /// Where the token at an index ends: the last byte that is no white space before the next one.
  @inline(__always)
  func tokenEnd(_ index: Int) -> Int {
    var last = Int(min(indexes[index &+ 1], textEnd)) &- 1
    while text[last] <= 0x20, RowWalker.isSpace(text[last]) { last &-= 1 }
    return last &+ 1
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  mutating func value(_ id: Int32, _ index: inout Int) -> Step {
    guard isInside(index) else { return .malformed }
    guard id >= 0 else { return anything(&index) }
    let node = nodes + Int(id)
    let start = index
    var step: Step
    switch byte(at: index) {
    case UInt8(ascii: "\""):
      guard node.pointee.kinds.contains(.string) else { return fail(node.pointee.kindAssertion) }
      step = string(node, &index)
    case UInt8(ascii: "{"):
      guard node.pointee.kinds.contains(.object) else { return fail(node.pointee.kindAssertion) }
      step = object(node.pointee.object, &index)
      if step == .valid, let values = node.pointee.values {
        step = values.pointee.hasContainers ? .undecided : fail(values.pointee.assertion)
      }
    case UInt8(ascii: "["):
      guard node.pointee.kinds.contains(.array) else { return fail(node.pointee.kindAssertion) }
      step = array(node.pointee.array, &index)
      if step == .valid, let values = node.pointee.values {
        step = values.pointee.hasContainers ? .undecided : fail(values.pointee.assertion)
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
    let start = Int(indexes[index])
    let length = word.utf8CodeUnitCount
    guard tokenEnd(index) &- start == length,
      FastBytes.head(text + start, length) == FastBytes.head(word.utf8Start, length)
    else { return .malformed }
    index &+= 1
    guard let node else { return .valid }
    guard node.pointee.kinds.contains(kind) else { return fail(node.pointee.kindAssertion) }
    guard let values = node.pointee.values else { return .valid }
    let isAdmitted =
      switch text[start] {
      case UInt8(ascii: "t"): values.pointee.admitsTrue
      case UInt8(ascii: "f"): values.pointee.admitsFalse
      default: values.pointee.admitsNull
      }
    return isAdmitted ? .valid : fail(values.pointee.assertion)
  }

  private mutating func applicators(_ node: UnsafePointer<FastNode>, _ start: Int) -> Step {
    guard let list = node.pointee.applicators else { return .valid }
    depth &+= 1
    defer { depth &-= 1 }
    guard depth < RowWalker.depthLimit else { return .undecided }
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
        let step = revisit(nodes[position], start)
        if step != .invalid { return step }
      }
      return fail(applicator.pointee.assertion)
    case .exactlyOne:
      var matches = 0
      for position in 0..<count {
        let step = revisit(nodes[position], start)
        if step == .valid { matches &+= 1 } else if step != .invalid { return step }
      }
      return matches == 1 ? .valid : fail(applicator.pointee.assertion)
    case .not:
      let step = revisit(nodes[0], start)
      if step == .valid { return fail(applicator.pointee.assertion) }
      return step == .invalid ? .valid : step
    case .conditional:
      let step = revisit(nodes[0], start)
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
}
