import Foundation
import Testing

/// What `--help` says, of every command.
@Suite struct HelpTests {
  /// Commands that print a schema, which is a document of its own, and ones that only group others.
  private static let withoutJSON: Set<String> = ["schema infer", "feedback schema"]

  /// The names that a help lists as subcommands.
  private func subcommands(_ help: String) -> [String] {
    var names: [String] = []
    var isListed = false
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasSuffix(":"), !line.hasPrefix(" ") {
        isListed = line.hasSuffix("SUBCOMMANDS:")
      } else if isListed, line.hasPrefix("  "), !line.hasPrefix("   "), !line.hasPrefix("  See ") {
        names.append(String(line.dropFirst(2).prefix { $0 != " " }))
      }
    }
    return names
  }

  @Test("every command's help has its exit codes, and --json but for commands that print a schema")
  func exitCodes() throws {
    let program = try Program()
    defer { program.remove() }
    var open = [[String]()]
    var leaves: [String] = []
    while let command = open.popLast() {
      let help = try program.run(command + ["--help"])
      let name = command.joined(separator: " ")
      #expect(help.code == 0 && help.errors.isEmpty)
      #expect(help.output.components(separatedBy: "Exit codes:").count == 2, "\(name)")
      let below = subcommands(help.output)
      try #require(command.count < 4, "\(name)")
      open += below.map { command + [$0] }
      guard below.isEmpty else { continue }
      leaves.append(name)
      #expect(
        help.output.contains("--json") != HelpTests.withoutJSON.contains(name), "\(name)")
    }
    #expect(leaves.count > 35 && leaves.contains("feedback build"), "\(leaves)")
    #expect(try program.run("help", "clean").output.contains("Exit codes:"))
    #expect(try !program.run("--version").output.contains("Exit codes:"))
  }
}
