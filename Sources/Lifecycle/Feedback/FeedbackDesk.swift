public import Datasets
public import JSON
import JSONSchema
public import MLOpsCore
public import ModelRegistry
public import SystemPackage

/// Where feedback is handed in: checked, scrubbed, and added to the store.
public struct FeedbackDesk: Sendable {
  private let registry: Registry
  private let policy: WorkspaceConfiguration.FeedbackPolicy
  private let extra: CompiledSchema?

  /// - Throws: `DatasetsError` where the workspace's own schema of feedback is no schema.
  public init(workspace: Workspace, registry: Registry) throws {
    self.registry = registry
    policy = workspace.configuration.feedback
    extra = try policy.schema.map {
      try SchemaFile.load(FilePath($0).absolute(from: workspace.root.string), assertFormats: true)
    }
  }

  /// What became of one record.
  public struct Added: Sendable {
    /// What the record is called.
    public let digest: Digest
    /// False where it was there already.
    public let isNew: Bool
    /// The record as it is stored.
    public let record: FeedbackRecord
    /// What was replaced by placeholders.
    public let scrubbed: [PIIKind: Int]

    /// Keys: `feedback`, `is_new`, `record`, `scrubbed`.
    public var document: JSONValue {
      [
        "feedback": .string(digest.description), "is_new": .bool(isNew), "record": record.json,
        "scrubbed": FeedbackDesk.json(scrubbed),
      ]
    }
  }

  /// Adds one record, in the form that `FeedbackSchema` describes.
  ///
  /// - Throws: `datasets.malformed_feedback`, `lifecycle.forgotten_person` where the person asked to
  ///   be forgotten after the record was made, `RegistryError`.
  public func add(_ json: JSONValue) throws -> Added {
    let log = try registry.feedback()
    let taken = try intake(form: .native).take(json)
    var record = stored(taken, log)
    let outcome = try log.append([record])
    guard outcome.forgotten == 0 else { throw LifecycleError.forgottenPerson }
    // Whose data it is, the store keeps as a pseudonym beside the record.
    record.subject = nil
    return Added(
      digest: record.digest, isNew: outcome.added == 1, record: record, scrubbed: taken.scrubbed)
  }

  /// How files of feedback are read.
  public struct ImportOptions: Sendable {
    /// Nil to tell row by row.
    public var form: FeedbackForm?
    /// What holds for rows that say nothing about consent.
    public var consent: Bool?
    /// What answered, for rows that do not say it.
    public var release: Digest?
    /// The share of invalid rows, 0 to 1, above which nothing is added.
    public var maxInvalid: Double
    /// How many violations are described.
    public var maxErrors: Int

    public init(
      form: FeedbackForm? = nil, consent: Bool? = nil, release: Digest? = nil,
      maxInvalid: Double = 1, maxErrors: Int = 20
    ) {
      self.form = form
      self.consent = consent
      self.release = release
      self.maxInvalid = maxInvalid
      self.maxErrors = maxErrors
    }
  }

  /// Adds the records of files, all or none.
  ///
  /// - Throws: `datasets.too_many_invalid`, `datasets.no_rows` where no row is valid, and what reading
  ///   files throws.
  public func add(
    files: [FilePath], _ options: ImportOptions = ImportOptions(), progress: ProgressHandler? = nil
  ) throws -> FeedbackImport {
    let log = try registry.feedback()
    var report = FeedbackImport()
    var records: [FeedbackRecord] = []
    for file in files {
      let room = options.maxErrors - report.violations.count
      let content = try FeedbackFile(intake(form: options.form), maxErrors: room)
        .read(file, progress: progress)
      report.add(content)
      for taken in content.records {
        var record = stored(taken, log)
        record.consent = record.consent ?? options.consent
        record.release = record.release ?? options.release
        records.append(record)
      }
    }
    let names = files.map(\.string).joined(separator: "', '")
    guard Double(report.invalid) <= options.maxInvalid * Double(report.rows) else {
      throw DatasetsError.tooManyInvalid(
        path: names, invalid: report.invalid, rows: report.rows, limit: options.maxInvalid)
    }
    guard !records.isEmpty else {
      guard let first = report.violations.first else {
        throw DatasetsError.noRows(
          path: names, lost: [LostRows(.invalid, report.invalid)].compactMap { $0 })
      }
      throw DatasetsError.malformedFeedback([first.text])
    }
    report.outcome = try log.append(records)
    return report
  }

  private func intake(form: FeedbackForm?) -> FeedbackIntake {
    FeedbackIntake(form: form, extra: extra, scrubber: policy.scrubs ? PIIScrubber() : nil)
  }

  private func stored(_ taken: FeedbackIntake.Taken, _ log: FeedbackLog) -> FeedbackRecord {
    var record = taken.record
    record.rater = record.rater.map { name in
      taken.ratersNameTells ? log.pseudonymousRater(name) : FeedbackLog.normalised(name)
    }
    return record
  }

  static func json(_ scrubbed: [PIIKind: Int]) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: scrubbed.map { ($0.key.rawValue, .integer($0.value)) }))
  }
}
