import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage

/// What a training's result will be called: looked at before anything is registered.
struct ResultName {
  let name: ArtifactName

  /// - Parameter kind: what is made.
  /// - Throws: `CoreError.malformedName`; `LifecycleError.missingOptions`, `.badReference` where the name
  ///   has versions of another kind, `.nameTaken` where a file that an option names would take it.
  init(_ options: TrainingOptions, kind: ArtifactKind, in registry: Registry) throws {
    name = try ArtifactName(options.required(.out))
    if let taken = try? registry.resolve(.newest(name)) {
      guard taken.kind == kind else {
        throw LifecycleError.badReference(
          option: TrainingOption.out.flag,
          cause: LifecycleError.Cause(
            LifecycleError.wrongKind(
              reference: name.description, found: taken.kind, expected: [kind])))
      }
      return
    }
    var inputs: [(TrainingOption, ArtifactKind)] = [
      (.base, .model), (.data, .dataset), (.prompt, .prompt),
    ]
    if case .dataset = try options.validation() { inputs.append((.validation, .dataset)) }
    for (option, other) in inputs where other != kind {
      guard let path = options.text(option), isFile(path, in: registry),
        let taken = try? Add.name(from: FilePath(path)), taken == name
      else { continue }
      throw LifecycleError.nameTaken(name.description, option: option.flag, path: path)
    }
  }

  /// Whether a text leads to a file and not to a version, as `ReferenceResolver` reads it.
  private func isFile(_ text: String, in registry: Registry) -> Bool {
    guard FileManager.default.fileExists(atPath: text) else { return false }
    if text.contains("/") || text.hasPrefix(".") { return true }
    return (try? registry.resolve(try Reference(text))) == nil
  }
}
