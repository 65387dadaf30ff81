import Foundation
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Blobs that were streamed are cared for like others, and disks that refuse are named.
@Suite struct ContentStreamCareTests {
  @Test func streamedBlobIsVerifiedRepairedCollectedAndMaterialised() throws {
    let store = try FixtureStore()
    // Whole blocks: the frame ends with an empty one, where the library lets the size be wrong.
    let bytes = FixtureStore.rows(2 << 20)
    let record = try store.add("rows", try store.staged(bytes)).record
    let file = try #require(record.manifest.files.first)
    let path = store.compressedPath(file.digest)
    let sound = try store.content(of: path)
    // A bit of the size's width, of the size, of a block, of the checksum.
    for place in [4, 6, 8, 13, sound.count / 2, sound.count - 1] {
      var spoilt = sound
      spoilt[place] ^= 0x40
      try store.replace(path, by: spoilt)
      #expect(try store.registry.verify().problems.count == 1, "byte \(place)")
    }
    let report = try store.registry.repair(from: [try store.folder.file("copy", bytes)])
    #expect(report.restored == [file.digest] && report.lost.isEmpty)
    #expect(try store.registry.bytes(of: file) == bytes)
    try store.replace(path, by: sound)
    #expect(try store.registry.verify().isSound)

    let target = store.folder.path.appending("out")
    try store.registry.materialise(record, at: target)
    #expect(try store.content(of: target.appending("rows.ndjson")) == bytes)

    let other = try FixtureStore()
    try other.replace(other.compressedPath(file.digest), by: sound)
    try other.add("kept", try other.staged(FixtureStore.rows(9000, seed: 4)))
    #expect(try other.registry.verify().strayBlobs == [file.digest])
    _ = try other.registry.gc(dryRun: false)
    #expect(!other.isThere(other.compressedPath(file.digest)))
    #expect(try other.registry.verify().blobCount == 1)
    _ = try store.registry.gc(dryRun: false)
    #expect(try store.registry.bytes(of: file) == bytes)
  }

  /// Larger than the disk by far, and so small that it fails with the last call.
  @Test(
    .enabled(if: StressProgram.isBuilt, "the helper RegistryStress is not beside the tests"),
    arguments: [20 << 20, 2_200_000, 900_000], ["stream", "stream-plain"])
  func fullDiskIsNamedAndLeavesNothing(size: Int, verb: String) throws {
    let folder = try TemporaryFolder()
    let disk = folder.path.appending("disk")
    try FileManager.default.createDirectory(
      atPath: disk.string, withIntermediateDirectories: false)
    guard
      try StressProgram.inOwnNamespace("mount -t tmpfs none \"$0\"", disk.string).status == 0
    else {
      print("skipped: this machine allows no mount of a small disk")
      return
    }
    // Of the largest so much is written that all buffers are on their way when the disk is full.
    let room = size > 10 << 20 ? 4 << 20 : 300_000
    // Half as large when compressed.
    let hex = Array("0123456789abcdef".utf8)
    let bytes = FixtureStore.Fill.random.bytes(size).map { hex[Int($0 & 15)] }
    let file = try folder.file("rows.bin", bytes)
    let small = try folder.file("small.bin", bytes.prefix(20_000))
    let result = try StressProgram.inOwnNamespace(
      """
      set -e
      mount -t tmpfs -o size=12m none "$0"
      "$1" create "$0/store"
      "$1" stream "$0/store" small "$3"
      left=$(df --output=avail -B1 "$0" | tail -1)
      head -c $((left - $5)) /dev/zero > "$0/filler"
      timeout 60 "$1" "$4" "$0/store" rows "$2" && echo added || echo "exit $?"
      ls "$0/store/tmp"
      echo -- checked
      "$1" check "$0/store"
      rm "$0/filler"
      "$1" stream "$0/store" more "$3" | cut -c1-7
      """, disk.string, StressProgram.url.path, file.string, small.string, verb,
      "\(room)")
    let lines = result.output.split(separator: "\n").dropFirst()
    #expect(result.status == 0, "\(result.output)")
    #expect(lines.first?.hasPrefix("registry.system: Cannot write '\(disk)/store/tmp/add-") == true)
    #expect(lines.first?.hasSuffix("': No space left on device.") == true)
    #expect(lines.dropFirst() == ["exit 1", "-- checked", "more@v1"], "\(result.output)")
  }

  @Test(.enabled(if: StressProgram.isBuilt, "the helper RegistryStress is not beside the tests"))
  func storeOnAReadOnlyMediumRefusesAtOnce() throws {
    let store = try FixtureStore()
    try store.add("labeler", "hello")
    // The file is missing: nobody comes so far as to open it.
    let words = [store.root.string, StressProgram.url.path, "/nowhere/rows.bin"]
    let run = "\"$1\" stream \"$0\" rows \"$2\""
    let result: (status: Int32, output: String)
    if geteuid() == 0 {
      let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\""
      guard try StressProgram.inOwnNamespace(mount, words[0]).status == 0 else {
        print("skipped: this machine allows no read-only mount")
        return
      }
      result = try StressProgram.inOwnNamespace("\(mount) && \(run)", words[0], words[1], words[2])
    } else {
      _ = try HistoryFixture.run("chmod", ["-R", "a-w", words[0]])
      defer { _ = try? HistoryFixture.run("chmod", ["-R", "u+w", words[0]]) }
      result = try HistoryFixture.run("sh", ["-c", run] + words)
    }
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("registry.read_only:"), "\(result.output)")
  }
}
