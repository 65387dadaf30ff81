import Foundation
import MLOpsCore
import Synchronization
import SystemPackage
import Testing

@testable import ModelRuntime

@Suite struct ModelQuantisationTests {
  private static let tokens: [Int32] = [7, 104, 33, 250, 91, 3, 66, 180]

  private func quantised(
    _ mixture: ModelQuantisation.Mixture, of source: FilePath = AdapterFixture.base("qwen2"),
    _ body: (FilePath, ModelQuantisation.Summary) throws -> Void = { _, _ in },
    progress: ProgressHandler? = nil
  ) async throws {
    let scratch = try Scratch()
    let folder = scratch.path
    let target = folder.appending("q.gguf")
    let summary = try await ModelQuantisation(source: source, mixture: mixture, threads: 2)
      .run(to: target, progress: progress)
    try body(target, summary)
  }

  @Test(arguments: ModelQuantisation.Mixture.allCases)
  func `every mixture gives a model that loads and nearly agrees`(
    mixture: ModelQuantisation.Mixture
  ) async throws {
    let expected = try AdapterFixture.logits(
      AdapterFixture.base("qwen2"), tokens: Self.tokens
    ).joined()
    try await quantised(mixture) { path, summary in
      #expect(summary.after < summary.before)
      #expect(summary.after == (try GGUFFile(path)).size)
      let found = try AdapterFixture.logits(path, tokens: Self.tokens).joined()
      let error = AdapterFixture.error(found, expected)
      #expect(error < (mixture == .q4_0 || mixture == .q4_k_m ? 0.4 : 0.2), "\(mixture): \(error)")
      #expect(error > 0)
    }
  }

  @Test func `the summary counts the types of the matrices`() async throws {
    try await quantised(.q8_0) { _, summary in #expect(summary.types == [.q8_0: 16]) }
    try await quantised(.f16) { _, summary in #expect(summary.types == [.f16: 16]) }
  }

  @Test func `progress tells tensors`() async throws {
    let seen = Mutex<[Int64]>([])
    let listener: ProgressHandler = { update in
      #expect(update.unit == "tensors")
      seen.withLock { $0.append(update.done) }
    }
    try await quantised(.q8_0, progress: listener)
    let count = Int64(try GGUFFile(AdapterFixture.base("qwen2")).tensors.count)
    #expect(seen.withLock { $0 } == Array(0..<count))
  }

  @Test func `a model that is quantised already is refused`() async throws {
    let scratch = try Scratch()
    let folder = scratch.path
    let once = folder.appending("once.gguf")
    _ = try await ModelQuantisation(
      source: AdapterFixture.base("llama"), mixture: .q8_0, threads: 1
    )
    .run(to: once)
    let error = await #expect(throws: RuntimeError.self) {
      try await quantised(.q4_0, of: once)
    }
    #expect(error?.code == "runtime.weights_not_convertible")
    #expect(error?.message.contains("Q8_0 already") == true)
  }

  @Test func `values that are no numbers are refused before libllama sees them`() async throws {
    let file = try GGUFFile(AdapterFixture.base("llama"))
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: file.path.string)))
    let tensor = try #require(file.tensor("blk.0.attn_q.weight"))
    for index in 0..<4 { bytes[Int(tensor.offset) + 40 + index] = 0xFF }
    let path = FilePath(NSTemporaryDirectory()).appending("nan-\(UUID().uuidString).gguf")
    try Data(bytes).write(to: URL(filePath: path.string))
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let error = await #expect(throws: RuntimeError.self) {
      try await quantised(.q4_k_m, of: path)
    }
    #expect(error?.message.contains("'blk.0.attn_q.weight' holds values") == true)
  }
}
