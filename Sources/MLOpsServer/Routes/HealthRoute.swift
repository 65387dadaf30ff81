import Deployment
import HTTPTypes
import Hummingbird
import JSON
import MLOpsCore

/// `GET /health`: what serves, and what is wrong.
///
/// `ok` and `degraded` (it serves, but not what the environment points at) are 200, `unavailable`
/// is 503.
struct HealthRoute: Sendable {
  let follower: GenerationFollower

  func add(to router: Router<ServerRequestContext>) {
    router.get("/health") { _, _ in
      let status = follower.releases.status
      return Response(
        report(status), status: status.serving == nil ? .serviceUnavailable : .ok)
    }
  }

  private func report(_ status: ServingStatus) -> JSONValue {
    let fault = follower.fault
    var members: [String: JSONValue] = [
      "status": status.serving == nil ? "unavailable" : fault == nil ? "ok" : "degraded",
      "environment": .string(status.environment.description),
      "release": status.serving.map { .string($0.release.description) } ?? .null,
      "generation": status.serving.map { .integer($0.number) } ?? .null,
      "in_flight": .integer(status.inFlight), "swaps": .integer(status.swaps),
      "loading": status.loading.map { .string($0.description) } ?? .null,
      "residents": .array(
        status.residents.map { resident in
          [
            "release": .string(resident.release.description),
            "role": .string(resident.role.rawValue), "in_flight": .integer(resident.inFlight),
          ]
        }),
    ]
    if let fault {
      members["degraded"] = [
        "reason": .string(OpenAIError.publicMessage(fault.report)),
        "code": .string(fault.report.code),
        "generation": fault.generation.map { .integer($0.number) } ?? .null,
        "release": fault.generation.map { .string($0.release.description) } ?? .null,
      ]
    }
    return .object(members)
  }
}
