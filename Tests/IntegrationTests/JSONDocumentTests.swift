import Foundation
import JSON
import Testing

/// `docs/json.md`, held against what the commands print.
@Suite(.timeLimit(.minutes(10))) struct JSONDocumentTests {
  @Test("the fields that the page names are the fields that the commands print")
  func fields() throws {
    let program = try Program()
    defer { program.remove() }
    var commands = JSONDocuments(program)
    try commands.run("init", ["init"])
    try commands.runData()
    try commands.runRegistry()
    try commands.runModels()
    let page = try JSONPage()
    #expect(Set(page.sections.keys) == Set(commands.documents.keys))
    for (heading, section) in page.sections {
      let document = try #require(commands.documents[heading])
      #expect(section.differences(from: document) == [], "\(heading)")
    }
    #expect(try program.run("show", "d", "--profile", "--json").json["profile"]?.object != nil)
    // What a rollback prints is what a promotion does.
    let rollback = try program.run("rollback", "production", "--reason", "a test", "--json").json
    #expect(page.sections["promote"]?.differences(from: rollback) == [])
  }
}
