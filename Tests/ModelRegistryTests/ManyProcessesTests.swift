import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct ManyProcessesTests {
  private func start(_ arguments: [String], errors: FileHandle) throws -> Process {
    let process = Process()
    process.executableURL = StressProgram.url
    process.arguments = arguments
    process.standardError = errors
    try process.run()
    return process
  }

  /// `REGISTRY_STRESS_ADDS=500` is the full form.
  @Test(.enabled(if: StressProgram.isBuilt, "the helper RegistryStress is not beside the tests"))
  func eightWritersLoseNothing() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["REGISTRY_STRESS_ADDS"].flatMap { Int($0) } ?? 20
    let store = try FixtureStore()
    let log = try store.folder.file("errors.txt", [])
    let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: log.string))
    defer { try? errors.close() }
    let writers = try (0..<8).map {
      try start(["add-many", store.root.string, "x", "\(count)", "\($0)"], errors: errors)
    }
    let collector = try start(["gc", store.root.string], errors: errors)
    for process in writers + [collector] {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try String(contentsOfFile: log.string, encoding: .utf8) == "")
    // Every tenth content is the same for all eight.
    let expected = 8 * (count - count / 10) + count / 10
    #expect(try store.registry.versions(of: ArtifactName("x")).count == expected)
    let problems = try store.registry.verify().problems
    #expect(problems.isEmpty, "\(problems)")
  }
}
