import Deployment
import Foundation
import HTTPTypes
import HummingbirdTesting
import JSON
import MLOpsCore
import MLOpsServer
import MLOpsTestKit
import SystemPackage
import Testing

@Suite struct ControlTests {
  private let release = TestServer.release

  @Test(arguments: ["prepare", "sync", "shutdown"])
  func withoutTheTokenNothingIsControlled(_ verb: String) async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.live) { client in
      for token in [nil, "", "Bearer wrong", TestServer.token] {
        var headers = HTTPFields()
        headers[.authorization] = token
        let response = try await client.execute(
          uri: "/control/\(verb)", method: .post, headers: headers)
        #expect(response.status == .unauthorized)
        #expect(response.json["error"]?["type"] == "authentication_error")
      }
    }
  }

  @Test func whoIsNotKnownToBeOnThisMachineControlsNothing() async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.router) { client in
      let response = try await client.execute(
        uri: "/control/sync", method: .post,
        headers: [.authorization: "Bearer \(TestServer.token)"])
      #expect(response.status == .forbidden)
    }
  }

  @Test func aServerIsPromotedAndEndedThroughItsRecord() async throws {
    try await withServer { server, client, _ in
      let health = try await client.health()
      #expect(health["status"] == "unavailable")
      #expect(try await client.sync().serving == nil)
      let loadMilliseconds = try await client.prepare(release)
      #expect(loadMilliseconds >= 0)
      #expect(server.follower.releases.serving == nil)
      server.point(7, at: release)
      let outcome = try await client.sync()
      #expect(outcome.serving == ServedGeneration(number: 7, release: release))
      #expect(server.follower.releases.serving?.number == 7)
      let reply = try await client.chat(.hello)
      #expect(reply.answer.answer == "a")
      #expect(reply.release == release)
    }
  }

  @Test func aRefusalSaysItsReason() async throws {
    try await withServer { _, client, _ in
      let other = Digest(of: "other".utf8)
      await #expect {
        try await client.prepare(other)
      } throws: { error in
        FailureReport(error).code == "deployment.refused"
          && FailureReport(error).message.contains("deployment.not_prepared")
      }
    }
  }

  @Test func theNextServerCannotStartBeforeTheFirstHasEnded() async throws {
    try await withServer { server, client, store in
      let environment = server.follower.releases.environment
      #expect {
        _ = try ServerSeat.take(environment, inStore: store)
      } throws: { error in
        FailureReport(error).code == "deployment.already_serving"
      }
      let occupant = try ServerSeat.occupant(of: environment, inStore: store)
      #expect(occupant == client.server)
    }
  }

  @Test func aServerThatIsGoneIsSaidToBe() async throws {
    let record = ServerRecord(
      environment: try EnvironmentName("production"), process: 1, processStart: 0,
      host: "127.0.0.1", port: 1, token: "", startedAt: Date())
    await #expect {
      try await ControlClient(record).sync()
    } throws: { error in
      FailureReport(error).code == "deployment.no_answer"
    }
  }

  /// Runs a whole server process in a store of its own, then ends it through its control route and
  /// checks that nothing is left behind.
  private func withServer(
    _ body: (TestServer, ControlClient, FilePath) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = FilePath(folder.path)
    let model = ScriptedModel(["a"])
    let server = try TestServer { [release] digest in
      guard digest == release else { throw ServingError.notPrepared(digest) }
      return PreparedRelease(digest: digest, model: ServableScript(script: model))
    }
    let environment = server.follower.releases.environment
    let seat = try ServerSeat.take(environment, inStore: store)
    let process = ServerProcess(
      server.configuration, follower: server.follower, seat: seat, logger: TestServer.logger)
    let (records, continuation) = AsyncStream<ServerRecord>.makeStream()
    async let ended: Void = process.run { continuation.yield($0) }
    var iterator = records.makeAsyncIterator()
    let record = try #require(await iterator.next())
    let client = ControlClient(record)
    #expect(try ServerSeat.occupant(of: environment, inStore: store) == record)
    do {
      try await body(server, client, store)
    } catch {
      try await client.shutdown()
      throw error
    }
    try await client.shutdown()
    try await ended
    let names = try FileManager.default.contentsOfDirectory(
      atPath: store.appending("servers").string)
    #expect(names == ["production.lock"])
    #expect(model.counts.shutdowns == model.counts.started.signum())
  }
}
