public import JSON
import MLOpsCore

/// Moves fields about: rename, copy, drop, set to a constant; in the order in which they are given.
public struct MapStep: CleaningStep, CleaningRun, Equatable {
  public static let name = "map"

  public enum Action: Sendable, Equatable {
    case rename(JSONPointer, to: JSONPointer)
    case copy(JSONPointer, to: JSONPointer)
    case drop(JSONPointer)
    case constant(JSONPointer, JSONValue)
  }

  public let actions: [Action]

  public init(_ actions: [Action]) { self.actions = actions }

  /// A list of actions in order, or one mapping of them, carried out as copy, rename, drop, constant
  /// and within these by pointer, since a mapping has no order.
  init(_ setting: Setting) throws(DatasetsError) {
    var actions: [Action] = []
    let list = setting.value["actions"].map {
      Setting(value: $0, place: setting.place + ".actions")
    }
    let given = list ?? setting
    for part in try given.value.array == nil ? [given] : given.elements() {
      actions += try MapStep.actions(part)
    }
    guard !actions.isEmpty else { throw setting.failure(expected: "at least one action") }
    self.actions = actions
  }

  private static func actions(_ setting: Setting) throws(DatasetsError) -> [Action] {
    let members = try setting.members(keys: ["copy", "rename", "drop", "constant"])
    var actions: [Action] = []
    for (from, target) in try members["copy"]?.pointerMembers() ?? [] {
      actions.append(.copy(from, to: try target.pointer()))
    }
    for (from, target) in try members["rename"]?.pointerMembers() ?? [] {
      actions.append(.rename(from, to: try target.pointer()))
    }
    if let drop = members["drop"] { actions += try drop.pointers().map { .drop($0) } }
    for (pointer, value) in try members["constant"]?.pointerMembers() ?? [] {
      actions.append(.constant(pointer, value.value))
    }
    return actions
  }

  public var settings: [String: JSONValue] {
    ["actions": .array(actions.map(\.json))]
  }

  public func begin() -> any CleaningRun { self }

  public func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
    var done: [String: Int] = [:]
    for action in actions where action.apply(to: &row) { done[action.name, default: 0] += 1 }
    return done.isEmpty ? .unchanged : .changed(done)
  }
}

extension MapStep.Action {
  var name: String {
    switch self {
    case .rename: "rename"
    case .copy: "copy"
    case .drop: "drop"
    case .constant: "constant"
    }
  }

  var json: JSONValue {
    switch self {
    case .rename(let from, let to): ["rename": [from.description: .string(to.description)]]
    case .copy(let from, let to): ["copy": [from.description: .string(to.description)]]
    case .drop(let pointer): ["drop": [.string(pointer.description)]]
    case .constant(let pointer, let value): ["constant": [pointer.description: value]]
    }
  }

  /// Whether the row changed; what is not there is left alone.
  func apply(to row: inout JSONValue) -> Bool {
    switch self {
    case .rename(let from, let to):
      let before = row
      guard from != to, let value = row.remove(at: from.tokens[...]) else { return false }
      // Where the target cannot be made, nothing is lost.
      guard row.set(value, at: to.tokens[...]) else {
        row = before
        return false
      }
      return true
    case .copy(let from, let to):
      guard let value = row[from], row[to] != value else { return false }
      return row.set(value, at: to.tokens[...])
    case .drop(let pointer): return row.remove(at: pointer.tokens[...]) != nil
    case .constant(let pointer, let value):
      guard row[pointer] != value else { return false }
      return row.set(value, at: pointer.tokens[...])
    }
  }
}
