import JSON
import MLOpsCore
import ModelRegistry
import Training

extension Resumption {
  /// What keeps a run from going on, by the options that people know and the names of versions.
  ///
  /// - Parameter differences: as the trainer tells them.
  static func inWords(_ differences: [TrainingError.Difference], in registry: Registry)
    -> [TrainingError.Difference]
  {
    // Other rows, and other sizes, follow from other options; an adapter's own from what is trained.
    var consequences: Set<String> = ["rows", "validation_rows", "parameters"]
    if differences.contains(where: { $0.name == "full" }) {
      consequences.formUnion(["rank", "alpha", "dropout", "targets"])
    }
    let causes = differences.filter { !consequences.contains($0.name) }
    return (causes.isEmpty ? differences : causes).map { difference in
      func words(_ value: String) -> String {
        if value == "null" { return "not given" }
        if value.hasPrefix("["), let list = try? JSONValue(parsing: value).array {
          return list.map { $0.string ?? $0.canonical }.joined(separator: ",")
        }
        guard let digest = try? Digest(value) else { return value }
        return (try? registry.version(digest: digest))?.label ?? digest.short
      }
      let option = TrainingOption(setting: difference.name)
      let name =
        switch difference.name {
        case "rows": "the rows as the model reads them"
        case "validation_rows": "the rows held out"
        case "parameters": "the number of parameters"
        case "products": "the library that multiplies"
        default: option.map { "--\($0.flag)" } ?? difference.name
        }
      return TrainingError.Difference(
        name: name, before: words(difference.before), now: words(difference.now))
    }
  }
}
