public import Deployment
import JSON
public import MLOpsCore
public import ModelRegistry
public import ModelRuntime

extension LocalModel: ServableModel {}

/// What a server of an environment needs: where the pointer stands, and how a release is loaded.
public struct ReleaseServing: Sendable {
  private let registry: Registry
  private let environment: EnvironmentName
  private let policy: WorkspaceConfiguration.EnvironmentPolicy
  private let configuration: RuntimeConfiguration

  public init(
    workspace: Workspace, registry: Registry, environment: EnvironmentName,
    configuration: RuntimeConfiguration
  ) {
    self.registry = registry
    self.environment = environment
    policy = workspace.configuration.policy(of: environment)
    self.configuration = configuration
  }

  /// Says what the environment points at.
  public var source: GenerationSource {
    { [registry, environment] in
      try registry.currentGeneration(of: environment).map {
        ServedGeneration(number: $0.number, release: $0.release)
      }
    }
  }

  /// Loads a release.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.adapter_changes_nothing`, besides what finding
  ///   and loading the parts throws.
  public var loader: ReleaseLoader {
    { [registry, policy, configuration] digest in
      guard let release = try registry.version(digest: digest) else {
        throw DeploymentError.partMissing(role: "release", digest: digest)
      }
      let files = try ReleaseFiles(release, in: registry)
      let model = try await files.load(configuration)
      if files.adapter != nil, try await !model.adapterChangesOutput() {
        await model.shutdown()
        throw LifecycleError.adapterChangesNothing(release: release.label)
      }
      let prompt = files.prompt ?? PromptTemplate(template: "")
      return PreparedRelease(
        digest: digest, model: model, prompt: files.prompt,
        sampling: files.specification.sampling,
        canaries: policy.canaryPrompts.map {
          Canary(request: prompt.request(prompt.messages(forUserTurn: $0)))
        })
    }
  }
}
