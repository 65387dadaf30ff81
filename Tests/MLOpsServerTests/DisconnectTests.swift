import Deployment
import HTTPTypes
import HummingbirdTesting
import JSON
import MLOpsServer
import MLOpsTestKit
import Testing

@Suite struct DisconnectTests {
  @Test(arguments: [true, false])
  func aClientThatHangsUpStopsItsGeneration(streams: Bool) async throws {
    let model = ScriptedModel(Array(repeating: "a ", count: 10_000), delay: .milliseconds(5))
    let server = try await TestServer.serving(model)
    try await server.test(.live) { client in
      let connection = try RawConnection(port: try #require(client.port))
      let body = JSONValue.hello.with(["stream": .bool(streams), "max_tokens": 10_000])
      try connection.chat(body.canonical)
      #expect(await eventually { model.counts.running == 1 && model.counts.pieces > 10 })
      #expect(server.follower.releases.status.inFlight == 1)
      try connection.close()
      #expect(await eventually { model.counts.cancelled == 1 })
      #expect(model.counts.pieces < 5000)
      #expect(await eventually { server.follower.releases.status.inFlight == 0 })
      let answer = try await client.chat(.hello.with(["max_tokens": 1]))
      #expect(answer.json.answer == "a ")
    }
  }

  @Test func aConnectionServesOneRequestAfterTheOther() async throws {
    let server = try await TestServer.serving(ScriptedModel(["a", "b"]))
    try await server.test(.live) { client in
      for stream in [true, false, true, false] {
        let response = try await client.chat(.hello.with(["stream": .bool(stream)]))
        #expect(response.status == .ok)
      }
    }
  }

  @Test func aConnectionOnWhichNothingComesIsClosed() async throws {
    let server = try await TestServer.serving(
      ScriptedModel(["a"]), ServerConfiguration(port: 0, idleTimeout: .milliseconds(200)))
    try await server.test(.live) { client in
      let quiet = try RawConnection(port: try #require(client.port))
      let slow = try RawConnection(port: try #require(client.port))
      try slow.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
      for connection in [quiet, slow] {
        let rest = try await Task.detached { try connection.receive() }.value
        #expect(!rest.contains("200 OK"))
        try connection.close()
      }
    }
  }
}
