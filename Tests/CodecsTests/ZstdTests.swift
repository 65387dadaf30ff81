import Codecs
import Foundation
import Testing

@Suite struct ZstdTests {
  /// What is compressed in three different ways: as references, not at all, as one repeated byte.
  enum Content: CaseIterable { case rows, random, zeros }

  static func content(_ count: Int, _ kind: Content) -> [UInt8] {
    let row = Array("{\"id\":17,\"text\":\"abc\"}\n".utf8)
    var state: UInt64 = 1
    return (0..<count).map { index in
      switch kind {
      case .rows: return row[index % row.count]
      case .zeros: return 0
      case .random:
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
    }
  }

  /// Both sides of a block (128 KiB), of the window of the fastest level and of the rooms below.
  static let sizes = [0, 1, 255, 256, 65_791, 65_792, 128 << 10, 128 << 10 + 1, 3_000_017]

  @Test(arguments: sizes, Content.allCases)
  func decodedIsWhatWasEncoded(size: Int, kind: Content) throws {
    let bytes = ZstdTests.content(size, kind)
    let frame = try encode(bytes, announcing: size)
    #expect(try decode(frame) == bytes)
    #expect(try outline(frame) == Int64(frame.count))
    let header = try ZstdFrameHeader(Array(frame.prefix(ZstdFrameHeader.longest)))
    #expect(header.contentSize == UInt64(size))
    #expect(header.hasChecksum && header.dictionary == 0)
    #expect(header.windowSize <= 8 << 20)
  }

  @Test(arguments: sizes, Content.allCases)
  func frameGetsItsSizeAtTheEnd(size: Int, kind: Content) throws {
    let bytes = ZstdTests.content(size, kind)
    let silent = try encode(bytes, announcing: nil)
    let head = Array(silent.prefix(ZstdFrameHeader.longest))
    let old = try ZstdFrameHeader(head)
    #expect(old.contentSize == nil && old.length == 6 && old.windowSize <= 8 << 20)
    #expect(try decode(silent) == bytes)

    let stating = try ZstdFrameHeader.stating(contentSize: Int64(size), in: head)
    #expect(stating.count == old.length + ZstdFrameHeader.sizeField)
    let frame = stating + silent.dropFirst(old.length)
    let header = try ZstdFrameHeader(Array(frame.prefix(ZstdFrameHeader.longest)))
    #expect(header.contentSize == UInt64(size) && header.length == stating.count)
    #expect(header.windowSize == old.windowSize && header.hasChecksum && header.dictionary == 0)
    #expect(try decode(frame) == bytes)
    #expect(try outline(frame) == Int64(frame.count))
    if let told = try zstd(["-dc"], frame) { #expect(told == bytes) }
    // Only a frame that says nothing.
    for head in [stating, Array(stating.prefix(5)), []] {
      #expect(throws: CodecError.self) { try ZstdFrameHeader.stating(contentSize: 1, in: head) }
    }
    // What it says is held against what comes.
    guard size > 0 else { return }
    let lie = try ZstdFrameHeader.stating(contentSize: Int64(size) - 1, in: head)
    #expect(throws: CodecError.self) {
      _ = try decode(lie + silent.dropFirst(old.length))
    }
  }

  /// An independent writer of frames: headers of every width, with and without checksum and size.
  @Test("the outline of frames of the zstd program ends where they end")
  func framesOfTheProgram() throws {
    for (size, kind) in ZstdTests.sizes.flatMap({ size in [(size, Content.rows), (size, .zeros)] })
    {
      let bytes = ZstdTests.content(size, kind)
      for options in [
        ["-1"], ["-19"], ["--no-check"], ["-3", "--no-content-size"], ["--ultra", "-22"],
      ] {
        guard let frame = try zstd(options + ["-c"], bytes) else {
          print("skipped: this machine has no zstd program")
          return
        }
        let header = try ZstdFrameHeader(Array(frame.prefix(ZstdFrameHeader.longest)))
        #expect(header.hasChecksum == (options != ["--no-check"]))
        #expect(header.contentSize == (options.contains("--no-content-size") ? nil : UInt64(size)))
        #expect(try outline(frame) == Int64(frame.count), "\(options) \(size)")
        #expect(try decode(frame) == bytes)
      }
      // And the program reads ours.
      let ours = try #require(try zstd(["-dc"], try encode(bytes)))
      #expect(ours == bytes)
    }
  }

  @Test func contentOfAnotherSizeThanAnnouncedIsRefused() throws {
    let bytes = ZstdTests.content(1000, .rows)
    #expect(throws: CodecError.self) { try encode(bytes, announcing: 999) }
    #expect(throws: CodecError.self) { try encode(bytes, announcing: 1001) }
  }

  @Test func windowsBeyondTheLimitAreRefused() throws {
    guard
      let frame = try zstd(["--ultra", "-22", "-c"], ZstdTests.content(9_000_000, .rows))
    else { return }
    #expect(throws: CodecError.self) { try decode(frame, windowLog: 23) }
    #expect(try decode(frame).count == 9_000_000)
  }

  /// Blocks of 128 KiB of zeros, far more than the header says; nothing beyond that comes out.
  @Test(arguments: [100_000, 300_000, 3_000_000])
  func contentBeyondWhatTheFrameSaysIsNeverHandedOut(size: Int) throws {
    var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x80, 7 << 3]
    frame += (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    for block in 1...1000 {
      let header = 128 << 13 | 1 << 1 | (block == 1000 ? 1 : 0)
      frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + [0]
    }
    // After a sound frame, and in pieces that cut the header.
    let sound = try encode(ZstdTests.content(1000, .rows))
    var count = 0
    let error = CodecError.damaged(reason: "it decompresses to more than it says")
    #expect(throws: error) {
      _ = try decode(sound + frame, pieces: 7) { count += $0 }
    }
    #expect(count <= 1000 + size)
  }

