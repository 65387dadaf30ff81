import Foundation
import JSON
import SystemPackage
import Testing

@testable import ModelRuntime

/// PEFT, asked on the spot by Tests/Conformance/peft.py: `make conformance`, or MLOPS_PYTHON naming a
/// Python with torch, transformers, peft and gguf.
@Suite struct PEFTConformanceTests {
  private static let python = ProcessInfo.processInfo.environment["MLOPS_PYTHON"]
  private static let script = Fixture.folder.removingLastComponent().removingLastComponent()
    .appending("Conformance").appending("peft.py")

  /// Runs the script; gives what it said where it failed.
  private static func run(_ arguments: [String]) throws -> String? {
    let process = Process()
    let words = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python ?? "python3", script.string] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = words
    try process.run()
    let said = String(decoding: words.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : said
  }

  @Test(.enabled(if: python != nil, "MLOPS_PYTHON names no Python; see 'make conformance'"))
  func `PEFT and libllama agree about adapters that go in and out`() throws {
    if let reason = try Self.run(["available"]) {
      print("skipped: \(reason.split(separator: "\n").last ?? "the packages are not there")")
      return
    }
    try Fixture.withFolder { folder in
      let failure = try Self.run(["prepare", folder.string])
      try #require(failure == nil, "\(failure ?? "")")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
      #expect(names == ["gemma3", "gpt2", "llama", "phi3", "qwen2", "qwen3"])
      for name in names { try checkImports(folder.appending(name), name) }
      var ours: [String: [Float]] = [:]
      for name in names { ours[name] = try export(folder.appending(name), name) }
      let refusal = try Self.run(["check", folder.string])
      try #require(refusal == nil, "\(refusal ?? "")")
      for name in names {
        let answers = try Fixture.json(folder.appending(name).appending("exported.json"))
        let theirs = Self.floats(answers["all"])
        let own = try #require(ours[name])
        #expect(theirs.count == own.count, "\(name)")
        #expect(AdapterFixture.error(own, theirs) < Self.tolerance(name), "exported for \(name)")
      }
    }
  }

  /// ggml looks GELU up in a table of F16's numbers; everything else is computed in F32.
  private static func tolerance(_ name: String) -> Float {
    ["gemma3", "gpt2"].contains(name) ? 2e-3 : 1e-4
  }

  private static func floats(_ json: JSONValue?) -> [Float] {
    (json?.array ?? []).compactMap { $0.double.map { Float($0) } }
  }

  private static func tokens(_ place: FilePath) throws -> [Int32] {
    let expected = try Fixture.json(place.appending("expected.json"))
    return (expected["tokens"]?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  private func checkImports(_ place: FilePath, _ name: String) throws {
    let expected = try Fixture.json(place.appending("expected.json"))
    let base = place.appending("base.gguf")
    let tokens = try Self.tokens(place)
    let plain = try AdapterFixture.logits(base, tokens: tokens).joined()
    let baseError = AdapterFixture.error(plain, Self.floats(expected["base"]))
    try #require(
      baseError < Self.tolerance(name), "the base of \(name) is another model: \(baseError)")
    let adapters = expected["adapters"]?.object ?? [:]
    #expect(adapters.count >= 2)
    for (kind, logits) in adapters {
      let file = place.appending("\(kind).gguf")
      try PEFTFolder(place.appending("adapter-\(kind)")).loraWeights(for: GGUFFile(base))
        .write(to: file)
      let found = try AdapterFixture.logits(base, file, tokens: tokens).joined()
      let error = AdapterFixture.error(found, Self.floats(logits))
      #expect(error < Self.tolerance(name), "\(name) \(kind): \(error)")
      #expect(AdapterFixture.error(plain, Self.floats(logits)) > 1e-2, "\(name) \(kind) is idle")
    }
  }

  /// Exports a random adapter; gives libllama's logits with it.
  private func export(_ place: FilePath, _ name: String) throws -> [Float] {
    let base = try GGUFFile(place.appending("base.gguf"))
    let weights = AdapterFixture.random(for: base)
    #expect(weights.pairs.count == 2 * (ModuleLayout.of(name)?.weights.count ?? 0))
    let file = place.appending("own.gguf")
    try weights.write(to: file)
    try PEFTFolder.write(
      weights, base: base, to: place.appending("exported").appending("all"))
    return Array(try AdapterFixture.logits(base.path, file, tokens: Self.tokens(place)).joined())
  }
}
