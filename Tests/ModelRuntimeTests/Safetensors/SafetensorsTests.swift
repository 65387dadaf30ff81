import Foundation
import MLOpsCore
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct SafetensorsTests {
  /// A file of a header and data.
  private static func bytes(_ header: String, data: [UInt8] = [], length: UInt64? = nil)
    -> [UInt8]
  {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian, Array.init) + text
      + data
  }

  private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try Fixture.withFolder { folder in
      let path = folder.appending("a.safetensors")
      try Data(bytes).write(to: URL(filePath: path.string))
      return try SafetensorsFile(path)
    }
  }

  private func tensor(_ type: String, _ shape: String, _ start: String, _ end: String) -> String {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
  }

  @Test func `what was written is read back`() throws {
    try Fixture.withFolder { folder in
      var writer = SafetensorsWriter(metadata: ["format": "pt", "k": "가"])
      try writer.add("b", shape: [2, 3], values: [1, 2, 3, 4, 5, -6])
      try writer.add("a", shape: [1], values: [.pi])
      try writer.add("empty", shape: [0, 4], values: [])
      let path = folder.appending("a.safetensors")
      try writer.write(to: path)
      let file = try SafetensorsFile(path)
      #expect(file.metadata == ["format": "pt", "k": "가"])
      #expect(file.tensors.map(\.name) == ["a", "b", "empty"])
      let b = try #require(file.tensor("b"))
      #expect(b.shape == [2, 3])
      #expect(try file.floats(of: b) == [1, 2, 3, 4, 5, -6])
      #expect(b.offset % 8 == 4, "the data begins at a multiple of eight, and one number is before")
    }
  }

  @Test func `numbers of 16 and 64 bits become the nearest of 32`() throws {
    let halves: [(UInt16, Float)] = [
      (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x8001, -0x1p-24),
      (0x03FF, 1023 * 0x1p-24), (0x0400, 0x1p-14), (0x3555, 0.333251953125), (0x0000, 0),
      (0x7C00, .infinity),
    ]
    for (bits, value) in halves { #expect(HalfFloat.float(bits) == value) }
    #expect(HalfFloat.float(0x7E00).isNaN)
    func little<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
      values.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    }
    let brains = SafetensorsElement.bf16.floats(little([0x3F80, 0xC049] as [UInt16]), count: 2)
    #expect(brains == [1, -3.140625])
    let doubles = SafetensorsElement.f64.floats(
      little([Double(0.1).bitPattern, Double(-1e300).bitPattern]), count: 2)
    #expect(doubles == [0.1, -.infinity])
  }

  @Test func `contradictions are refused in a sentence`() throws {
    let four: [UInt8] = [0, 0, 0, 0]
    let f32 = "F32"
    let cases: [(bytes: [UInt8], words: String)] = [
      ([1, 2, 3], "3 bytes"),
      (Self.bytes("{}", length: .max), "more than the format's 100 MB"),
      (Self.bytes("{}", length: 100_000_001), "more than the format's 100 MB"),
      (Self.bytes("{}", length: 99_999_999), "but the file has"),
      (Self.bytes("[]"), "does not begin with '{'"),
      (Self.bytes("{\"a\":"), "not JSON"),
      (Self.bytes("{\"a\":{},\"a\":{}}"), "not JSON"),
      (Self.bytes("{\"a\":3}"), "lacks dtype"),
      (Self.bytes("{\"a\":\(tensor(f32, "[1]", "0", "8"))}", data: four), "outside the file"),
      (Self.bytes("{\"a\":\(tensor(f32, "[1]", "4", "0"))}", data: four), "outside the file"),
      (Self.bytes("{\"a\":\(tensor(f32, "[2]", "0", "4"))}", data: four), "takes 8 bytes"),
      (Self.bytes("{\"a\":\(tensor(f32, "[-1]", "0", "4"))}", data: four), "whole number"),
      (Self.bytes("{\"a\":\(tensor(f32, "[0.5]", "0", "4"))}", data: four), "whole number"),
      (
        Self.bytes(
          "{\"a\":\(tensor(f32, "[4294967296,4294967296,4294967296]", "0", "4"))}", data: four),
        "larger than any file"
      ),
      (
        Self.bytes(
          "{\"a\":\(tensor(f32, "[1]", "0", "4")),\"b\":\(tensor(f32, "[1]", "0", "4"))}",
          data: four), "the one before it ends"
      ),
      (Self.bytes("{\"a\":\(tensor(f32, "[1]", "4", "8"))}", data: four + four), "ends at"),
      (Self.bytes("{\"a\":\(tensor(f32, "[1]", "0", "4"))}", data: four + four), "end at byte"),
      (Self.bytes("{\"__metadata__\":{\"a\":1}}"), "no text"),
      (Self.bytes(String(repeating: "{\"a\":", count: 5000)), "not JSON"),
    ]
    for (bytes, words) in cases {
      let error = #expect(throws: RuntimeError.self) { try read(bytes) }
      #expect(error?.code == "runtime.malformed_safetensors")
      #expect(error?.message.contains(words) == true, "\(error?.message ?? ""), not \(words)")
    }
    #expect(try read(Self.bytes("{}")).tensors.isEmpty)
  }

  @Test func `types that hold no weights can be listed and not read`() throws {
    try Fixture.withFolder { folder in
      let path = folder.appending("a.safetensors")
      try Data(
        Self.bytes("{\"a\":\(tensor("I64", "[1]", "0", "8"))}", data: .init(repeating: 1, count: 8))
      )
      .write(to: URL(filePath: path.string))
      let file = try SafetensorsFile(path)
      #expect(throws: RuntimeError.self) { try file.floats(of: file.tensors[0]) }
    }
  }
}
