import Foundation
import JSON
import SystemPackage
import Testing

@testable import Training

@Suite struct CheckpointTests {
  private func checkpoint(step: Int) -> Checkpoint {
    var history = TrainingHistory()
    history.losses = (0..<step).map { 1 / Double($0 + 3) }
    history.validations = [.init(step: 0, loss: 0.1 + 0.2), .init(step: step, loss: 1e-300)]
    return Checkpoint(
      identity: ["rank": 4, "base": "sha256:aa"], request: ["out": "이름"], step: step,
      history: history, watch: DivergenceWatch(smoothed: 0.1, lowest: .infinity),
      parameters: [1, -0.0, .leastNonzeroMagnitude], mean: [0.1, 2, 3], variance: [4, 5, 6],
      best: [7, 8, 9])
  }

  @Test func `a checkpoint read back is the one that was written, bit for bit`() throws {
    let folder = try TemporaryFolder()
    let written = checkpoint(step: 5)
    let path = try CheckpointFolder(path: folder.file("c")).write(written)
    let read = try CheckpointFolder.read(path)
    #expect(read.identity == written.identity)
    #expect(read.request == written.request)
    #expect(read.step == 5)
    #expect(read.history == written.history)
    #expect(read.watch == written.watch)
    #expect(read.parameters.map(\.bitPattern) == written.parameters.map(\.bitPattern))
    #expect(read.mean == written.mean)
    #expect(read.variance == written.variance)
    #expect(read.best == written.best)
  }

  @Test func `the latest two stay, and nothing half written`() throws {
    let temporary = try TemporaryFolder()
    let folder = CheckpointFolder(path: temporary.file("c"))
    for step in [1, 2, 30] { try folder.write(checkpoint(step: step)) }
    try Data("half".utf8).write(
      to: URL(filePath: folder.path.appending("step-00000031.checkpoint.writing").string))
    try folder.write(checkpoint(step: 31))
    #expect(folder.all().map(\.step) == [31, 30])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string)
    #expect(names.count == 2)
    withExtendedLifetime(temporary) {}
  }

  private static func failure(of path: FilePath) -> TrainingError? {
    let read: Result<Checkpoint, any Error> = Result { try CheckpointFolder.read(path) }
    if case .failure(let error) = read { return error as? TrainingError }
    return nil
  }

  @Test func `every damage is refused, and the one before is offered`() throws {
    let temporary = try TemporaryFolder()
    let folder = CheckpointFolder(path: temporary.file("c"))
    let before = try folder.write(checkpoint(step: 1))
    let path = try folder.write(checkpoint(step: 2))
    let whole = try Data(contentsOf: URL(filePath: path.string))
    func refusal(_ bytes: Data) throws -> String? {
      try bytes.write(to: URL(filePath: path.string))
      guard let error = Self.failure(of: path) else { return nil }
      #expect(error.code == "training.damaged_checkpoint")
      #expect(error.facts["before"] == .string(before.string))
      #expect(error.advice?.contains(before.string) == true)
      return error.message
    }
    for length in 0..<whole.count {
      #expect(try refusal(whole.prefix(length)) != nil, "\(length) bytes")
    }
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 0x20
      #expect(try refusal(bytes) != nil, "byte \(place)")
    }
    #expect(try refusal(whole + [0]) != nil)
    #expect(try refusal(whole) == nil)
    // Where the one before is damaged too, none is offered.
    try Data().write(to: URL(filePath: before.string))
    try whole.dropLast().write(to: URL(filePath: path.string))
    let alone = try #require(Self.failure(of: path))
    #expect(alone.code == "training.damaged_checkpoint")
    #expect(alone.facts["before"] == nil)
    withExtendedLifetime(temporary) {}
  }

  @Test func `a folder's newest checkpoint is found, and none is said to be none`() throws {
    let temporary = try TemporaryFolder()
    let folder = CheckpointFolder(path: temporary.file("c"))
    #expect(Self.failure(of: folder.path) == .noCheckpoint(folder.path.string))
    let path = folder.path
    #expect(throws: (any Error).self) { _ = try TrainingCheckpoint(at: path) }
    try folder.write(checkpoint(step: 9))
    try folder.write(checkpoint(step: 10))
    let found = try TrainingCheckpoint(at: folder.path)
    #expect(found.step == 10)
    #expect(found.request == ["out": "이름"])
  }

  @Test func `what differs is named with both values`() {
    let differences = checkpoint(step: 1).differences(from: ["rank": 8, "base": "sha256:aa"])
    #expect(differences == [.init(name: "rank", before: "4", now: "8")])
  }
}
