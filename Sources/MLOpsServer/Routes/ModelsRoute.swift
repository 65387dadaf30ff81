import Deployment
import Foundation
import Hummingbird
import JSON
import MLOpsCore

/// `GET /v1/models` and `GET /v1/models/{model}`.
struct ModelsRoute: Sendable {
  let configuration: ServerConfiguration
  let releases: ReleaseSwitch
  let started = Date()

  func add(to router: Router<ServerRequestContext>) {
    router.get("/v1/models") { _, _ in
      Response(["object": "list", "data": .array(names.all.map(model))])
    }
    router.get("/v1/models/:model") { _, context in
      let name = context.parameters.get("model") ?? ""
      let names = names
      try names.check(name)
      return Response(model(name))
    }
  }

  private var names: ModelNames {
    ModelNames(
      configuration, environment: releases.environment, release: releases.serving?.release)
  }

  private func model(_ name: String) -> JSONValue {
    let serving = releases.serving
    return [
      "id": .string(name), "object": "model",
      "created": .integer(Int(started.timeIntervalSince1970)),
      "owned_by": "mlops", "environment": .string(releases.environment.description),
      "release": serving.map { .string($0.release.description) } ?? .null,
      "generation": serving.map { .integer($0.number) } ?? .null,
    ]
  }
}
