import Datasets
import Evaluation
import Foundation
import JSON
import SystemPackage

/// Finds and reads the rows of a task's splits, on this machine only.
struct HarnessRows {
  /// The task file, beside which its files are looked for.
  let task: String
  let data: HarnessData
  /// Files by split that were named instead.
  let given: [String: [String]]

  /// Formats that `dataset_path` may name.
  private static let formats = ["json", "csv", "parquet"]
  private static let extensions = ["json", "jsonl", "ndjson", "csv", "tsv", "parquet"]

  /// A path as it is named in a file: beside that file, where it is there, else from the working folder.
  static func path(_ name: String, beside file: String) -> String {
    if name.hasPrefix("/") { return name }
    let path = FilePath(file).removingLastComponent().appending(name).lexicallyNormalized().string
    return FileManager.default.fileExists(atPath: path)
      || !FileManager.default.fileExists(atPath: name) ? path : name
  }

  func rows(of split: String) throws -> [JSONValue] {
    var rows: [JSONValue] = []
    for file in try files(of: split) {
      let target = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
      let type = try? FileManager.default.attributesOfItem(atPath: target)[.type]
      guard type as? FileAttributeType == .typeRegular else {
        throw fault("there is no file to be read at '\(file)'")
      }
      rows += try HarnessRows.read(file)
    }
    return rows
  }

  private func files(of split: String) throws -> [String] {
    if let files = given[split] { return files }
    if !data.files.isEmpty, HarnessRows.formats.contains(data.path ?? "") {
      guard let files = data.files[split] else {
        throw fault(
          "the split '\(split)' has no files; 'data_files' names "
            + "\(data.files.keys.sorted().joined(separator: ", ")), or name one with --data \(split)=FILE"
        )
      }
      return files.map {
        HarnessRows.path((data.folder.map { "\($0)/" } ?? "") + $0, beside: task)
      }
    }
    let isFormat = HarnessRows.formats.contains(data.path ?? "")
    guard let named = isFormat ? data.folder : data.path else {
      throw fault("the task names no rows; name them with --data \(split)=FILE")
    }
    var folder = HarnessRows.path(named, beside: task)
    if let name = data.name, !isFormat, HarnessRows.isFolder("\(folder)/\(name)") {
      folder += "/\(name)"
    }
    guard HarnessRows.isFolder(folder) else {
      throw fault(
        "the dataset '\(named)' is no folder on this machine, and nothing is fetched; download its rows "
          + "(JSON Lines, CSV or Parquet) and name them with --data \(split)=FILE")
    }
    return try files(of: split, in: folder)
  }

  /// Files whose names begin with the split's, in the order of their names.
  private func files(of split: String, in folder: String) throws -> [String] {
    let words = split == "validation" ? ["validation", "valid", "val", "dev"] : [split]
    var found: [String] = []
    for part in [folder, "\(folder)/data"] where found.isEmpty {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: part)) ?? []
      found = names.sorted().filter { name in
        guard let dot = name.firstIndex(of: "."),
          HarnessRows.extensions.contains(String(name[name.index(after: dot)...]))
        else { return false }
        let stem = name[..<dot]
        return words.contains { word in
          stem.hasPrefix(word) && stem.dropFirst(word.count).first.map { !$0.isLetter } ?? true
        }
      }.map { "\(part)/\($0)" }
    }
    guard !found.isEmpty else {
      throw fault(
        "the folder '\(folder)' has no file for the split '\(split)', such as \(split).jsonl; name one "
          + "with --data \(split)=FILE")
    }
    return found
  }

  private func fault(_ reason: String) -> EvaluationError {
    .invalidSuite(file: task, line: nil, column: nil, reason: reason)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func read(_ file: String) throws -> [JSONValue] {
    var reader = try SourceReader(RowInput(FilePath(file)), ColumnTypings())
    var (rows, isTable): ([JSONValue], Bool) = ([], false)
    while let row = try reader.next() {
      switch row.content {
      case .success(let value):
        rows.append(value)
        isTable = isTable || row.isRecord
      case .failure(let defect):
        throw LifecycleError.badRow(file: file, line: defect.line, reason: defect.reason)
      }
    }
    return isTable ? TableColumns(rows).rows : rows
  }
}
