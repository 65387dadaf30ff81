public import JSON
public import MLOpsCore

/// What can go wrong between the modules.
public enum LifecycleError: Failure, Equatable {
  case noWorkspace(startedAt: String)
  case cannotMakeWorkspace(String, reason: String)
  case badConfiguration(file: String, place: String?, reason: String)
  case noSuchPath(String)
  case emptyFolder(String)
  case unsafePath(String, reason: String)
  /// What an export would write over.
  case targetExists(String)
  case contentOfOtherKind(path: String, found: ArtifactKind, said: ArtifactKind)
  case noContent(path: String, kind: ArtifactKind)
  case unknownKind(path: String)
  case wrongKind(reference: String, found: ArtifactKind, expected: [ArtifactKind])
  case badSchema(String, reason: String)
  case noSuchSchema(String, hasRegistry: Bool)
  case wrongName(String)
  case reservedKind(ArtifactKind)
  case damagedPart(release: String, role: String)
  case badPrompt(file: String, reason: String)
  case noBaseModel(adapter: String)
  case noModel
  case noGGUF(String)
  case noPrompt(release: String)
  case adapterChangesNothing(release: String)
  case badRow(file: String, line: Int, reason: String, advice: String? = nil)
  case noRows(String)
  /// Training data that has cases of a suite; the report shows the stretches that match.
  case contaminatedData(String, suite: String, report: String)
  case manyFiles(String, count: Int)
  /// Rows that were not taken as data; `dataset` is what they were not taken into, if it is here.
  case quarantined(String, dataset: String?)
  /// The name of a quarantine that data were to have, or of data that a quarantine would have.
  case quarantineName(String, holdsData: Bool)
  /// A folder that was read as texts and holds rows in a file.
  case folderOfRows(String, file: String)
  case emptyAnswer(environment: String)
  case nothingToServe(environment: String)
  case mistypedEnvironment(String, near: String)
  /// Feedback of somebody who asked to be forgotten after it was given.
  case forgottenPerson
  case unknownRater(String)
  case databaseFirst(String)
  /// A training needs them; the names of the options without hyphens before them, at least one.
  case missingOptions([String])
  /// The reason is a clause without a full stop.
  case badOption(String, reason: String)
  /// A run that never will be; the reason is a clause, and `instead` what to resume in its place.
  case notResumable(String, reason: String, instead: String? = nil)
  case stillRuns(String)
  /// A version that says not how it was trained.
  case notReproducible(String, reason: String)
  /// What a version was trained from is not here any more.
  case ingredientGone(String, role: String)
  /// Nothing can be written, neither in the store nor in the folder for temporary files.
  case noScratch(store: String, folder: String)
  /// What an option names is not there, or is of another kind; the name of the option without
  /// hyphens before it.
  case badReference(option: String, cause: Cause)
  /// A file that is to be registered on the fly would take the name of what is to be made.
  case nameTaken(String, option: String, path: String)
  /// A comparison of two releases on live traffic could not do what was asked for.
  case liveTest(LiveTestProblem)
  /// A training went to its end, and what came of it could not be kept. The step is that of the
  /// checkpoint to go on from; nil where there is none.
  case resultNotKept(run: String, step: Int?, cause: Cause)

