public import Datasets
import Evaluation
import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
import SystemPackage

/// Looks at rows without changing anything: differences, statistics, overlap with a suite.
public struct LookAtData: Sendable {
  private let registry: Registry?

  /// - Parameter registry: nil where only files are named.
  public init(registry: Registry?) { self.registry = registry }

  /// The differences of the rows of two datasets or files.
  ///
  /// - Parameter key: where a row has its name; empty to tell rows by their content.
  public func diff(_ old: String, _ new: String, key: [JSONPointer]) throws -> DatasetDiff {
    try DatasetComparison(key: key).compare(
      old: try RowFiles(old, in: registry).single(),
      new: try RowFiles(new, in: registry).single())
  }

  /// Counts, lengths, numbers and labels of a dataset or file.
  public func statistics(of rows: String) throws -> RowStatistics {
    let files = try RowFiles(rows, in: registry)
    return try RowStatistics(file: try files.single(), mark: files.mark ?? RowMark.defaultName)
  }

  /// How much of a suite is in training data.
  ///
  /// - Parameters:
  ///   - suite: a suite in the registry, its YAML, or a file of rows.
  ///   - field: the field of a case that is compared, where the suite is a file of rows.
  public func contamination(
    of data: String, by suite: String, field: String?, options: ContaminationOptions,
    progress: ProgressHandler? = nil
  ) throws -> ContaminationReport {
    let texts = try suiteTexts(suite, field: field)
    let scan = ContaminationScan(suite: texts, options: options)
    return try scan.scan(try RowFiles(data, in: registry).single(), progress: progress)
  }

  private func suiteTexts(_ text: String, field: String?) throws -> [SuiteText] {
    if let registry, !text.contains("/"), let version = try? registry.resolve(try Reference(text)),
      version.kind == .suite
    {
      return LookAtData.texts(of: try SuiteBundle.load(version, from: registry))
    }
    let path = FilePath(text)
    if ["yaml", "yml"].contains(path.extension?.lowercased() ?? "") {
      return LookAtData.texts(of: try SuiteBundle.read(path))
    }
    let pointer = field.flatMap { JSONPointer($0.hasPrefix("/") ? $0 : "/" + $0) }
    var texts: [SuiteText] = []
    for file in try RowFiles(text, in: registry).files {
      var reader = try SourceReader(file)
      while let row = try reader.next() {
        guard case .success(let value) = row.content else { continue }
        let found = pointer.map { value[$0] }.flatMap { $0 } ?? value
        let id = value["id"]?.string ?? "line \(row.line)"
        texts.append(SuiteText(id: id, text: found.string ?? LookAtData.strings(in: found)))
      }
    }
    guard !texts.isEmpty else { throw LifecycleError.noRows(text) }
    return texts
  }

  private static func texts(of suite: Suite) -> [SuiteText] {
    suite.cases.map { SuiteText(id: $0.id, text: strings(in: $0.record[suite.input] ?? $0.record)) }
  }

  /// All strings of a value, in the order of the members' names.
  private static func strings(in value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let elements): elements.map(strings).joined(separator: "\n")
    case .object(let members):
      members.sorted { $0.key < $1.key }.map { strings(in: $0.value) }.joined(separator: "\n")
    default: ""
    }
  }
}
