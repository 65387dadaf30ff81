import Foundation
import Testing

@testable import MLOpsCore

@Suite struct ProcessorsTests {
  @Test("as many processors are usable as nproc counts")
  func count() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["nproc"]
    // It would count these instead of processors.
    process.environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("OMP_")
    }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(Processors.usable == Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  @Test("a mask of several words is counted, and a text without one is not guessed at")
  func mask() {
    #expect(
      Processors.allowed("Name:\tx\nCpus_allowed:\tff,00000001\nCpus_allowed_list:\t0-1\n") == 9)
    #expect(Processors.allowed("Cpus_allowed_list:\t0-1\n") == nil)
    #expect(Processors.allowed("Cpus_allowed:\t00000000\n") == nil)
  }
}