  @Test func headersThatAreNoneAreRefused() throws {
    let frame = try encode(ZstdTests.content(100_000, .rows))
    for count in 0..<9 {
      #expect(throws: CodecError.self) { try ZstdFrameHeader(Array(frame.prefix(count))) }
    }
    var reserved = frame
    reserved[4] |= 0x08
    #expect(throws: CodecError.self) { try ZstdFrameHeader(reserved) }
    #expect(throws: CodecError.self) { try ZstdFrameHeader([0x1F, 0x8B] + frame) }
    #expect(CompressionFormat(head: frame) == .zstd)
    #expect(CompressionFormat(head: [0x1F, 0x8B, 8]) == .gzip)
    #expect(CompressionFormat(head: frame.prefix(3)) == nil)
  }

  @Test func outlineOfACutFrameHasNoEnd() throws {
    let frame = try encode(ZstdTests.content(500_000, .random))
    for count in [20, 200_000, frame.count / 2] {
      #expect(throws: CodecError.self) { try outline(Array(frame.prefix(count))) }
    }
    // The checksum is no block: its absence shows in the length.
    #expect(try outline(frame.dropLast(2)) == Int64(frame.count))
  }

  // MARK: - Whole arrays through the streams

  private func encode(_ bytes: [UInt8]) throws -> [UInt8] {
    try encode(bytes, announcing: bytes.count)
  }

  private func encode(_ bytes: [UInt8], announcing size: Int?) throws -> [UInt8] {
    let encoder = try ZstdEncoder(contentSize: size.map(Int64.init), level: 1)
    var room = [UInt8](repeating: 0, count: 10_000)
    var frame: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let step = try rest.prefix(70_000).withUnsafeBytes { input in
        try room.withUnsafeMutableBytes { try encoder.encode(input, into: $0) }
      }
      frame += room.prefix(step.made)
      rest = rest.dropFirst(step.taken)
    }
    while true {
      let step = try room.withUnsafeMutableBytes { try encoder.finish(into: $0) }
      frame += room.prefix(step.made)
      if step.isDone { return frame }
    }
  }

  private func decode(
    _ frame: [UInt8], windowLog: Int = 27, pieces: Int = .max, report: (Int) -> Void = { _ in }
  ) throws -> [UInt8] {
    let decoder = try ZstdDecoder(windowLog: windowLog)
    var room = [UInt8](repeating: 0, count: 100_000)
    var bytes: [UInt8] = []
    var rest = frame[...]
    while true {
      let step = try rest.prefix(pieces).withUnsafeBytes { input in
        try room.withUnsafeMutableBytes { try decoder.decode(input, into: $0) }
      }
      report(step.made)
      bytes += room.prefix(step.made)
      rest = rest.dropFirst(step.taken)
      if rest.isEmpty, step.made == 0 { break }
    }
    #expect(decoder.isWhole)
    return bytes
  }

  /// The length that the headers of frame and blocks give.
  private func outline(_ frame: some Collection<UInt8>) throws -> Int64? {
    let bytes = Array(frame)
    var walk = ZstdFrameWalk(try ZstdFrameHeader(bytes))
    while let place = walk.nextBlock {
      try walk.take(Array(bytes.dropFirst(Int(place)).prefix(ZstdFrameWalk.blockHeader)))
    }
    return walk.length
  }

  /// What the zstd program makes of bytes; nil where there is no such program.
  private func zstd(_ options: [String], _ bytes: [UInt8]) throws -> [UInt8]? {
    let folder = FileManager.default.temporaryDirectory
    let (input, output) = (
      folder.appendingPathComponent(UUID().uuidString),
      folder.appendingPathComponent(UUID().uuidString)
    )
    defer { for url in [input, output] { try? FileManager.default.removeItem(at: url) } }
    try Data(bytes).write(to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "command -v zstd >/dev/null || exit 99; zstd -q \"$@\" <\"$IN\" >\"$OUT\"", "sh",
    ]
    process.arguments? +=
      options + (options.contains("--no-content-size") ? [] : sizeHint(options, bytes))
    process.environment = [
      "PATH": "/usr/bin:/bin:/usr/local/bin", "IN": input.path, "OUT": output.path,
    ]
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 99 { return nil }
    try #require(process.terminationStatus == 0)
    return [UInt8](try Data(contentsOf: output))
  }

  /// The program knows no size of what comes through a pipe.
  private func sizeHint(_ options: [String], _ bytes: [UInt8]) -> [String] {
    options.contains("-dc") ? [] : ["--stream-size=\(bytes.count)"]
  }
}
