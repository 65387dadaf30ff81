import JSON
import MLOpsCore

/// Evens out how many rows the classes have.
struct Balancer {
  let balance: FeedbackBuildOptions.Balance
  let pointer: JSONPointer
  let perClass: Int?

  init(_ options: FeedbackBuildOptions) {
    balance = options.balance
    pointer =
      options.balanceBy ?? JSONPointer([options.method == .kto ? "label" : "answer"])
    perClass = options.perClass
  }

  struct Report: Equatable {
    var classes = 0
    var target = 0
    var dropped = 0
    var repeated = 0
  }

  /// The rows that stay, in their order, and then the repeated ones.
  ///
  /// - Throws: `datasets.malformed_setting` for a class that no row has.
  func apply(_ rows: [BuiltRow]) throws(DatasetsError) -> (rows: [BuiltRow], report: Report?) {
    guard balance != .none, !rows.isEmpty else { return (rows, nil) }
    guard rows.contains(where: { $0.facts[pointer] != nil }) else {
      throw .malformedSetting(
        place: "balance by", expected: "a pointer to what some row has", found: "\(pointer)",
        suggestion: nil)
    }
    var places: [JSONValue: [Int]] = [:]
    for (place, row) in rows.enumerated() {
      places[row.facts[pointer] ?? .null, default: []].append(place)
    }
    let sizes = places.values.map(\.count).sorted()
    let target = perClass ?? sizes[(sizes.count - 1) / 2]
    var report = Report(classes: places.count, target: target)
    var dropped: Set<Int> = []
    var repeated: [Int] = []
    for members in places.values {
      switch balance {
      case .none: break
      case .cap:
        guard members.count > target else { continue }
        // Which rows stay depends on the rows alone, so that a new one moves few others.
        dropped.formUnion(ranked(members, rows).dropFirst(target))
      case .fill:
        guard members.count < target else { continue }
        let order = ranked(members, rows)
        repeated += (members.count..<target).map { order[$0 % order.count] }
      }
    }
    report.dropped = dropped.count
    report.repeated = repeated.count
    let kept = rows.indices.filter { !dropped.contains($0) }
    return ((kept + repeated.sorted()).map { rows[$0] }, report)
  }

  private func ranked(_ places: [Int], _ rows: [BuiltRow]) -> [Int] {
    places.map { (Digest(of: rows[$0].json(asTurns: true)), $0) }.sorted { $0 < $1 }.map(\.1)
  }
}
