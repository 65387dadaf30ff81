import Foundation
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

/// Damaged and hostile files, read in this very process: a trap would end the tests.
@Suite struct SafetensorsFuzzTests {
  /// How much longer than usual: `make fuzz`.
  private static let factor =
    ProcessInfo.processInfo.environment["MLOPS_FUZZ"].flatMap { Int($0) }.map { max($0, 1) } ?? 1

  @Test func `damaged files are refused or read, and never crash`() throws {
    let source = AdapterFixture.folder.appending("llama")
    let whole = [UInt8](
      try Data(contentsOf: URL(filePath: source.appending(PEFTFolder.weightsName).string)))
    let settings = try Data(
      contentsOf: URL(filePath: source.appending(PEFTFolder.configurationName).string))
    let base = try GGUFFile(AdapterFixture.base("llama"))
    let header = 8 + Int(whole[0]) + Int(whole[1]) << 8
    var generator = SplitMix64(seed: 77)
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    var refused = 0
    try Fixture.withFolder { folder in
      try settings.write(to: URL(filePath: folder.appending(PEFTFolder.configurationName).string))
      for _ in 0..<400 * Self.factor {
        var bytes = whole
        switch below(6) {
        case 0: bytes.removeLast(below(bytes.count))
        case 1: bytes[below(header)] ^= UInt8(1 << below(8))
        case 2: bytes[below(header)] = UInt8(ascii: "0") + UInt8(below(10))
        case 3: bytes[below(8)] = UInt8(below(256))
        case 4:
          let start = below(header)
          bytes.removeSubrange(start..<min(header, start + 1 + below(64)))
        default: for _ in 0..<8 { bytes[below(bytes.count)] = UInt8(below(256)) }
        }
        try Data(bytes).write(to: URL(filePath: folder.appending(PEFTFolder.weightsName).string))
        do {
          _ = try PEFTFolder(folder).loraWeights(for: base)
        } catch let error as RuntimeError {
          #expect(error.message.hasSuffix("."))
          refused += 1
        }
      }
    }
    #expect(refused > 200 * Self.factor)
  }
}
