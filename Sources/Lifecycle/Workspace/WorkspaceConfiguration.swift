public import MLOpsCore
import Yams

/// What `mlops.yaml` says.
public struct WorkspaceConfiguration: Sendable, Hashable {
  /// Where the store is, relative to the workspace.
  public var store: String
  /// The policies of the environments.
  public var environments: [EnvironmentName: EnvironmentPolicy]
  /// How feedback is taken in.
  public var feedback: FeedbackPolicy

  /// What is asked of feedback, and done to it.
  public struct FeedbackPolicy: Sendable, Hashable {
    /// Whether what identifies a person is replaced by placeholders before it is stored.
    public var scrubs: Bool
    /// Whether nothing is learned from a record unless the person agreed.
    public var requiresConsent: Bool
    /// A JSON Schema that records must match too, relative to the workspace.
    public var schema: String?

    /// What holds where nothing is written down.
    public static let standard = FeedbackPolicy(scrubs: true, requiresConsent: false, schema: nil)
  }

  /// What a release must show before an environment may point at it.
  public struct EnvironmentPolicy: Sendable, Hashable {
    /// References to the suites that a candidate must have passed against the current generation.
    public var suites: [String]
    /// Prompts that a server answers before it takes a release into service; an error or an empty
    /// answer refuses the release.
    public var canaryPrompts: [String]

    /// No suites, no canary prompts.
    public static let open = EnvironmentPolicy(suites: [], canaryPrompts: [])
  }

  /// The policy of an environment; `open` where none is written down.
  public func policy(of environment: EnvironmentName) -> EnvironmentPolicy {
    environments[environment] ?? .open
  }

  /// What `mlops init` writes.
  static let initial = """
    # The workspace of mlops: see README.md.
    store: registry/store

    # What an environment asks of a release before it may point at it. A suite is a reference:
    #   suites: [labels]
    #   canary_prompts: ["…"]
    environments:
      production:
        suites: []

    # How feedback is taken in; these are the defaults. With require_consent, nothing is learned from a
    # record unless the person agreed.
    #   feedback: {scrub: true, require_consent: false}

    """

  /// Reads `mlops.yaml`.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.bad_configuration`, naming line and column.
  init(yaml: String, file: String) throws {
    let reader = try YAMLReader(text: yaml, file: file)
    let root = try reader.mapping(
      reader.root, keys: ["store", "environments", "feedback"], of: "mlops.yaml")
    store = try root["store"].map { try reader.string($0, "store") } ?? "registry/store"
    feedback = try FeedbackPolicy(root["feedback"], reader)
    environments = [:]
    guard let policies = root["environments"] else { return }
    for (key, node) in try reader.mapping(policies, keys: nil, of: "environments") {
      let name: EnvironmentName
      do {
        name = try EnvironmentName(key)
      } catch {
        throw reader.error(at: node, "'\(key)' is no name of an environment")
      }
      let policy = try reader.mapping(
        node, keys: ["suites", "canary_prompts"], of: "environment '\(key)'")
      environments[name] = EnvironmentPolicy(
        suites: try reader.strings(policy["suites"], "suites"),
        canaryPrompts: try reader.strings(policy["canary_prompts"], "canary_prompts"))
    }
  }
}

extension WorkspaceConfiguration.FeedbackPolicy {
  fileprivate init(_ node: Node?, _ reader: YAMLReader) throws {
    self = .standard
    guard let node else { return }
    let members = try reader.mapping(
      node, keys: ["scrub", "require_consent", "schema"], of: "feedback")
    if let scrub = members["scrub"] { scrubs = try reader.flag(scrub, "scrub") }
    if let consent = members["require_consent"] {
      requiresConsent = try reader.flag(consent, "require_consent")
    }
    schema = try members["schema"].map { try reader.string($0, "schema") }
  }
}
