public import JSON
public import MLOpsCore

/// What can go wrong between the modules.
public enum LifecycleError: Failure, Equatable {
  case noWorkspace(startedAt: String)
  case badConfiguration(file: String, place: String?, reason: String)
  case noSuchPath(String)
  case emptyFolder(String)
  case unsafePath(String, reason: String)
  case unknownKind(path: String)
  case wrongKind(reference: String, found: ArtifactKind, expected: [ArtifactKind])
  case wrongName(String)
  case badPrompt(file: String, reason: String)
  case noBaseModel(adapter: String)
  case noModel
  case noGGUF(String)
  case noPrompt(release: String)
  case adapterChangesNothing(release: String)
  case serverUnreachable(environment: String, reason: String)
  case serverRefused(environment: String, reason: String)

  public var code: String {
    switch self {
    case .noWorkspace: "lifecycle.no_workspace"
    case .badConfiguration: "lifecycle.bad_configuration"
    case .noSuchPath: "lifecycle.no_such_path"
    case .emptyFolder: "lifecycle.empty_folder"
    case .unsafePath: "lifecycle.unsafe_path"
    case .unknownKind: "lifecycle.unknown_kind"
    case .wrongKind: "lifecycle.wrong_kind"
    case .wrongName: "lifecycle.wrong_name"
    case .badPrompt: "lifecycle.bad_prompt"
    case .noBaseModel: "lifecycle.no_base_model"
    case .noModel: "lifecycle.no_model"
    case .noGGUF: "lifecycle.no_gguf"
    case .noPrompt: "lifecycle.no_prompt"
    case .adapterChangesNothing: "lifecycle.adapter_changes_nothing"
    case .serverUnreachable: "lifecycle.server_unreachable"
    case .serverRefused: "lifecycle.server_refused"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .noWorkspace, .noSuchPath: .notFound
    case .badConfiguration, .emptyFolder, .unsafePath, .badPrompt, .adapterChangesNothing:
      .invalidInput
    case .unknownKind, .wrongKind, .wrongName, .noModel: .usage
    case .noBaseModel, .noPrompt, .noGGUF: .conflict
    case .serverUnreachable: .unavailable
    case .serverRefused: .conflict
    }
  }

  public var message: String {
    switch self {
    case .noWorkspace(let path):
      "Expected a folder with mlops.yaml at '\(path)' or above it; found none."
    case .badConfiguration(let file, let place, let reason):
      "\(file)\(place.map { ":\($0)" } ?? ""): \(reason)."
    case .noSuchPath(let text):
      "'\(text)' is neither a reference in this registry nor a file or folder."
    case .emptyFolder(let path): "The folder '\(path)' holds no files."
    case .unsafePath(let path, let reason): "'\(path)' cannot be added: \(reason)."
    case .unknownKind(let path): "Cannot tell what kind of artifact '\(path)' is."
    case .wrongKind(let reference, let found, let expected):
      "'\(reference)' is a \(found.rawValue); expected a \(expected.map(\.rawValue).joined(separator: " or "))."
    case .wrongName(let text): "Cannot make a name of '\(text)'."
    case .badPrompt(let file, let reason): "The prompt '\(file)' is not usable: \(reason)."
    case .noBaseModel(let adapter): "The adapter '\(adapter)' does not say which model it is for."
    case .noModel: "A release needs a model, or an adapter that names its base."
    case .noGGUF(let version): "'\(version)' holds no GGUF file, so it cannot be run."
    case .noPrompt(let release): "'\(release)' has no prompt."
    case .adapterChangesNothing(let release):
      "The adapter of \(release) changes no logit of the model: it would serve the base unchanged."
    case .serverUnreachable(let environment, let reason):
      "The server of '\(environment)' does not answer: \(reason)."
    case .serverRefused(let environment, let reason):
      "The server of '\(environment)' refused the release: \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .noWorkspace: "Run 'mlops init' here, or name a workspace with --workspace or MLOPS_HOME."
    case .noSuchPath: "'mlops list' shows what is registered."
    case .unknownKind:
      "Say it with --kind: \(ArtifactKind.allCases.map(\.rawValue).joined(separator: ", "))."
    case .wrongName: "Give one with --name: a-z, 0-9, '.', '_' and '-'."
    case .noBaseModel: "Register it with its base: mlops add adapter.gguf --base <model>."
    case .noModel: "Name one with --model."
    case .noPrompt: "Name one with --prompt."
    case .adapterChangesNothing: "Was it trained? Its B matrices may still be zero."
    case .serverUnreachable:
      "The pointer has not moved. Stop the server, or remove its file under servers/ if it is gone."
    case .serverRefused: "The pointer has not moved and the old release goes on serving."
    default: nil
    }
  }
}
