import Deployment
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import MLOpsCore
import MLOpsServer
import MLOpsTestKit
import Testing

@Suite struct ChatCompletionsTests {
  private let pieces = ["도형", "과 ", "측정", " [2수03-", "01]", " 🧮"]

  @Test(arguments: [TestingSetup.router, .live])
  func anAnswerIsAChatCompletion(_ setup: TestingSetup) async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    try await server.test(setup) { client in
      let response = try await client.chat(.hello)
      #expect(response.status == .ok)
      #expect(response.json["object"] == "chat.completion")
      #expect(response.json["model"] == "production")
      #expect(response.json.answer == pieces.joined())
      #expect(response.json.finishReason == "stop")
      #expect(
        response.json["usage"] == [
          "prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11,
        ])
    }
  }

  @Test(arguments: [TestingSetup.router, .live])
  func theChunksOfAStreamJoinToTheAnswer(_ setup: TestingSetup) async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    try await server.test(setup) { client in
      let events = try await client.chat(.hello.with(["stream": true])).events
      #expect(events.last == .null)
      let chunks = events.dropLast()
      #expect(chunks.allSatisfy { $0["object"] == "chat.completion.chunk" })
      #expect(Set(chunks.map { $0["id"] }).count == 1)
      #expect(chunks.first?.delta == ["role": "assistant", "content": ""])
      #expect(chunks.compactMap { $0.delta?["content"]?.string }.joined() == pieces.joined())
      #expect(chunks.map(\.finishReason) == Array(repeating: nil, count: 7) + ["stop"])
      #expect(chunks.allSatisfy { $0["usage"] == nil })
    }
  }

  @Test func usageComesLastWhereItIsAskedFor() async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    try await server.test(.router) { client in
      let body = JSONValue.hello.with([
        "stream": true, "stream_options": ["include_usage": true],
      ])
      let usage = try await client.chat(body).events.dropLast().last
      #expect(usage?["choices"] == [])
      #expect(usage?["usage"]?["total_tokens"] == 11)
    }
  }

  @Test func everyAnswerNamesItsReleaseAndGeneration() async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    let release = try #require(HTTPField.Name("x-mlops-release"))
    let generation = try #require(HTTPField.Name("x-mlops-generation"))
    try await server.test(.router) { client in
      let answers = [
        try await client.chat(.hello), try await client.chat(.hello.with(["stream": true])),
        try await client.chat(text: "{"), try await client.execute(uri: "/nothing", method: .get),
        try await client.execute(uri: "/health", method: .get),
        try await client.execute(uri: "/v1/models", method: .get),
      ]
      for answer in answers {
        #expect(answer.headers[release] == TestServer.release.description)
        #expect(answer.headers[generation] == "1")
      }
    }
  }

  @Test func parametersReachTheModel() async throws {
    let model = ScriptedModel(pieces)
    let server = try await TestServer.serving(model)
    try await server.test(.router) { client in
      let body = JSONValue.hello.with([
        "model": "production", "max_completion_tokens": 2, "max_tokens": 5, "temperature": 0.7,
        "top_p": 0.9, "seed": 7, "stop": ["\n", "끝"], "user": "ignored", "n": 1,
        "presence_penalty": nil,
      ])
      let response = try await client.chat(body)
      #expect(response.json.answer == "도형과 ")
      #expect(response.json.finishReason == "length")
      let request = try #require(model.requests.last)
      #expect(request.maxTokens == 2)
      #expect(request.sampling == Sampling(temperature: 0.7, topP: 0.9, seed: 7))
      #expect(request.stop == ["\n", "끝"])
      #expect(request.input == .chat([ChatMessage(role: .user, content: "hello")]))
    }
  }

  @Test func whatTheCallerLeavesOpenTheReleaseDecides() async throws {
    let model = ScriptedModel(pieces)
    let prompt = PromptTemplate(
      system: "Label the problem.", template: "{{problem}}", maxTokens: 3, stop: ["["])
    let sampling = Sampling(temperature: 0.3, topP: 0.8, topK: 20, seed: 11)
    let server = try await TestServer.serving(model, prompt: prompt, sampling: sampling)
    try await server.test(.router) { client in
      _ = try await client.chat(.hello)
      let request = try #require(model.requests.last)
      #expect(request.maxTokens == 3)
      #expect(request.sampling == sampling)
      #expect(request.stop == ["["])
      #expect(
        request.input
          == .chat([
            ChatMessage(role: .system, content: "Label the problem."),
            ChatMessage(role: .user, content: "hello"),
          ]))
      let own: JSONValue = [
        "messages": [
          ["role": "developer", "content": "Be brief."],
          [
            "role": "user",
            "content": [["type": "text", "text": "1"], ["type": "text", "text": "2"]],
          ],
        ]
      ]
      _ = try await client.chat(own)
      #expect(
        model.requests.last?.input
          == .chat([
            ChatMessage(role: .system, content: "Be brief."),
            ChatMessage(role: .user, content: "12"),
          ]))
    }
  }

  @Test func theAnswerEndsBeforeAStopString() async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    try await server.test(.router) { client in
      let response = try await client.chat(.hello.with(["stop": "수03"]))
      #expect(response.json.answer == "도형과 측정 [2")
    }
  }

  @Test(arguments: [
    "production", "@production", "labeler", "", TestServer.release.description,
  ])
  func theReleaseAnswersToAllItsNames(_ name: String) async throws {
    let server = try await TestServer.serving(
      ScriptedModel(pieces), ServerConfiguration(port: 0, modelAliases: ["labeler"]))
    try await server.test(.router) { client in
      let response = try await client.chat(.hello.with(["model": .string(name)]))
      #expect(response.status == .ok)
    }
  }

  @Test func modelsListsWhatMayBeAskedFor() async throws {
    let server = try await TestServer.serving(ScriptedModel(pieces))
    try await server.test(.router) { client in
      let list = try await client.execute(uri: "/v1/models", method: .get).json
      let ids = list["data"]?.array?.compactMap { $0["id"]?.string }
      #expect(ids == ["production", TestServer.release.description])
      #expect(list["data"]?.array?.first?["release"]?.string == TestServer.release.description)
      let one = try await client.execute(uri: "/v1/models/production", method: .get).json
      #expect(one["object"] == "model")
      let none = try await client.execute(uri: "/v1/models/gpt-4o", method: .get)
      #expect(none.status == .notFound)
    }
  }

  @Test func healthSaysWhatServesAndWhatIsWrong() async throws {
    let server = try TestServer { digest in
      guard digest == TestServer.release else { throw ServerError.unauthorised }
      return PreparedRelease(digest: digest, model: ServableScript(script: ScriptedModel(["a"])))
    }
    try await server.test(.router) { client in
      let before = try await client.execute(uri: "/health", method: .get)
      #expect(before.status == .serviceUnavailable)
      #expect(before.json["status"] == "unavailable")
      #expect(try await client.chat(.hello).status == .serviceUnavailable)
      server.point(1, at: TestServer.release)
      try await server.follower.sync()
      let after = try await client.execute(uri: "/health", method: .get)
      #expect(after.status == .ok)
      #expect(after.json["status"] == "ok")
      #expect(after.json["generation"] == 1)
      #expect(after.json["in_flight"] == 0)
      server.point(2, at: Digest(of: "another".utf8))
      _ = try? await server.follower.sync()
      let degraded = try await client.execute(uri: "/health", method: .get)
      #expect(degraded.status == .ok)
      #expect(degraded.json["status"] == "degraded")
      #expect(degraded.json["generation"] == 1)
      #expect(degraded.json["degraded"]?["generation"] == 2)
    }
  }
}
