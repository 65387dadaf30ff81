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

  /// - Throws: `LifecycleError`, `RegistryError`, `CoreError`.
  init(_ options: TrainingOptions, in registry: Registry) throws {
    method = try options.method().name
    let resolver = ReferenceResolver(registry: registry)
    base = try resolver.resolve(try options.required(.base), kinds: [.model])
    data = try resolver.resolve(try options.required(.data), kinds: [.dataset])
    try Quarantine.refuse(data, in: registry)
    prompt = try options.text(.prompt).map { try resolver.resolve($0, kinds: [.prompt]) }
    answer = options.text(.answer)
    if case .dataset(let name) = try options.validation() {
      let found = try resolver.resolve(name, kinds: [.dataset])
      try Quarantine.refuse(found, in: registry)
      validation = found
    } else {
      validation = nil
    }
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
      records: RecordConversation(
        prompt: try prompt.map { try PromptLoader(registry: registry).load($0) }, answer: answer),
      method: method)
  }

  /// - Throws: `LifecycleError.contaminatedData` where the data has more cases of a guarded suite
  ///   than allowed.
  func refuseContamination(_ options: TrainingOptions, in registry: Registry) throws {
    let threshold = try options.guardThreshold()
    for suite in options.texts(.guardSuite) {
      let report = try LookAtData(registry: registry).contamination(
        of: data.label, by: suite, field: nil, options: ContaminationOptions(hitLimit: 5))
      guard report.rate <= threshold else {
        throw LifecycleError.contaminatedData(data.label, suite: suite, report: report.text)
      }
    }
  }
}
