import Deployment
import Foundation
import JSON
import MLOpsCore
import SystemPackage
import Testing

@Suite struct ServingSeatTests {
  private let environment: EnvironmentName
  private let record: ServerRecord

  init() throws {
    environment = try EnvironmentName("production")
    let process = ProcessInfo.processInfo.processIdentifier
    record = ServerRecord(
      environment: environment, process: process, processStart: ProcessStart.of(process),
      host: "127.0.0.1", port: 8080, token: "secret",
      startedAt: Date(timeIntervalSince1970: 1_800_000_000))
  }

  private func withStore(_ body: (FilePath) throws -> Void) throws {
    let store = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: store) }
    try body(FilePath(store.path))
  }

  @Test func anEnvironmentHasOneServer() throws {
    try withStore { store in
      let seat = try ServerSeat.take(environment, inStore: store)
      try seat.publish(record)
      #expect(
        throws: ServingError.alreadyServing(
          environment, process: ProcessInfo.processInfo.processIdentifier)
      ) {
        _ = try ServerSeat.take(environment, inStore: store)
      }
      _ = try ServerSeat.take(try EnvironmentName("staging"), inStore: store)
      withExtendedLifetime(seat) {}
    }
  }

  @Test func theOccupantIsFoundAsLongAsItLives() throws {
    try withStore { store in
      #expect(try ServerSeat.occupant(of: environment, inStore: store) == nil)
      do {
        let seat = try ServerSeat.take(environment, inStore: store)
        #expect(try ServerSeat.occupant(of: environment, inStore: store) == nil)
        try seat.publish(record)
        #expect(try ServerSeat.occupant(of: environment, inStore: store) == record)
        seat.withdraw()
        #expect(try ServerSeat.occupant(of: environment, inStore: store) == nil)
        try seat.publish(record)
        withExtendedLifetime(seat) {}
      }
      #expect(try ServerSeat.occupant(of: environment, inStore: store) == nil)
      _ = try ServerSeat.take(environment, inStore: store)
    }
  }

  @Test func aRecordThatADeadServerLeftBehindIsNobody() throws {
    try withStore { store in
      let folder = store.appending("servers")
      try FileManager.default.createDirectory(
        atPath: folder.string, withIntermediateDirectories: true)
      for name in ["production.json", "production.lock"] {
        let file = folder.appending(name)
        #expect(
          FileManager.default.createFile(
            atPath: file.string, contents: Data(record.json.pretty.utf8)))
      }
      #expect(try ServerSeat.occupant(of: environment, inStore: store) == nil)
    }
  }

  @Test func theRecordIsReadableByItsUserAlone() throws {
    try withStore { store in
      let seat = try ServerSeat.take(environment, inStore: store)
      try seat.publish(record)
      let file = store.appending("servers").appending("production.json").string
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600)
      withExtendedLifetime(seat) {}
    }
  }

  @Test func aRecordSurvivesItsText() throws {
    #expect(ServerRecord(json: try JSONValue(parsing: record.json.pretty)) == record)
    #expect(ServerRecord(json: ["pid": 1]) == nil)
  }

  @Test func theStartOfAProcessStaysTheSame() {
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(ProcessStart.of(process) == ProcessStart.of(process))
    #if os(Linux)
      #expect(ProcessStart.of(process) > 0)
    #endif
    #expect(ProcessStart.of(-1) == 0)
  }
}
