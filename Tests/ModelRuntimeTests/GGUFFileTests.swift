import Foundation
import JSON
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct GGUFFileTests {
  private func reason(_ bytes: [UInt8]) throws -> String {
    try Fixture.withFolder { folder -> String in
      let path = folder.appending("a.gguf")
      try Data(bytes).write(to: URL(filePath: path.string))
      do {
        _ = try GGUFFile(path)
        return "sound"
      } catch let error as RuntimeError {
        guard case .malformedGGUF(_, let reason, _) = error else { throw error }
        return reason
      }
    }
  }

  @Test func a_file_written_by_ggufs_own_package_is_read() throws {
    let file = try GGUFFile(Fixture.tiny)
    #expect(file.version == 3)
    #expect(file.tensors.count == 21)
    #expect(file.tensor("token_embd.weight")?.dimensions == [40, 295])
    let summary = file.summary
    #expect(summary.architecture == "llama")
    #expect(summary.parameters == 52_600)
    #expect(summary.quantisation == "F32")
    #expect(summary.contextLength == 256)
    #expect(summary.embeddingLength == 40)
    #expect(summary.blockCount == 2)
    #expect(summary.headCount == 4)
    #expect(summary.headCountKV == 2)
    #expect(summary.vocabularySize == 295)
    #expect(summary.tokenizerModel == "gpt2")
    #expect(summary.tokenizerPre == "gpt-2")
    #expect(summary.hasChatTemplate)
    #expect(!summary.isAdapter)
    #expect(summary.json["vocabulary_size"]?.int == 295)
    let adapter = try GGUFFile(Fixture.tinyAdapter).summary
    #expect(adapter.isAdapter)
    #expect(adapter.adapterAlpha == 8)
    #expect(adapter.adapterRank == 4)
  }

  @Test func what_is_written_is_read_back_and_equal_content_gives_equal_bytes() throws {
    func make() throws -> GGUFWriter {
      var writer = GGUFWriter()
      writer.set("a.string", .string("가\u{1112}"))
      writer.set("a.number", .uint32(.max))
      writer.set("a.negative", .int32(-5))
      writer.set("a.float", .float32(0.1))
      writer.set("a.double", .float64(0.1))
      writer.set("a.truth", .bool(true))
      writer.set("a.texts", .strings(["", "x", "각", "각"]))
      writer.set("a.numbers", .int32s([-1, 2]))
      writer.set("a.floats", .float32s([1.5, -2]))
      writer.set("a.wide", .integer(.uint64, bits: .max))
      try writer.add("t", dimensions: [3, 2], floats: [1, 2, 3, 4, 5, 6])
      try writer.add("q", dimensions: [32], type: .q8_0, data: Array(repeating: 7, count: 34))
      return writer
    }
    #expect(try make().bytes == make().bytes)
    try Fixture.withFolder { folder in
      let path = folder.appending("a.gguf")
      try make().write(to: path)
      let file = try GGUFFile(path)
      #expect(file.keys.count == 10)
      #expect(file["a.string"] == .string("가\u{1112}"))
      #expect(file["a.number"]?.int == Int(UInt32.max))
      #expect(file["a.negative"]?.int == -5)
      #expect(file["a.float"] == .float32(0.1))
      #expect(file["a.double"] == .float64(0.1))
      #expect(file["a.truth"]?.bool == true)
      #expect(file["a.texts"]?.array?.strings.map(Array.init) == ["", "x", "각", "각"])
      #expect(file["a.numbers"]?.array?.integers == [-1, 2])
      #expect(file["a.floats"]?.array?.floats == [1.5, -2])
      #expect(file["a.wide"]?.int == nil)
      #expect(file.tensor("t")?.size == 24)
      #expect(file.tensor("q")?.offset == file.dataOffset + 32)
    }
  }

  @Test func block_sizes_are_those_of_the_format() {
    // Bits for each weight, as the format's description gives them.
    let bits: [TensorType: Double] = [
      .f32: 32, .f16: 16, .q4_0: 4.5, .q8_0: 8.5, .q2_K: 2.625, .q3_K: 3.4375, .q4_K: 4.5,
      .q5_K: 5.5, .q6_K: 6.5625, .iq2_xxs: 2.0625, .iq4_xs: 4.25, .iq1_s: 1.5625, .tq1_0: 1.6875,
      .mxfp4: 4.25,
    ]
    for (type, expected) in bits {
      #expect(Double(type.block.bytes * 8) / Double(type.block.elements) == expected, "\(type)")
    }
  }

  @Test func every_truncation_is_refused() throws {
    let whole = Array(try Data(contentsOf: URL(filePath: Fixture.tinyAdapter.string)))
    let file = try GGUFFile(Fixture.tinyAdapter)
    let last = try #require(file.tensors.last)
    for length in stride(from: 0, to: Int(last.offset + last.size), by: 7) {
      #expect(try reason(Array(whole[..<length])) != "sound")
    }
  }

  @Test func contradictions_are_named() throws {
    let whole = Array(try Data(contentsOf: URL(filePath: Fixture.tinyAdapter.string)))
    func with(_ value: some FixedWidthInteger, at offset: Int) -> [UInt8] {
      var bytes = whole
      for (index, byte) in withUnsafeBytes(of: value.littleEndian, Array.init).enumerated() {
        bytes[offset + index] = byte
      }
      return bytes
    }
    #expect(try reason([]) == "it has 0 bytes, fewer than the 24 of a header")
    #expect(try reason(with(UInt32(0), at: 0)) == "it does not begin with 'GGUF'")
    #expect(try reason(with(UInt32(1), at: 4)).hasPrefix("its version is 1"))
    #expect(try reason(with(UInt64.max, at: 8)).contains("announces"))
    #expect(try reason(with(UInt64(1) << 60, at: 16)).contains("announces"))
    #expect(try reason(with(UInt64.max, at: 24)).contains("has length"))
  }

  @Test func doubled_names_and_impossible_shapes_are_refused() throws {
    var writer = GGUFWriter()
    try writer.add("t", dimensions: [2], floats: [1, 2])
    try writer.add("t", dimensions: [2], floats: [1, 2])
    #expect(try reason(writer.bytes) == "tensor 't' occurs twice")
    #expect(throws: RuntimeError.self) {
      var writer = GGUFWriter()
      try writer.add("t", dimensions: [3], floats: [1, 2])
    }
    var odd = GGUFWriter()
    odd.set("general.alignment", .uint32(48))
    #expect(try reason(odd.bytes).contains("power of two"))
  }
}
