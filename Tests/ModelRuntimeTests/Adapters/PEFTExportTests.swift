import Foundation
import JSON
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct PEFTExportTests {
  private func roundTrip(_ weights: LoRAWeights, base: GGUFFile) throws -> (
    LoRAWeights, JSONValue
  ) {
    try Fixture.withFolder { folder in
      try PEFTFolder.write(weights, base: base, to: folder.appending("peft"))
      let read = try PEFTFolder(folder.appending("peft"))
      return (try read.loraWeights(for: base), read.configuration)
    }
  }

  @Test(arguments: ["llama", "qwen2"])
  func `what was exported is imported the same, bit for bit`(name: String) throws {
    let base = try GGUFFile(AdapterFixture.base(name))
    var weights = AdapterFixture.random(for: base)
    weights.baseDigest = String(repeating: "a", count: 64)
    let (back, settings) = try roundTrip(weights, base: base)
    #expect(back.alpha == weights.alpha)
    #expect(back.baseDigest == weights.baseDigest)
    #expect(
      back.pairs.sorted { $0.weight < $1.weight } == weights.pairs.sorted { $0.weight < $1.weight })
    #expect(
      settings["target_modules"]?.array?.compactMap(\.string)
        == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"])
    #expect(settings["fan_in_fan_out"]?.bool == false)
  }

  @Test func `ranks that differ are a pattern, layers that differ are paths`() throws {
    let base = try GGUFFile(AdapterFixture.base("llama"))
    let wide = AdapterFixture.random(for: base, rank: 4) { $0.contains("attn_q") }
    let narrow = AdapterFixture.random(for: base, rank: 2) { $0 == "blk.1.ffn_up.weight" }
    let weights = LoRAWeights(
      architecture: "llama", alpha: 6, pairs: wide.pairs + narrow.pairs)
    let (back, settings) = try roundTrip(weights, base: base)
    #expect(back.pairs == weights.pairs.sorted { $0.weight < $1.weight })
    #expect(settings["r"]?.int == 4)
    #expect(settings["rank_pattern"] == ["layers.1.mlp.up_proj": 2])
    #expect(
      settings["target_modules"]?.array?.compactMap(\.string) == [
        "model.layers.0.self_attn.q_proj", "model.layers.1.mlp.up_proj",
        "model.layers.1.self_attn.q_proj",
      ])
  }

  @Test func `an adapter of some layers does not name the others`() throws {
    let base = try GGUFFile(AdapterFixture.base("llama"))
    let weights = AdapterFixture.random(for: base) { $0 == "blk.0.attn_v.weight" }
    let (_, settings) = try roundTrip(weights, base: base)
    #expect(
      settings["target_modules"]?.array?.compactMap(\.string) == [
        "model.layers.0.self_attn.v_proj"
      ])
  }

  @Test func `rows of queries and keys lie half a head apart`() throws {
    // Two heads of six rows of rank 1. Six, as four rows move the same way back and forth.
    let own: [Float] = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15]
    let halved = RotaryRows.halved(own, rank: 1, heads: 2)
    #expect(halved == [0, 2, 4, 1, 3, 5, 10, 12, 14, 11, 13, 15])
    #expect(RotaryRows.interleaved(halved, rank: 1, heads: 2) == own)
  }

  @Test func `an adapter of the token embedding cannot be said in PEFT's terms`() throws {
    let base = try GGUFFile(AdapterFixture.base("llama"))
    let pair = LoRAWeights.Pair(
      weight: "token_embd.weight", rank: 1, inputs: 32, outputs: 264,
      a: [Float](repeating: 0, count: 32),
      b: [Float](repeating: 0, count: 264))
    let error = #expect(throws: RuntimeError.self) {
      try roundTrip(LoRAWeights(architecture: "llama", alpha: 1, pairs: [pair]), base: base)
    }
    #expect(error?.facts["key"]?.string == "token_embd.weight")
  }
}
