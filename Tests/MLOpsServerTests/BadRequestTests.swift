import Deployment
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import MLOpsCore
import MLOpsServer
import MLOpsTestKit
import Testing

@Suite struct BadRequestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let body: String
    let status: Int
    let code: String
    let parameter: JSONValue
    let message: String
    var testDescription: String { "\(body.prefix(60))" }
  }

  static let hello = #""messages":[{"role":"user","content":"hello"}]"#

  static let cases = [
    Case(
      body: "{\"messages\":", status: 400, code: "server.malformed_json", parameter: nil,
      message: "line 1"),
    Case(
      body: "", status: 400, code: "server.malformed_json", parameter: nil, message: "JSON"),
    Case(
      body: "[]", status: 400, code: "server.wrong_type", parameter: "body",
      message: "'body' has to be an object; found array."),
    Case(
      body: "{}", status: 400, code: "server.missing_parameter", parameter: "messages",
      message: "'messages' is missing."),
    Case(
      body: #"{"messages":[]}"#, status: 400, code: "server.out_of_range",
      parameter: "messages", message: "at least one"),
    Case(
      body: #"{"messages":"hello"}"#, status: 400, code: "server.wrong_type",
      parameter: "messages", message: "an array; found string"),
    Case(
      body: #"{"messages":[{"role":"user","content":7}]}"#, status: 400,
      code: "server.wrong_type", parameter: "messages[0].content", message: "found integer"),
    Case(
      body: #"{"messages":[{"role":"user"}]}"#, status: 400, code: "server.missing_parameter",
      parameter: "messages[0].content", message: "missing"),
    Case(
      body: #"{"messages":[{"role":"tool","content":"x"}]}"#, status: 400,
      code: "server.out_of_range", parameter: "messages[0].role", message: "found 'tool'"),
    Case(
      body: #"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#, status: 400,
      code: "server.unsupported_parameter", parameter: "messages[0].content[0]",
      message: "only parts of type 'text'"),
    Case(
      body: "{\(hello),\"temperature\":\"hot\"}", status: 400, code: "server.wrong_type",
      parameter: "temperature", message: "a number; found string"),
    Case(
      body: "{\(hello),\"temperature\":3}", status: 400, code: "server.out_of_range",
      parameter: "temperature", message: "0.0 to 2.0"),
    Case(
      body: "{\(hello),\"max_tokens\":0}", status: 400, code: "server.out_of_range",
      parameter: "max_tokens", message: "found 0"),
    Case(
      body: "{\(hello),\"max_tokens\":1000000000000000000000000000000}", status: 400,
      code: "server.out_of_range", parameter: "max_tokens", message: "found a larger number"),
    Case(
      body: "{\(hello),\"max_tokens\":1.5}", status: 400, code: "server.wrong_type",
      parameter: "max_tokens", message: "an integer"),
    Case(
      body: "{\(hello),\"stop\":[1]}", status: 400, code: "server.wrong_type",
      parameter: "stop[0]", message: "a string"),
    Case(
      body: "{\(hello),\"stream\":\"yes\"}", status: 400, code: "server.wrong_type",
      parameter: "stream", message: "a boolean"),
    Case(
      body: "{\(hello),\"stream_options\":true}", status: 400, code: "server.wrong_type",
      parameter: "stream_options", message: "an object"),
    Case(
      body: "{\(hello),\"n\":2}", status: 400, code: "server.unsupported_parameter",
      parameter: "n", message: "one answer"),
    Case(
      body: "{\(hello),\"max_token\":5}", status: 400, code: "server.unknown_parameter",
      parameter: "max_token", message: "did you mean 'max_tokens'?"),
    Case(
      body: "{\(hello),\"tools\":[{\"type\":\"function\"}]}", status: 400,
      code: "server.unsupported_parameter", parameter: "tools", message: "not supported"),
    Case(
      body: "{\(hello),\"response_format\":{\"type\":\"json_object\"}}", status: 400,
      code: "server.unsupported_parameter", parameter: "response_format", message: "not supported"),
    Case(
      body: "{\(hello),\"model\":\"gpt-4o\"}", status: 404, code: "model_not_found",
      parameter: "model", message: "this server has 'production'"),
  ]

  @Test(arguments: cases)
  func whatIsWrongIsSaidAsAnOpenAIError(_ bad: Case) async throws {
    let model = ScriptedModel(["a"])
    let server = try await TestServer.serving(model)
    let warmUp = model.counts.started
    try await server.test(.router) { client in
      let response = try await client.chat(text: bad.body)
      #expect(response.status.code == bad.status)
      let error = response.json["error"]
      #expect(error?["code"] == .string(bad.code))
      #expect(error?["type"] == "invalid_request_error")
      #expect(error?["param"] == bad.parameter)
      #expect(error?["message"]?.string?.contains(bad.message) == true, "\(error ?? .null)")
      #expect(model.counts.started == warmUp)
    }
  }

  @Test(arguments: [TestingSetup.router, .live])
  func aHugeBodyIsRefusedAndTheServerLivesOn(_ setup: TestingSetup) async throws {
    let server = try await TestServer.serving(
      ScriptedModel(["a"]), ServerConfiguration(port: 0, maxBodyBytes: 10_000))
    try await server.test(setup) { client in
      let text = String(repeating: "x", count: 200_000)
      let huge: JSONValue = ["messages": [["role": "user", "content": .string(text)]]]
      let response = try await client.chat(huge)
      #expect(response.status == .contentTooLarge)
      #expect(response.json["error"]?["code"] == "server.body_too_large")
      #expect(try await client.chat(.hello).status == .ok)
    }
  }

  @Test func parametersThatChangeNothingArePassedOver() async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.router) { client in
      let response = try await client.chat(
        text: """
          {\(Self.hello),"n":1,"user":"u","metadata":{},"tools":[],"tool_choice":"auto",
           "response_format":{"type":"text"},"frequency_penalty":0,"presence_penalty":0.0,
           "logprobs":false,"logit_bias":{},"modalities":["text"],"store":null}
          """)
      #expect(response.status == .ok, "\(response.json)")
    }
  }

  @Test(arguments: ["/v1/chat/completions", "/v1/models", "/v1/models/production", "/health"])
  func aKnownAddressSaysWhichMethodsItTakes(_ path: String) async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.router) { client in
      let response = try await client.execute(uri: path, method: .delete)
      #expect(response.status == .methodNotAllowed)
      #expect(response.json["error"]?["code"] == "server.method_not_allowed")
      #expect(response.headers[.allow] == (path.hasSuffix("completions") ? "POST" : "GET"))
    }
  }

  @Test func headIsAnsweredWithoutABody() async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.live) { client in
      let response = try await client.execute(uri: "/health", method: .head)
      #expect(response.status == .ok)
      #expect(response.body.readableBytes == 0)
    }
  }

  @Test func anUnknownAddressIsAnOpenAIErrorToo() async throws {
    let server = try await TestServer.serving(ScriptedModel(["a"]))
    try await server.test(.router) { client in
      let response = try await client.execute(uri: "/v1/nothing", method: .post)
      #expect(response.status == .notFound)
      #expect(response.json["error"]?["code"] == "server.route_unknown")
    }
  }

  struct Secret: Failure {
    let code = "test.secret"
    let kind = FailureKind.internal
    let message = "Cannot read '/home/user/secret.gguf'."
  }

  @Test func anInternalErrorLeaksNoPath() async throws {
    let model = ScriptedModel { request in
      if request.maxTokens > 1 { throw Secret() }
      return ["a"]
    }
    let server = try await TestServer.serving(model)
    try await server.test(.router) { client in
      for stream in [true, false] {
        let response = try await client.chat(.hello.with(["stream": .bool(stream)]))
        #expect(response.status == .internalServerError)
        #expect(response.json["error"]?["type"] == "server_error")
        #expect(response.json["error"]?["code"] == "test.secret")
        #expect(!String(buffer: response.body).contains("/home"))
      }
    }
  }

  @Test func aFailureInTheMiddleOfAStreamIsItsLastEvent() async throws {
    let server = try await TestServer.serving(
      ScriptedModel(Array(repeating: "a", count: 500), delay: .milliseconds(10)),
      ServerConfiguration(port: 0, answerTimeout: .milliseconds(200)))
    try await server.test(.router) { client in
      let response = try await client.chat(.hello.with(["stream": true, "max_tokens": 500]))
      #expect(response.status == .ok)
      #expect(response.events.last?["error"]?["code"] == "server.timeout")
      #expect(response.events.first?.delta?["role"] == "assistant")
    }
  }

  @Test func whenTheServerIsFullTheNextOneIsToldToComeBack() async throws {
    let model = ScriptedModel(["a", "b"], delay: .milliseconds(100))
    let server = try await TestServer.serving(
      model, ServerConfiguration(port: 0, maxInFlight: 2))
    try await server.test(.router) { client in
      let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
        for _ in 0..<5 { group.addTask { try await client.chat(.hello) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let refused = answers.filter { $0.status == .tooManyRequests }
      #expect(refused.count == 3)
      #expect(refused.allSatisfy { $0.headers[.retryAfter] == "1" })
      #expect(refused.first?.json["error"]?["type"] == "rate_limit_error")
      #expect(try await client.chat(.hello).status == .ok)
    }
  }
}
