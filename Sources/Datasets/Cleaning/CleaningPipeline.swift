public import JSON
import MLOpsCore

/// Steps of cleaning in order.
public struct CleaningPipeline: Sendable {
  public let steps: [any CleaningStep]

  public init(_ steps: [any CleaningStep]) { self.steps = steps }

  /// Reads a list of steps; each is a name, or a mapping with a name as its only key.
  ///
  /// - Parameter place: How messages call the list, such as `clean`.
  /// - Throws: `DatasetsError.malformedSetting`.
  public init(_ value: JSONValue, place: String = "clean") throws(DatasetsError) {
    var steps: [any CleaningStep] = []
    for element in try Setting(value: value, place: place).elements() {
      steps.append(try CleaningPipeline.step(element))
    }
    self.init(steps)
  }

  /// The canonical form, which `init(_:place:)` reads back.
  public var json: JSONValue { .array(steps.map(\.json)) }

  /// The names of all steps that there are.
  public static let names = [
    UnicodeStep.name, WhitespaceStep.name, MapStep.name, ExactDuplicatesStep.name,
    NearDuplicatesStep.name, ScrubStep.name, LengthStep.name, LanguageStep.name,
  ]

  private static func step(_ element: Setting) throws(DatasetsError) -> any CleaningStep {
    let name: String
    let value: JSONValue
    if let text = element.value.string {
      (name, value) = (text, .null)
    } else if let object = element.value.object, object.count == 1, let only = object.first {
      (name, value) = only
    } else {
      throw element.failure(expected: "a step's name, or a mapping with one as its only key")
    }
    let setting = Setting(value: value, place: "\(element.place).\(name)")
    switch name {
    case UnicodeStep.name: return try UnicodeStep(setting)
    case WhitespaceStep.name: return try WhitespaceStep(setting)
    case MapStep.name: return try MapStep(setting)
    case ExactDuplicatesStep.name: return try ExactDuplicatesStep(setting)
    case NearDuplicatesStep.name: return try NearDuplicatesStep(setting)
    case ScrubStep.name: return try ScrubStep(setting)
    case LengthStep.name: return try LengthStep(setting)
    case LanguageStep.name: return try LanguageStep(setting)
    default:
      throw .malformedSetting(
        place: element.place, expected: "one of \(names.joined(separator: ", "))",
        found: "'\(name)'", suggestion: Spelling.nearest(to: name, in: names))
    }
  }
}