  public var code: String {
    switch self {
    case .noWorkspace: "lifecycle.no_workspace"
    case .cannotMakeWorkspace: "lifecycle.cannot_make_workspace"
    case .badConfiguration: "lifecycle.bad_configuration"
    case .noSuchPath: "lifecycle.no_such_path"
    case .emptyFolder: "lifecycle.empty_folder"
    case .unsafePath: "lifecycle.unsafe_path"
    case .targetExists: "lifecycle.target_exists"
    case .contentOfOtherKind: "lifecycle.content_of_other_kind"
    case .noContent: "lifecycle.no_content"
    case .unknownKind: "lifecycle.unknown_kind"
    case .wrongKind: "lifecycle.wrong_kind"
    case .badSchema: "lifecycle.bad_schema"
    case .noSuchSchema: "lifecycle.no_such_schema"
    case .wrongName: "lifecycle.wrong_name"
    case .reservedKind: "lifecycle.reserved_kind"
    case .damagedPart: "lifecycle.damaged_part"
    case .badPrompt: "lifecycle.bad_prompt"
    case .noBaseModel: "lifecycle.no_base_model"
    case .noModel: "lifecycle.no_model"
    case .noGGUF: "lifecycle.no_gguf"
    case .noPrompt: "lifecycle.no_prompt"
    case .emptyAnswer: "lifecycle.empty_answer"
    case .nothingToServe: "lifecycle.nothing_to_serve"
    case .mistypedEnvironment: "lifecycle.mistyped_environment"
    case .unknownRater: "lifecycle.unknown_rater"
    case .forgottenPerson: "lifecycle.forgotten_person"
    case .adapterChangesNothing: "lifecycle.adapter_changes_nothing"
    case .badRow: "lifecycle.bad_row"
    case .contaminatedData: "lifecycle.contaminated_data"
    case .noRows: "lifecycle.no_rows"
    case .manyFiles: "lifecycle.many_files"
    case .databaseFirst: "lifecycle.database_first"
    case .quarantined: "lifecycle.quarantined"
    case .missingOptions: "lifecycle.missing_option"
    case .badOption: "lifecycle.bad_option"
    case .notResumable, .stillRuns: "lifecycle.not_resumable"
    case .notReproducible, .ingredientGone: "lifecycle.not_reproducible"
    case .badReference(_, let cause): cause.code
    case .nameTaken: "lifecycle.name_taken"
    case .noScratch: "lifecycle.no_scratch"
    case .resultNotKept: "lifecycle.result_not_kept"
    case .liveTest(let problem): problem.code
    case .quarantineName: "lifecycle.quarantine_name"
    case .folderOfRows: "lifecycle.folder_of_rows"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .noWorkspace, .noSuchPath, .noSuchSchema, .unknownRater: .notFound
    case .badConfiguration, .emptyFolder, .unsafePath, .badPrompt, .adapterChangesNothing, .badRow,
      .noRows, .contaminatedData, .manyFiles, .contentOfOtherKind, .noContent,
      .badSchema:
      .invalidInput
    case .unknownKind, .wrongKind, .wrongName, .noModel, .reservedKind, .quarantined,
      .quarantineName, .folderOfRows, .mistypedEnvironment, .databaseFirst, .missingOptions,
      .badOption, .targetExists, .notResumable, .notReproducible, .badReference, .nameTaken:
      .usage
    case .noBaseModel, .noPrompt, .noGGUF, .nothingToServe, .forgottenPerson, .stillRuns,
      .ingredientGone:
      .conflict
    case .resultNotKept(_, _, let cause): cause.kind
    case .liveTest(let problem): problem.kind
    case .emptyAnswer, .cannotMakeWorkspace, .noScratch: .unavailable
    case .damagedPart: .corrupted
    }
  }

