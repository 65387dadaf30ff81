import Foundation
import JSON
import Testing

/// `docs/json.md`, held against what the commands print.
@Suite struct JSONDocumentTests {
  /// The fields that a section of the page has, in dots.
  private struct Section {
    var required: Set<String> = []
    var optional: Set<String> = []

    /// The names one level below a field, or of the document where that is empty.
    func names(below prefix: String, _ fields: Set<String>) -> Set<String> {
      let start = prefix.isEmpty ? "" : prefix + "."
      return Set(
        fields.filter { $0.hasPrefix(start) }.map {
          String($0.dropFirst(start.count).prefix { $0 != "." })
        })
    }

    /// The fields with fields below them, and the document itself.
    var objects: Set<String> {
      Set(
        [""]
          + required.union(optional).compactMap { $0.split(separator: ".").dropLast().last }
          .map(String.init))
    }
  }

  private static let versionFields: Set<String> = [
    "name", "version", "reference", "digest", "kind", "size", "created_at", "author", "reason",
    "code", "aliases", "files", "ingredients", "metadata",
  ]

  /// The sections by the commands in their headings.
  private static func sections() throws -> [String: Section] {
    let page = try String(
      contentsOf: Program.project.appendingPathComponent("docs/json.md"), encoding: .utf8)
    var sections: [String: Section] = [:]
    var command = ""
    for line in page.split(separator: "\n") {
      if line.hasPrefix("## `mlops ") {
        command = String(line.dropFirst("## `mlops ".count).dropLast())
        sections[command] = Section()
      } else if line.hasPrefix("| *version* |") {
        sections[command]?.required.formUnion(versionFields)
      } else if line.hasPrefix("| `"), let field = line.split(separator: "`").dropFirst().first {
        if field.hasSuffix("?") {
          sections[command]?.optional.insert(String(field.dropLast()))
        } else {
          sections[command]?.required.insert(String(field))
        }
      }
    }
    return sections
  }

  /// Runs one command of each section that makes what the next ones need.
  private static func documents(_ program: Program) throws -> [String: JSONValue] {
    var documents: [String: JSONValue] = [:]
    func run(_ section: String, code: Int32 = 0, _ arguments: [String]) throws {
      let outcome = try program.run(arguments + ["--json"])
      #expect(outcome.code == code, "\(section): \(outcome.errors)")
      documents[section] = try outcome.json
    }
    try program.write("{\"type\":\"object\",\"required\":[\"id\"]}", to: "schema.json")
    try program.write(
      (0..<40).map { "{\"id\":\($0 % 38),\"text\":\"문제 \($0 * 7919 % 1000)번\"}\n" }.joined()
        + "{}\n",
      to: "rows.ndjson")
    try program.write("{\"type\":\"object\",\"required\":[\"id\",\"b\"]}", to: "newer.json")
    try run("schema check", ["schema", "check", "schema.json"])
    try run("schema diff", code: 100, ["schema", "diff", "schema.json", "newer.json"])
    try program.write("- whitespace\n- drop_near_duplicates\n", to: "clean.yaml")
    try run(
      "ingest",
      ["ingest", "rows.ndjson", "--schema", "schema.json", "--name", "d", "--clean", "clean.yaml"])
    try run("clean", ["clean", "rows.ndjson", "--steps", "clean.yaml", "--out", "c"])
    try run("split", ["split", "c", "--out", "p", "--parts", "a=1,b=1", "--by", "/id"])
    try run("diff", ["diff", "d", "c"])
    try run("diff --rows", ["diff", "--rows", "d", "c", "--key", "/id"])
    try program.write("{\"id\":\"1\",\"text\":\"문제 0번\"}\n", to: "suite.ndjson")
    try run(
      "contamination",
      ["contamination", "d", "./suite.ndjson", "--field", "text", "--threshold", "100%"])
    try run(
      "feedback add",
      ["feedback", "add", "--input", "q", "--output", "a", "--up", "--rater", "r"])
    try program.write("{\"input\":\"q2\",\"corrected\":\"a2\"}\n{}\n", to: "feedback.ndjson")
    try run("feedback import", ["feedback", "import", "feedback.ndjson"])
    try run("feedback list", ["feedback", "list"])
    try run("feedback export", ["feedback", "export", "--out", "out.ndjson"])
    try run("feedback stats", ["feedback", "stats"])
    try run("feedback build", ["feedback", "build", "--out", "fb"])
    try run("feedback forget", ["feedback", "forget", "--subject", "r"])
    try run("show", ["show", "d"])
    try run("lineage", ["lineage", "d"])
    return documents
  }

  @Test("the fields that the page names are the fields that the commands print")
  func fields() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    let documents = try JSONDocumentTests.documents(program)
    let sections = try JSONDocumentTests.sections()
    #expect(Set(sections.keys) == Set(documents.keys))
    for (command, section) in sections {
      let document = try #require(documents[command])
      for object in section.objects {
        let found = Set(
          ((object.isEmpty ? document : document[object])?.object ?? [:]).keys)
        let required = section.names(below: object, section.required)
        let optional = section.names(below: object, section.optional)
        #expect(required.subtracting(found) == [], "\(command) \(object) lacks")
        #expect(
          found.subtracting(required).subtracting(optional) == [],
          "\(command) \(object) is not told on the page")
      }
    }
    #expect(try program.run("show", "d", "--profile", "--json").json["profile"]?.object != nil)
  }
}
