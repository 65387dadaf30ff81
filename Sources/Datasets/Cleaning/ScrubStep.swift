public import JSON
import MLOpsCore

/// Replaces personally identifiable information by placeholders.
public struct ScrubStep: CleaningStep, Equatable {
  public static let name = "scrub_pii"
  public let fields: FieldSelection
  public let kinds: Set<PIIKind>
  /// Only those that differ from the kinds' own.
  public let placeholders: [PIIKind: String]

  public init(
    fields: FieldSelection = .all, kinds: Set<PIIKind> = Set(PIIKind.allCases),
    placeholders: [PIIKind: String] = [:]
  ) {
    self.fields = fields
    self.kinds = kinds
    self.placeholders = placeholders
  }

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(keys: ["fields", "kinds", "placeholders"])
    var kinds = Set(PIIKind.allCases)
    if let list = members["kinds"] {
      kinds = []
      for element in try list.elements() { kinds.insert(try element.word(of: PIIKind.self)) }
      guard !kinds.isEmpty else { throw list.failure(expected: "at least one kind") }
    }
    var placeholders: [PIIKind: String] = [:]
    if let texts = members["placeholders"] {
      for (name, text) in try texts.members(keys: PIIKind.allCases.map(\.rawValue)) {
        if let kind = PIIKind(rawValue: name) { placeholders[kind] = try text.text() }
      }
    }
    self.init(
      fields: try FieldSelection(members["fields"]), kinds: kinds, placeholders: placeholders)
  }

  public var settings: [String: JSONValue] {
    [
      "fields": fields.json ?? .null,
      "kinds": .array(kinds.map(\.rawValue).sorted().map { .string($0) }),
      "placeholders": .object(
        Dictionary(
          uniqueKeysWithValues: kinds.map {
            ($0.rawValue, .string(placeholders[$0] ?? $0.placeholder))
          })),
    ]
  }

  public func begin() -> any CleaningRun {
    Run(fields: fields, scrubber: PIIScrubber(kinds: kinds, placeholders: placeholders))
  }

  private struct Run: CleaningRun {
    let fields: FieldSelection
    let scrubber: PIIScrubber

    func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
      var counts: [String: Int] = [:]
      fields.change(&row) { _, text in
        guard let (scrubbed, matches) = scrubber.scrub(text) else { return nil }
        for match in matches { counts[match.kind.rawValue, default: 0] += 1 }
        return scrubbed
      }
      return counts.isEmpty ? .unchanged : .changed(counts)
    }
  }
}