  public var message: String {
    switch self {
    case .noWorkspace(let path):
      "Expected a folder with mlops.yaml at '\(path)' or above it; found none."
    case .cannotMakeWorkspace(let path, let reason):
      "'\(path)' cannot become a workspace: \(reason)."
    case .badConfiguration(let file, let place, let reason):
      "\(file)\(place.map { ":\($0)" } ?? ""): \(reason)."
    case .noSuchPath(let text):
      "'\(text)' is neither a reference in this registry nor a file or folder."
    case .emptyFolder(let path): "The folder '\(path)' holds no files."
    case .unsafePath(let path, let reason): "'\(path)' cannot be added: \(reason)."
    case .targetExists(let path): "'\(path)' is there already."
    case .contentOfOtherKind(let path, let found, let said):
      "'\(path)' holds \(found.withArticle), not \(said.withArticle)."
    case .noContent(let path, let kind):
      "'\(path)' is empty, so it is no \(kind.rawValue)."
    case .unknownKind(let path): "Cannot tell what kind of artifact '\(path)' is."
    case .wrongKind(let reference, let found, let expected):
      "'\(reference)' is \(found.withArticle); expected \(expected.map(\.withArticle).joined(separator: " or "))."
    case .reservedKind(let kind):
      "A version of kind \(kind.rawValue) cannot be added from files: it would state what nothing has shown."
    case .damagedPart(let release, let role):
      "The \(role) of \(release) is damaged: its bytes are not what was registered."
    case .badSchema(let path, let reason): "'\(path)' cannot be a schema: \(reason)."
    case .noSuchSchema(let text, true):
      "'\(text)' is neither a file nor a schema in this registry."
    case .noSuchSchema(let text, false):
      "There is no file '\(text)', and no workspace here whose registry could have such a schema."
    case .wrongName(let text): "Cannot make a name of '\(text)'."
    case .badPrompt(let file, let reason): "The prompt '\(file)' is not usable: \(reason)."
    case .noBaseModel(let adapter): "The adapter '\(adapter)' does not say which model it is for."
    case .noModel: "A release needs a model, or an adapter that names its base."
    case .noGGUF(let version): "'\(version)' holds no GGUF file, so it cannot be run."
    case .noPrompt(let release): "'\(release)' has no prompt."
    case .badRow(let file, let line, let reason, _): "\(file):\(line): \(reason)"
    case .contaminatedData(let data, let suite, let report):
      "'\(data)' has cases of the suite '\(suite)', so an evaluation would test what was learned by heart:\n\(report)"
    case .noRows(let data): "'\(data)' holds no rows of NDJSON."
    case .manyFiles(let data, let count):
      "'\(data)' has \(count) files of rows; expected one."
    case .quarantined(let version, let dataset):
      "'\(version)' is a quarantine: rows that were refused when \(dataset.map { "'\($0)' was" } ?? "data were") ingested, and no data."
    case .quarantineName(let name, false):
      "'\(name)' is the name of a quarantine: its versions are rows that were refused, and no data."
    case .quarantineName(let name, true):
      "'\(name)' holds data, and rows that are refused would become versions of it."
    case .folderOfRows(let folder, let file):
      "The folder '\(folder)' holds no texts to be rows; its rows are in '\(file)'."
    case .adapterChangesNothing(let release):
      "The adapter of \(release) changes no logit of the model: it would serve the base unchanged."
    case .unknownRater(let name): "There is no feedback of a rater '\(name)'."
    case .forgottenPerson:
      "The person asked to be forgotten after this feedback was given, so it was not stored."
    case .nothingToServe(let environment): "'\(environment)' points at no release yet."
    case .mistypedEnvironment(let name, let near):
      "There is no environment '\(name)'; did you mean '\(near)'?"
    case .databaseFirst(let address):
      "'\(address)' is a database server, whose rows may change while they are worked on."
    case .missingOptions(let names):
      "A training needs "
        + names.map { "--\($0)" }.joined(separator: names.count == 2 ? " and " : ", ") + "."
    case .badOption(let name, let reason):
      "--\(name.replacing("_", with: "-")) is not usable: \(reason)."
    case .notResumable(let run, let reason, _): "'\(run)' cannot be resumed: \(reason)."
    case .stillRuns(let run): "'\(run)' cannot be resumed: it still runs."
    case .ingredientGone(let version, let role):
      "'\(version)' cannot be trained again: its \(role) is not in this registry any more."
    case .noScratch(let store, let folder):
      "What is trained has to be written somewhere: the registry in '\(store)' can only be read, and "
        + "'\(folder)' cannot be made either."
    case .badReference(let option, let cause): "--\(option): \(cause.message)"
    case .nameTaken(let name, let option, let path):
      "--out \(name): the file '\(path)' of --\(option) would be registered under this name first."
    case .resultNotKept(let run, _, let cause):
      "The training of \(run) went to its end, and what came of it could not be kept: \(cause.message)"
    case .notReproducible(let adapter, let reason):
      "'\(adapter)' cannot be trained again: \(reason)."
    case .liveTest(let problem): problem.message
    case .emptyAnswer(let environment): "The server of '\(environment)' answered without a message."
    }
  }

