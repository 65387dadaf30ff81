import Datasets
import Foundation
import JSON
import JSONSchema
import SystemPackage

/// What an augmentation of some rows gives, by way of real files.
struct AugmentedRows {
  let bytes: [UInt8]
  let rows: [JSONValue]
  let dropped: [JSONValue]
  let report: AugmentationReport

  /// The rows with a mark.
  var synthetic: [JSONValue] { rows.filter { RowMark(of: $0) != nil } }

  /// The texts of a field of the synthetic rows.
  func texts(_ field: String) -> [String] { synthetic.compactMap { $0[field]?.string } }

  init(
    _ rows: [JSONValue], _ steps: JSONValue, seed: UInt64 = 0,
    mark: String = RowMark.defaultName, onlySynthetic: Bool = false, schema: JSONValue? = nil
  ) async throws {
    let folder = FilePath(NSTemporaryDirectory()).appending("augment-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    let (input, output) = (folder.appending("in.ndjson"), folder.appending("out.ndjson"))
    let dropped = folder.appending("dropped.ndjson")
    try Data(rows.map { $0.canonical + "\n" }.joined().utf8).write(
      to: URL(fileURLWithPath: input.string))
    let options = AugmentationOptions(
      seed: seed, mark: mark, onlySynthetic: onlySynthetic,
      schema: try schema.map { try JSONSchema.compile($0) })
    report = try await Augmenter(AugmentationPlan(steps), options: options).augment(
      input, output: output, dropped: dropped)
    bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: output.string)))
    self.rows = try AugmentedRows.read(output)
    self.dropped = try AugmentedRows.read(dropped)
  }

  private static func read(_ path: FilePath) throws -> [JSONValue] {
    try String(contentsOfFile: path.string, encoding: .utf8).split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
  }
}
