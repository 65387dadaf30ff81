import Foundation
import Testing
import Yams

/// `docs/ci.md`: its workflows are YAML, and the program knows every command in them.
@Suite(.timeLimit(.minutes(10))) struct CIDocumentTests {
  /// The text of each block that a page marks as YAML.
  private func blocks() throws -> [String] {
    let page = try String(
      contentsOf: Program.project.appendingPathComponent("docs/ci.md"), encoding: .utf8)
    return page.matches(of: /(?s)```yaml\n(.*?)```/).map { String($0.1) }
  }

  /// Every text in a YAML document.
  private func texts(_ node: Node) -> [String] {
    switch node {
    case .scalar(let scalar): [scalar.string]
    case .sequence(let sequence): sequence.flatMap(texts)
    case .mapping(let mapping): mapping.values.flatMap(texts)
    case .alias: []
    }
  }

  /// The words of a shell's line up to what ends a command; variables stand for themselves.
  private func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      switch character {
      case _ where character == quote: quote = nil
      case _ where quote != nil: word = (word ?? "") + String(character)
      case "\"", "'":
        quote = character
        word = word ?? ""
      case "|", ";", "&", ">", ")": return words + (word.map { [$0] } ?? [])
      case " ":
        if let whole = word { words.append(whole) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  private func commands() throws -> [[String]] {
    try blocks().flatMap { block -> [[String]] in
      let document = try #require(try Yams.compose(yaml: block))
      return texts(document).flatMap { text in
        text.replacing(/\\\n\s*/, with: "").split(separator: "\n").map(String.init)
          .filter { $0.hasPrefix("mlops ") }.map { Array(words($0).dropFirst()) }
      }
    }
  }

  @Test("the blocks are workflows of GitHub and GitLab")
  func workflows() throws {
    let blocks = try blocks()
    try #require(blocks.count == 2)
    let github = try #require(try Yams.load(yaml: blocks[0]) as? [String: Any])
    let job = try #require((github["jobs"] as? [String: Any])?["evaluate"] as? [String: Any])
    #expect((job["steps"] as? [[String: Any]])?.count == 7)
    let gitlab = try #require(try Yams.load(yaml: blocks[1]) as? [String: Any])
    let other = try #require(gitlab["evaluate"] as? [String: Any])
    let allowed = (other["allow_failure"] as? [String: Any])?["exit_codes"] as? [Int]
    #expect(allowed == [101])
  }

  @Test("the program understands every command line")
  func commandLines() throws {
    let commands = try commands()
    #expect(commands.count == 8)
    #expect(commands.count { $0.first == "evaluate" && $0.contains("--html") } == 2)
    let program = try Program()
    defer { program.remove() }
    for command in commands {
      let outcome = try program.run(command)
      #expect(outcome.code != 64, "\(command): \(outcome.errors)")
    }
    #expect(try program.run("evaluate", "--candidate", "x", "--htm", "y").code == 64)
  }
}