  public var advice: String? {
    switch self {
    case .noWorkspace: "Run 'mlops init' here, or name a workspace with --workspace or MLOPS_HOME."
    case .noSuchPath: "'mlops list' shows what is registered."
    case .noSuchSchema(_, true): "'mlops list --kind schema' shows what is registered."
    case .noSuchSchema(_, false):
      "Name a file, or a workspace with --workspace or MLOPS_HOME."
    case .contentOfOtherKind: "Leave --kind out: the content says what it is."
    case .unknownKind:
      "Say it with --kind: \(ArtifactKind.allCases.map(\.rawValue).joined(separator: ", "))."
    case .reservedKind(let kind):
      kind == .release ? "Use 'mlops release create'." : "Use 'mlops evaluate'."
    case .damagedPart: "'mlops verify' names what is damaged, 'mlops repair' restores it."
    case .contaminatedData(let data, let suite, _):
      "See all of it with 'mlops contamination \(data) \(suite)', and take those rows out; or allow a share with --guard-threshold."
    case .wrongName: "Give one with --name: a-z, 0-9, '.', '_' and '-'."
    case .targetExists: "Name another place, or remove what is there."
    case .noBaseModel: "Register it with its base: mlops add adapter.gguf --from base=<model>."
    case .noModel: "Name one with --model."
    case .noPrompt: "Name one with --prompt."
    case .unknownRater: "'mlops feedback stats' lists who judged."
    case .nothingToServe(let environment): "mlops promote <release> --to \(environment)"
    case .mistypedEnvironment(let name, _):
      "To make it all the same, write '\(name)' under environments: in mlops.yaml."
    case .quarantined(let version, let dataset):
      (dataset.map { "Use '\($0)'; to" } ?? "To")
        + " have these rows too, lay them out with 'mlops export \(version) <folder>', mend the 'row' of each, and ingest those."
    case .missingOptions(let names):
      names.count == 1
        ? "Give --\(names[0]), or '\(names[0].replacing("-", with: "_"))' in the file of --config."
        : "Give them, or their keys in the file of --config; 'mlops train --help' says what they are."
    case .badRow(_, _, _, let advice): advice
    case .notResumable(_, _, let instead):
      instead.map { "Go on with: mlops train --resume \($0)" }
        ?? "'mlops train --resume' takes a run that was stopped or died."
    case .noScratch: "Name a folder that can be written with TMPDIR."
    case .stillRuns: "Stop it with Ctrl-C first, or wait."
    case .badReference(_, let cause): cause.advice
    case .nameTaken(_, _, let path):
      "Choose another --out, or register the file under another name: mlops add \(path) --name …."
    case .resultNotKept(let run, let step, let cause):
      (cause.advice.map { "\($0) " } ?? "")
        + (step.map {
          "When that is mended, go on from the checkpoint of step \($0): mlops train --resume \(run)"
        }
          ?? "No checkpoint was written, as the training was short: when that is mended, train again.")
    case .quarantineName: "Choose another name."
    case .liveTest(let problem): problem.advice
    case .folderOfRows(let folder, let file): "Name the file: '\(folder)/\(file)'."
    case .databaseFirst: "Ingest the rows first: mlops ingest <address> --query … --name …."
    case .adapterChangesNothing: "Was it trained? Its B matrices may still be zero."
    default: nil
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .badReference(let option, let cause):
      cause.facts.merging(["option": .string(option)]) { $1 }
    case .resultNotKept(let run, let step, let cause):
      ["run": .string(run), "cause": .string(cause.code)]
        .merging(step == nil ? [:] : ["resume": .string(run)]) { $1 }
    default: [:]
    }
  }
}
