import Datasets
import JSON
import MLOpsCore
import ModelRegistry
import Training

/// The versions that a training reads.
struct TrainingInputs: Sendable {
  let base: VersionRecord
  let data: VersionRecord
  /// A dataset to validate on; nil for a share of `data` or none.
  let validation: VersionRecord?
  let prompt: VersionRecord?
  /// The field with the answer; found by itself where nil.
  let answer: String?
  /// What is learned of the rows.
  let method: TrainingMethod.Name

  /// - Parameter announce: is told in a sentence of every file that was registered on the way.
  /// - Throws: `LifecycleError`, `RegistryError`, `CoreError`.
  init(
    _ options: TrainingOptions, in registry: Registry,
    announce: (@Sendable (String) -> Void)? = nil
  ) throws {
    let resolver = ReferenceResolver(registry: registry, announce: announce)
    func resolve(_ text: String, _ option: TrainingOption, _ kind: ArtifactKind) throws
      -> VersionRecord
    {
      let found = try LifecycleError.naming(option.flag) {
        try resolver.resolve(text, kinds: [kind])
      }
      if kind == .dataset { try Quarantine.refuse(found, in: registry) }
      return found
    }
    method = try options.method().name
    base = try resolve(try options.required(.base), .base, .model)
    data = try resolve(try options.required(.data), .data, .dataset)
    prompt = try options.text(.prompt).map { try resolve($0, .prompt, .prompt) }
    answer = options.text(.answer)
    if case .dataset(let name) = try options.validation() {
      validation = try resolve(name, .validation, .dataset)
    } else {
      validation = nil
    }
  }

  /// - Throws: `LifecycleError.badOption` where the rows to validate on are those to train on.
  func refuseValidationOnData() throws(LifecycleError) {
    guard let validation, validation.digest == data.digest else { return }
    throw .badOption(
      TrainingOption.validation.rawValue,
      reason:
        "'\(validation.label)' are the very rows to train on, whose loss says nothing of others; "
        + "name other rows, or hold some out with --validation 10%")
  }

  /// All of them.
  var versions: [VersionRecord] { [base, data] + [prompt, validation].compactMap { $0 } }

  var ingredients: [Ingredient] {
    let parts = [("base", base), ("data", data), ("prompt", prompt), ("validation", validation)]
    return parts.compactMap { role, version in
      version.map { Ingredient(role: role, digest: $0.digest) }
    }
  }

  /// What has to be the same for a run to go on.
  var identity: [String: String] {
    Dictionary(uniqueKeysWithValues: ingredients.map { ($0.role, $0.digest.description) })
      .merging(answer.map { ["answer": $0] } ?? [:]) { $1 }
  }

  /// The options with the very versions that were found.
  func pinned(_ options: TrainingOptions) -> TrainingOptions {
    var options = options
    options[.base] = .string(base.label)
    options[.data] = .string(data.label)
    if let prompt { options[.prompt] = .string(prompt.label) }
    if let validation { options[.validation] = .string(validation.label) }
    return options
  }

  func examples(in registry: Registry) throws -> [TrainingExample] {
    try rows(in: registry).examples(of: data)
  }

  /// Empty where no dataset was named to validate on.
  func heldOut(in registry: Registry) throws -> [TrainingExample] {
    try validation.map { try rows(in: registry).examples(of: $0) } ?? []
  }

  private func rows(in registry: Registry) throws -> TrainingRows {
    TrainingRows(
      registry: registry,
      prompt: try prompt.map { try PromptLoader(registry: registry).load($0) }, answer: answer,
      method: method)
  }

  /// - Throws: `LifecycleError.contaminatedData` where the data has more cases of a guarded suite
  ///   than allowed.
  func refuseContamination(_ options: TrainingOptions, in registry: Registry) throws {
    let threshold = try options.guardThreshold()
    for suite in options.texts(.guardSuite) {
      let report = try LifecycleError.naming(TrainingOption.guardSuite.flag) {
        try LookAtData(registry: registry).contamination(
          of: data.label, by: suite, field: nil, options: ContaminationOptions(hitLimit: 5))
      }
      guard report.rate <= threshold else {
        throw LifecycleError.contaminatedData(data.label, suite: suite, report: report.text)
      }
    }
  }
}
