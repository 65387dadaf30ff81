public import JSON

/// Drops rows that are nearly the same as an earlier one.
///
/// Which rows these are is known only when all have been seen, so the pipeline reads its input once
/// more for every such step.
public struct NearDuplicatesStep: CleaningStep, Equatable {
  public static let name = "drop_near_duplicates"
  public let fields: FieldSelection
  public let options: NearDuplicateOptions
  /// How many pairs and clusters the report shows, 0 to 100,000; all are counted.
  public let reported: Int

  public init(
    fields: FieldSelection = .all, options: NearDuplicateOptions = NearDuplicateOptions(),
    reported: Int = 20
  ) {
    self.fields = fields
    self.options = options
    self.reported = reported
  }

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(keys: ["fields", "report"] + NearDuplicateOptions.keys)
    fields = try FieldSelection(members["fields"])
    options = try NearDuplicateOptions(members)
    reported = try members["report"]?.whole(in: 0...100_000) ?? 20
  }

  public var settings: [String: JSONValue] {
    (options.json.object ?? [:]).merging([
      "fields": fields.json ?? .null, "report": .integer(reported),
    ]) { _, new in new }
  }

  /// Drops nothing: what is to go must be found first.
  public func begin() -> any CleaningRun { begin(dropping: [:]) }

  /// - Parameter links: For the place of each row that goes, what it is like.
  func begin(dropping links: [Int: NearDuplicateLink]) -> any CleaningRun {
    Run(pointer: fields.pointers.first ?? .root, links: links)
  }

  private struct Run: CleaningRun {
    let pointer: JSONPointer
    let links: [Int: NearDuplicateLink]

    func apply(_ row: inout JSONValue, at place: RowPlace) -> CleaningEffect {
      guard let link = links[place.index] else { return .unchanged }
      let percent = (link.similarity * 1000).rounded(.down) / 10
      return .dropped(reason: "\(percent) % like line \(link.line)", pointer: pointer)
    }
  }
}
