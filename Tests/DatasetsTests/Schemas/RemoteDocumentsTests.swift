import Foundation
import JSON
import JSONSchema
import MLOpsTestKit
import SystemPackage
import Testing

@testable import Datasets

@Suite(.timeLimit(.minutes(2))) struct RemoteDocumentsTests {
  private func limits(bytes: Int = 200_000, seconds: Int = 20, documents: Int = 100)
    -> RemoteDocuments.Limits
  {
    var limits = RemoteDocuments.Limits()
    limits.bytes = bytes
    limits.seconds = seconds
    limits.documents = documents
    return limits
  }

  private func failure(_ url: String, _ remote: RemoteDocuments) -> String {
    do throws(RemoteError) {
      return "found \(try remote.document(url).canonical)"
    } catch {
      return error.description
    }
  }

  @Test("a document is fetched once, through as many redirects as are allowed and no more")
  func redirects() throws {
    let server = try LocalWebServer(documents: ["end": #"{"type":"integer"}"#])
    let remote = RemoteDocuments(limits: limits())
    for _ in 0..<3 {
      #expect(try remote.document("\(server.address)/hop/4") == ["type": "integer"])
    }
    #expect(server.requests == ["/hop/4", "/hop/3", "/hop/2", "/hop/1", "/hop/0", "/doc/end"])
    #expect(remote.digests.keys.sorted() == ["\(server.address)/hop/4"])
    #expect(
      failure("\(server.address)/hop/5", remote)
        == "\(server.address)/hop/5 redirects more than 5 times, the last time to '\(server.address)/doc/end'"
    )
    let before = server.requests.count
    let loop =
      "\(server.address)/loop redirects more than 5 times, the last time to '\(server.address)/loop'"
    #expect(failure("\(server.address)/loop", remote) == loop)
    #expect(failure("\(server.address)/loop", remote) == loop)
    #expect(server.requests.count == before + 6)
  }

  @Test(
    "what is no JSON document is told with the URL and what was there instead",
    arguments: [
      ("404", "answered with status 404"), ("500", "answered with status 500"),
      ("html", "answered with HTML or XML (the content type text/html); expected JSON"),
      (
        "text",
        "answered with text that is not JSON at 1:2: expected a string as the name of a member (the content type text/plain); expected JSON"
      ),
      ("empty", "answered with nothing (the content type application/json); expected JSON"),
      ("file", "redirects to 'file:///etc/passwd', which is neither https nor http"),
      ("gopher", "redirects to 'gopher://127.0.0.1/x', which is neither https nor http"),
      ("nowhere", "answered with status 302, a redirect, without saying where to"),
      ("large", "is larger than 200000 bytes, which is the most that is fetched"),
      ("endless", "is larger than 200000 bytes, which is the most that is fetched"),
    ])
  func unusable(path: String, sentence: String) throws {
    let server = try LocalWebServer()
    let url = "\(server.address)/\(path)"
    #expect(failure(url, RemoteDocuments(limits: limits())) == "\(url) \(sentence)")
  }

  @Test("a server that trickles, or hangs up, is given up on")
  func slow() throws {
    let server = try LocalWebServer()
    let url = "\(server.address)/slow"
    #expect(
      failure(url, RemoteDocuments(limits: limits(seconds: 1)))
        == "\(url) did not answer in whole within 1 s")
    let cut = failure("\(server.address)/cut", RemoteDocuments(limits: limits()))
    #expect(cut.hasPrefix("\(server.address)/cut cannot be reached: "), "\(cut)")
    // Nobody listens on port 1.
    let closed = failure("http://127.0.0.1:1/a", RemoteDocuments(limits: limits()))
    #expect(closed.hasPrefix("http://127.0.0.1:1/a cannot be reached: "), "\(closed)")
  }

  @Test(
    "what is no URL never reaches a program",
    arguments: ["https:///etc", "http://", "https:x", "http://a b/", "http://a\n/"])
  func malformed(url: String) throws {
    #expect(failure(url, RemoteDocuments()).contains("is no URL"))
  }

  @Test("a run fetches so many documents and no more, and no other scheme at all")
  func documents() throws {
    let server = try LocalWebServer(documents: ["a": "{}", "b": "{}", "c": "{}"])
    let remote = RemoteDocuments(limits: limits(documents: 2))
    #expect(failure("\(server.address)/doc/a", remote) == "found {}")
    #expect(failure("\(server.address)/doc/b", remote) == "found {}")
    #expect(failure("\(server.address)/doc/c", remote).contains("more than the 2 documents"))
    #expect(failure("\(server.address)/doc/a", remote) == "found {}")
    #expect(server.requests.count == 2)
    let schema = try JSONValue(parsing: #"{"$ref":"ftp://127.0.0.1/x"}"#)
    let error = #expect(throws: SchemaError.self) {
      try JSONSchema.compile(schema, options: SchemaOptions(lastResort: remote.resolver))
    }
    #expect(error?.reason.contains("fetched") == false)
  }

  @Test("a schema that refers to the network is complete with it, and says what it lacks without")
  func library() throws {
    let server = try LocalWebServer(documents: [
      "row": #"{"$id":"http://HERE/doc/row","properties":{"n":{"$ref":"number#/$defs/n"}}}"#,
      "number": #"{"$defs":{"n":{"type":"integer"}},"$ref":"row"}"#,
    ])
    let scratch = try Scratch()
    let file = try scratch.file(
      "s.json", "{\n \"items\": {\"$ref\": \"\(server.address)/doc/row\"}\n}")
    let document = try SchemaDocument(file: file)
    let error = #expect(throws: DatasetsError.self) { try SchemaLibrary().compile(document) }
    #expect(error?.code == "datasets.missing_document")
    #expect(
      error?.message.hasPrefix("\(file):2:20: $ref must be") == true,
      "\(String(describing: error?.message))")
    #expect(error?.message.contains("\(server.address)/doc/row") == true)
    #expect(error?.advice?.contains("--allow-remote") == true)
    #expect(error?.advice?.contains("beside the schema") == true)
    #expect(server.requests.isEmpty)
    let remote = RemoteDocuments()
    let schema = try SchemaLibrary(remote: remote).compile(document)
    #expect(schema.isValid([["n": 1]]) && !schema.isValid([["n": "x"]]))
    #expect(server.requests == ["/doc/row", "/doc/number"])
    #expect(SchemaLibrary(remote: remote).problems(of: document).isEmpty)
    #expect(server.requests.count == 2)
    let gone = try SchemaDocument(
      file: try scratch.file("g.json", #"{"$ref":"\#(server.address)/doc/gone"}"#))
    let failed = #expect(throws: DatasetsError.self) {
      try SchemaLibrary(remote: remote).compile(gone)
    }
    #expect(
      failed?.message.hasSuffix(
        "and cannot be fetched: \(server.address)/doc/gone answered with status 404.") == true)
    #expect(failed?.advice == nil)
  }

  @Test("a file beside the schema is found by its $id as well, one elsewhere is not")
  func beside() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.folder.appending("sub").string, withIntermediateDirectories: true)
    _ = try scratch.file("n.json", #"{"$id":"https://example.com/n","type":"integer"}"#)
    _ = try scratch.file("broken.json", "{")
    _ = try scratch.file("sub/far.json", #"{"$id":"https://example.com/far"}"#)
    let near = try SchemaDocument(
      file: try scratch.file("s.json", #"{"$ref":"https://example.com/n"}"#))
    #expect(try !SchemaLibrary().compile(near).isValid("x"))
    let far = try SchemaDocument(
      file: try scratch.file("t.json", #"{"$ref":"https://example.com/far"}"#))
    #expect(throws: DatasetsError.self) { try SchemaLibrary().compile(far) }
  }

  @Test(
    "what no network can have is missing, with the network allowed as without it",
    arguments: ["missing-file.json", "urn:x:y", "ftp://example.com/a"])
  func notRemote(reference: String) throws {
    let scratch = try Scratch()
    let file = try scratch.file("schema.json", "{\"$ref\":\"\(reference)\"}")
    let document = try SchemaDocument(file: file)
    let refused = #expect(throws: DatasetsError.self) {
      try SchemaLibrary(remote: RemoteDocuments(limits: limits())).compile(document)
    }
    #expect(refused?.code == "datasets.missing_document", "\(String(describing: refused))")
    let without = #expect(throws: DatasetsError.self) { try SchemaLibrary().compile(document) }
    #expect(refused?.message == without?.message)
  }
}
