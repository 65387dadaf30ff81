public import JSON

/// One step of cleaning: settings that can be written down, and a run over rows in order.
public protocol CleaningStep: Sendable {
  /// As it is written in a configuration: `drop_exact_duplicates`.
  static var name: String { get }
  /// Every setting, defaults included, so that lineage says what was really done.
  var settings: [String: JSONValue] { get }
  /// A run from the first row on.
  func begin() -> any CleaningRun
}

extension CleaningStep {
  /// The canonical form: an object with the step's name as its only key.
  public var json: JSONValue { [Self.name: .object(settings)] }
}

/// A step at work: may remember rows, such as to know duplicates.
public protocol CleaningRun {
  /// Cleans one row.
  mutating func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect
}

/// Which row of a source is meant.
public struct RowPlace: Sendable, Hashable {
  /// From 0; several rows of an array may begin on one line, so that a line alone is no name.
  public let index: Int
  /// From 1.
  public let line: Int
}

/// What a step did to a row.
public enum CleaningEffect: Sendable, Equatable {
  case unchanged
  /// With how often what was done, such as `["PHONE": 2]`.
  case changed([String: Int])
  case dropped(reason: String, pointer: JSONPointer)
}

/// What a step did to all rows.
public struct CleaningStepReport: Sendable, Equatable {
  public let name: String
  /// Rows that came to the step.
  public internal(set) var rows = 0
  public internal(set) var changed = 0
  public internal(set) var dropped = 0
  /// How often what was done: placeholders by kind, characters by sort.
  public internal(set) var counts: [String: Int] = [:]

  mutating func note(_ effect: CleaningEffect) {
    rows += 1
    switch effect {
    case .unchanged: break
    case .changed(let done):
      changed += 1
      counts.merge(done, uniquingKeysWith: +)
    case .dropped: dropped += 1
    }
  }

  public var json: JSONValue {
    [
      "step": .string(name), "rows": .integer(rows), "changed": .integer(changed),
      "dropped": .integer(dropped), "counts": .object(counts.mapValues { .integer($0) }),
    ]
  }
}
