/// Where a task file says its rows are.
public struct HarnessData: Sendable, Equatable {
  /// `dataset_path`: `json`, `csv`, `parquet`, a folder, or a name on the Hugging Face Hub.
  public let path: String?
  /// `dataset_name`, a part of a dataset on the Hub.
  public let name: String?
  /// `data_files` of `dataset_kwargs`, by split; all are `train` where no split is named.
  public let files: [String: [String]]
  /// `data_dir` of `dataset_kwargs`.
  public let folder: String?

  init(_ settings: HarnessSettings) throws(EvaluationError) {
    let reader = HarnessReader(settings: settings)
    path = try reader.text("dataset_path")
    name = settings["dataset_name"]?.value.text
    guard let setting = settings["dataset_kwargs"] else {
      (files, folder) = ([:], nil)
      return
    }
    folder = setting.value["data_dir"]?.string
    guard let value = setting.value["data_files"], value != .none else {
      files = [:]
      return
    }
    func names(_ value: PythonValue) throws(EvaluationError) -> [String] {
      let names = (value.elements ?? [value]).compactMap(\.string)
      guard !names.isEmpty else { throw setting.fault("'data_files' must name files") }
      return names
    }
    guard case .dict(let dict) = value else {
      files = ["train": try names(value)]
      return
    }
    var files: [String: [String]] = [:]
    for pair in dict.pairs { files[pair.key.text] = try names(pair.value) }
    self.files = files
  }
}
