public import JSON
public import MLOpsCore

/// Steps that make rows of rows, in order.
public struct AugmentationPlan: Sendable {
  let steps: [any AugmentationStep]

  /// Reads a list of steps; each is a mapping with a step's name as its only key.
  ///
  /// - Parameters:
  ///   - place: How messages call the list, such as `augment.yaml`.
  ///   - model: The model of steps that need one and name none.
  /// - Throws: `DatasetsError.malformedSetting`.
  public init(_ value: JSONValue, place: String = "augment", model: String? = nil)
    throws(DatasetsError)
  {
    let setting = Setting(value: value, place: place)
    var steps: [any AugmentationStep] = []
    for element in try setting.elements() {
      steps.append(try AugmentationPlan.step(element, model))
    }
    guard !steps.isEmpty else { throw setting.failure(expected: "a list of at least one step") }
    self.steps = steps
  }

  /// The names of all steps that there are.
  public static let names = [
    TemplatesStep.name, NumbersStep.name, UnitsStep.name, ParaphraseStep.name,
  ]

  /// The references of the models that steps ask, each once.
  public var models: [String] {
    var models: [String] = []
    for case let model? in steps.map(\.model) where !models.contains(model) { models.append(model) }
    return models
  }

  /// The canonical form, for lineage.
  ///
  /// - Parameter models: What each reference of a model means; one that is missing stays as it is
  ///   written.
  public func json(models: [String: Digest] = [:]) -> JSONValue {
    .array(
      steps.map { step in
        guard let model = step.model, let digest = models[model],
          var settings = step.json[type(of: step).name]?.object
        else { return step.json }
        settings["model"] = .string(digest.description)
        return [type(of: step).name: .object(settings)]
      })
  }

  /// For each step its name, with `#2` for the second of that name, and so on.
  var labels: [String] {
    var counts: [String: Int] = [:]
    return steps.map { step in
      let name = type(of: step).name
      counts[name, default: 0] += 1
      let count = counts[name] ?? 1
      return count == 1 ? name : "\(name)#\(count)"
    }
  }

  private static func step(_ element: Setting, _ model: String?) throws(DatasetsError)
    -> any AugmentationStep
  {
    guard let object = element.value.object, object.count == 1, let (name, value) = object.first
    else { throw element.failure(expected: "a mapping with a step's name as its only key") }
    let setting = Setting(value: value, place: "\(element.place).\(name)")
    switch name {
    case TemplatesStep.name: return try TemplatesStep(setting)
    case NumbersStep.name: return try NumbersStep(setting)
    case UnitsStep.name: return try UnitsStep(setting)
    case ParaphraseStep.name: return try ParaphraseStep(setting, model: model)
    default:
      throw .malformedSetting(
        place: element.place, expected: "one of \(names.joined(separator: ", "))",
        found: "'\(name)'", suggestion: Spelling.nearest(to: name, in: names))
    }
  }
}
