import Deployment
import MLOpsCore

/// The names under which a request may ask for the release that serves.
struct ModelNames {
  /// The environment first, then its aliases and the release's digest.
  let all: [String]

  init(_ configuration: ServerConfiguration, _ live: LiveRelease) {
    self.init(configuration, environment: live.environment, release: live.digest)
  }

  init(_ configuration: ServerConfiguration, environment: EnvironmentName, release: Digest?) {
    all =
      [environment.description] + configuration.modelAliases
      + (release.map { [$0.description] } ?? [])
  }

  /// - Throws: `ServerError` with code `model_not_found`.
  func check(_ name: String?) throws(ServerError) {
    guard let name, !name.isEmpty else { return }
    let bare = name.hasPrefix("@") ? String(name.dropFirst()) : name
    guard all.contains(bare) else { throw .modelUnknown(name, known: all) }
  }
}
