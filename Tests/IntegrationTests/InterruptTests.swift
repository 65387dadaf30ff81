import Foundation
import Testing

/// Ctrl-C, as a person presses it who has piped in the wrong thing.
@Suite struct InterruptTests {
  @Test(
    "an ingestion from a pipe that never ends is left at a signal, and leaves nothing behind",
    .timeLimit(.minutes(2)),
    arguments: [("", #"{"a": 1}"#, SIGINT), ("[", #"{"a": 1},"#, SIGTERM)])
  func endlessPipe(head: String, row: String, signal: Int32) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write(#"{"type":"object"}"#, to: "schema.json")
    let before = try program.run("list", "--json").output
    let (pipe, errors) = (Pipe(), Pipe())
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The mark is made when most of these bytes were read: no pipe holds that many.
    writer.arguments = [
      "-c", #"printf '%s' "$0"; yes "$1" | head -c 4000000; touch fed; exec yes "$1""#, head, row,
    ]
    writer.currentDirectoryURL = program.folder
    writer.standardOutput = pipe
    let ingest = Process()
    ingest.executableURL = Program.executable
    ingest.arguments = ["ingest", "-", "--schema", "schema.json", "--name", "d"]
    ingest.currentDirectoryURL = program.folder
    ingest.environment = ProcessInfo.processInfo.environment
      .merging(["MLOPS_AUTHOR": "Test <test@example.org>", "MLOPS_HOME": program.folder.path]) {
        $1
      }
    ingest.standardInput = pipe
    ingest.standardOutput = FileHandle.nullDevice
    ingest.standardError = errors
    try ingest.run()
    try writer.run()
    defer { writer.terminate() }
    let fed = program.folder.appendingPathComponent("fed").path
    while ingest.isRunning, !FileManager.default.fileExists(atPath: fed) { usleep(20_000) }
    kill(ingest.processIdentifier, signal)
    ingest.waitUntilExit()
    #expect(ingest.terminationReason == .exit)
    #expect(ingest.terminationStatus == 130)
    // Said by the command itself: what has to be forced to end says nothing.
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(said.contains("was interrupted"), "\(said)")
    #expect(try program.run("list", "--json").output == before)
    #expect(try program.run("gc").code == 0)
    let left = FileManager.default.enumerator(atPath: program.folder.path)?
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".ndjson") || $0.contains("staging") }
    #expect(left == [])
  }
}

/// Ctrl-C while nothing comes: a read that waits must not keep the command.
@Suite struct IdleInputTests {
  @Test(
    "a command that waits for an idle pipe ends at the first signal",
    .timeLimit(.minutes(5)), arguments: ["ingest", "validate"], [SIGINT, SIGTERM, SIGHUP])
  func idlePipe(command: String, signal: Int32) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("init").code == 0)
    try program.write(#"{"type":"object"}"#, to: "schema.json")
    // Held open by this process, which writes one row and no more.
    let (pipe, errors) = (Pipe(), Pipe())
    let process = Process()
    process.executableURL = Program.executable
    process.arguments =
      [command, "-", "--schema", "schema.json"] + (command == "ingest" ? ["--name", "d"] : [])
    process.currentDirectoryURL = program.folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MLOPS_AUTHOR": "Test <test@example.org>", "MLOPS_HOME": program.folder.path]) {
        $1
      }
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    try pipe.fileHandleForWriting.write(contentsOf: Data("{\"a\":1}\n".utf8))
    // Waiting in the kernel for more: nothing of the pipe is left, and the process sleeps.
    try waitUntilIdle(process, pipe)
    kill(process.processIdentifier, signal)
    // One that does not end must not keep the tests, and fails what follows.
    let number = process.processIdentifier
    let end = DispatchWorkItem { kill(number, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: end)
    process.waitUntilExit()
    end.cancel()
    if command == "ingest" {
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 130)
      let said = String(
        decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      #expect(said.contains("was interrupted"), "\(said)")
      #expect(try program.run("gc").code == 0)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
          .filter { $0.contains(".tmp") } == [])
    } else {
      // Nothing has to be left in order, so the signal has its own meaning: a shell says 130.
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(process.terminationStatus == signal)
    }
    try pipe.fileHandleForWriting.close()
  }

  /// Waits until all that was written was read; then some time for the next read to begin.
  private func waitUntilIdle(_ process: Process, _ pipe: Pipe) throws {
    while process.isRunning {
      var waiting: CInt = 0
      guard ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &waiting) == 0 else {
        break
      }
      if waiting == 0 { break }
      usleep(20_000)
    }
    usleep(300_000)
  }
}
