import JSON

/// A schema as plain memory: what rows are checked against without a copy, a count or a box.
///
/// It decides everything that a `SchemaProgram` of common keywords can ask of common values. What
/// it cannot decide (a number of 40 digits, an `enum` of objects) it leaves to `Evaluator`, so both
/// always agree.
final class FastProgram: Sendable {
  /// A keyword and its node, by the number that a failure carries.
  struct Assertion {
    let node: SchemaNode.ID
    let keyword: String
    /// From the node to the place that violations name, where that is not the keyword's.
    let steps: [String]?
  }

  nonisolated(unsafe) let nodes: UnsafePointer<FastNode>
  let root: Int32
  let assertions: [Assertion]
  let patterns: [Pattern]
  /// Everything that the pointers inside point at.
  private let memory: FastMemory

  init(
    nodes: UnsafePointer<FastNode>, root: Int32, assertions: [Assertion], patterns: [Pattern],
    memory: FastMemory
  ) {
    self.nodes = nodes
    self.root = root
    self.assertions = assertions
    self.patterns = patterns
    self.memory = memory
  }
}

/// Owns plain memory that is written while a program is made and only read afterwards.
final class FastMemory: @unchecked Sendable {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  /// A copy of values that own nothing; never empty, so that it has an address.
  func store<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value> {
    let block = UnsafeMutablePointer<Value>.allocate(capacity: max(values.count, 1))
    block.initialize(from: values, count: values.count)
    blocks.append(UnsafeMutableRawPointer(block))
    return UnsafePointer(block)
  }

  /// As `store`, with bytes behind that may be read in words.
  func store(text: [UInt8]) -> UnsafePointer<UInt8> {
    store(text + [UInt8](repeating: 0, count: 16))
  }
}

/// The kinds of JSON values as bits; integers are those written without fraction and exponent.
struct KindSet: OptionSet, BitwiseCopyable, Sendable {
  let rawValue: UInt8
  static let object = KindSet(rawValue: 1)
  static let array = KindSet(rawValue: 2)
  static let string = KindSet(rawValue: 4)
  static let integer = KindSet(rawValue: 8)
  static let fraction = KindSet(rawValue: 16)
  static let boolean = KindSet(rawValue: 32)
  static let null = KindSet(rawValue: 64)
  static let all = KindSet(rawValue: 127)
}

/// One schema. Indices are −1, pointers nil, where the schema does not ask.
struct FastNode: BitwiseCopyable {
  var kinds: KindSet = .all
  var kindAssertion: Int32 = -1
  var object: UnsafePointer<FastObject>?
  var array: UnsafePointer<FastArray>?
  var string: UnsafePointer<FastString>?
  var number: UnsafePointer<FastNumber>?
  var values: UnsafePointer<FastValues>?
  var applicators: UnsafePointer<FastApplicator>?
  var applicatorCount: Int32 = 0
}

/// `properties` and what else concerns an object.
struct FastObject: BitwiseCopyable {
  var names: UnsafePointer<FastName>
  /// At most 64.
  var nameCount: Int32 = 0
  /// Open addressing over `names`: an index, or −1; a power of two long.
  var slots: UnsafePointer<Int8>
  var slotMask: Int32 = 0
  /// By the bits of `names`.
  var required: UInt64 = 0
  var requiredAssertion: Int32 = -1
  /// The node of members that are neither named nor matched; −1 for anything.
  var additional: Int32 = -1
  /// Where `additional` is `false`: the failure; −1 where it is not.
  var forbiddenAssertion: Int32 = -1
  var matching: UnsafePointer<FastMatch>?
  var matchingCount: Int32 = 0
  var memberNames: Int32 = -1
  var memberNamesAssertion: Int32 = -1
  var minimum: Int32 = 0
  var minimumAssertion: Int32 = -1
  var maximum: Int32 = .max
  var maximumAssertion: Int32 = -1
  var dependents: UnsafePointer<FastDependent>?
  var dependentCount: Int32 = 0
}

/// A member's name that the schema mentions.
struct FastName: BitwiseCopyable {
  var bytes: UnsafePointer<UInt8>
  var length: Int32
  /// Its node; −1 for anything.
  var node: Int32
  /// False where only `required` and the like mention it, so that it counts as additional.
  var isDeclared: Bool
}

/// A pattern of member names and their node.
struct FastMatch: BitwiseCopyable {
  var pattern: Int32
  var node: Int32
}

