import Deployment
import Foundation
import HTTPTypes
import Hummingbird
import MLOpsCore

/// `POST /v1/chat/completions`, as OpenAI documents it.
struct ChatCompletionsRoute: Sendable {
  let configuration: ServerConfiguration
  let releases: ReleaseSwitch
  let gate: AdmissionGate
  let connections: ConnectionTable

  func add(to router: Router<ServerRequestContext>) {
    router.post("/v1/chat/completions") { request, context in
      try await respond(to: request, context)
    }
  }

  private func respond(to request: Request, _ context: ServerRequestContext) async throws
    -> Response
  {
    let body = try ChatCompletionRequest(try await request.json(limit: configuration.maxBodyBytes))
    let answer = try begin(body, connections[context.channel])
    let shape = ChatCompletionAnswer(
      id: "chatcmpl-\(UUID().uuidString.lowercased())", created: Int(Date().timeIntervalSince1970),
      model: releases.environment.description, release: answer.live.digest)
    let response =
      if body.isStream {
        try await ChatCompletionStream(answer, shape, includesUsage: body.includesUsage).response()
      } else {
        Response(shape.completion(try await answer.generation()))
      }
    return response.stamped(answer.live.served)
  }

  private func begin(_ body: ChatCompletionRequest, _ connection: Connection?) throws -> Answer {
    let lease = try releases.acquire()
    do {
      try ModelNames(configuration, lease.live).check(body.model)
      try gate.enter()
    } catch {
      lease.end()
      throw error
    }
    return Answer(
      body.generation(for: lease.live), lease: lease, gate: gate, connection: connection,
      timeout: configuration.answerTimeout)
  }
}
