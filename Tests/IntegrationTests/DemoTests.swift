import Foundation
import JSON
import Testing

@Suite(.serialized) struct DemoTests {
  @Test("the demo runs the whole loop, and drops no request while it swaps")
  func wholeLoop() throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run("demo", "--json", "--sample", Program.project.path)
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    let figures = try outcome.json
    #expect(figures["swap_failures"]?.int == 0)
    #expect(try #require(figures["swap_requests"]?.int) > 0)
    let evaluation = try #require(figures["evaluation"])
    #expect(evaluation["verdict"] == "passed")
    let accuracy = try #require(evaluation["metrics"]?["accuracy"])
    let before = try #require(accuracy["baseline"]?.double)
    let after = try #require(accuracy["candidate"]?.double)
    // The base knows the old labels only: 22 of 121 standards kept theirs.
    #expect(before < 0.3)
    #expect(after > before + 0.3)
  }
}
