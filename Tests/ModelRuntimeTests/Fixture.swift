import Foundation
import JSON
import SystemPackage

@testable import ModelRuntime

/// The files that Fixtures/make_tiny.py made, and the material beside the repository.
enum Fixture {
  static let folder = FilePath(#filePath).removingLastComponent().appending("Fixtures")
  static let tiny = folder.appending("tiny.gguf")
  static let tinyAdapter = folder.appending("tiny-lora.gguf")

  /// Real models and data; tests that need them are skipped where they are missing.
  static let material = folder.removingLastComponent().removingLastComponent()
    .removingLastComponent().removingLastComponent().appending("shared/material")

  static func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: material.appending(path).string)
  }

  static func json(_ path: FilePath) throws -> JSONValue {
    try JSONValue(parsing: String(contentsOfFile: path.string, encoding: .utf8))
  }

  struct Case: Sendable {
    let prompt: String
    let ids: [Int32]
    let logits: [Double]
    let adaptedLogits: [Double]
    let greedyIDs: [Int32]
    let logLikelihoods: [Double]
  }

  static func cases() throws -> [Case] {
    try (json(folder.appending("tiny.json"))["cases"]?.array ?? []).map { entry in
      func doubles(_ key: String) -> [Double] {
        (entry[key]?.array ?? []).compactMap(\.double)
      }
      return Case(
        prompt: entry["prompt"]?.string ?? "", ids: ids(entry["ids"]),
        logits: doubles("logits"), adaptedLogits: doubles("adapted_logits"),
        greedyIDs: ids(entry["greedy_ids"]), logLikelihoods: doubles("log_likelihoods"))
    }
  }

  static func encodings() throws -> [(text: String, ids: [Int32])] {
    try (json(folder.appending("tiny.json"))["encodings"]?.array ?? []).map {
      ($0["text"]?.string ?? "", ids($0["ids"]))
    }
  }

  private static func ids(_ json: JSONValue?) -> [Int32] {
    (json?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  /// One tiny model for the tests that only ask it; 4 slots, 1 thread.
  static func model(slots: Int = 4, batch: Int = 64, adapter: Bool = false) throws -> LocalModel {
    try LocalModel(
      modelPath: tiny, adapterPath: adapter ? tinyAdapter : nil,
      configuration: RuntimeConfiguration(slots: slots, threads: 1, batch: batch))
  }

  /// Calls `body` with a folder that is removed afterwards.
  static func withFolder<Value>(_ body: (FilePath) throws -> Value) throws -> Value {
    let folder = FilePath(NSTemporaryDirectory()).appending("runtime-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    return try body(folder)
  }
}