/// Where the name with bit `trigger` is present: names that have to be there too, and a schema.
struct FastDependent: BitwiseCopyable {
  var trigger: UInt64
  var required: UInt64 = 0
  var node: Int32 = -1
  var assertion: Int32
}

/// What concerns an array.
struct FastArray: BitwiseCopyable {
  var prefix: UnsafePointer<Int32>?
  var prefixCount: Int32 = 0
  /// The node of the elements behind the prefix; −1 for anything.
  var rest: Int32 = -1
  var minimum: Int32 = 0
  var minimumAssertion: Int32 = -1
  var maximum: Int32 = .max
  var maximumAssertion: Int32 = -1
  /// −1 where elements may repeat.
  var uniqueAssertion: Int32 = -1
  var contains: Int32 = -1
  var containsMinimumAssertion: Int32 = -1
  var containsMaximumAssertion: Int32 = -1
  var containsMinimum: Int32 = 1
  var containsMaximum: Int32 = .max
}

/// What concerns a string.
struct FastString: BitwiseCopyable {
  /// In code points.
  var minimum: Int32 = 0
  var minimumAssertion: Int32 = -1
  var maximum: Int32 = .max
  var maximumAssertion: Int32 = -1
  var pattern: Int32 = -1
  var patternAssertion: Int32 = -1
  var format: FastFormat = .none
  var formatAssertion: Int32 = -1
}

/// A number of at most 18 significant digits: `mantissa / 10^scale`, `scale` 0…20.
struct FastDecimal: BitwiseCopyable, Equatable {
  var mantissa: Int64 = 0
  var scale: Int32 = 0

  static let greatestScale = 20

  private static let powers: [Int128] = {
    var powers: [Int128] = [1]
    for _ in 0..<greatestScale { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// Exact: 18 digits times 10^20 fit into 128 bits.
  static func < (left: FastDecimal, right: FastDecimal) -> Bool {
    if left.scale == right.scale { return left.mantissa < right.mantissa }
    let (one, other) = (left.mantissa.signum(), right.mantissa.signum())
    if one != other || one == 0 { return one < other }
    return Int128(left.mantissa) * powers[Int(right.scale)]
      < Int128(right.mantissa) * powers[Int(left.scale)]
  }

  /// Whether it is a whole multiple of another, which is above 0.
  func isMultiple(of other: FastDecimal) -> Bool {
    if scale == 0, other.scale == 0 { return mantissa % other.mantissa == 0 }
    return (Int128(mantissa) * FastDecimal.powers[Int(other.scale)])
      .isMultiple(of: Int128(other.mantissa) * FastDecimal.powers[Int(scale)])
  }
}

/// What concerns a number.
struct FastNumber: BitwiseCopyable {
  var lower: FastDecimal = FastDecimal()
  var lowerAssertion: Int32 = -1
  var lowerIsExclusive = false
  var upper: FastDecimal = FastDecimal()
  var upperAssertion: Int32 = -1
  var upperIsExclusive = false
  var divisor: FastDecimal = FastDecimal()
  var divisorAssertion: Int32 = -1
  /// Whether there are two bounds on one side, of which only the stricter is known here.
  var hasRivals = false
}

/// `enum` and `const`.
struct FastValues: BitwiseCopyable {
  var texts: UnsafePointer<FastText>
  /// Open addressing over `texts`: an index, or −1; a power of two long.
  var slots: UnsafePointer<Int32>
  var slotMask: Int32
  var numbers: UnsafePointer<FastDecimal>
  var numberCount: Int32
  var admitsTrue: Bool
  var admitsFalse: Bool
  var admitsNull: Bool
  /// Some value is an object or array: `Evaluator` compares those.
  var hasContainers: Bool
  /// Some value is a number that `FastDecimal` does not hold.
  var hasOtherNumbers: Bool
  var assertion: Int32
}

struct FastText: BitwiseCopyable {
  var bytes: UnsafePointer<UInt8>
  var length: Int32
}

/// A schema that is applied to the same value again.
struct FastApplicator: BitwiseCopyable {
  enum Kind: UInt8 { case all, any, exactlyOne, not, conditional }

  var kind: Kind
  var nodes: UnsafePointer<Int32>
  /// For `conditional` three: if, then, else; −1 where one is missing.
  var count: Int32
  var assertion: Int32
}
