import Foundation
import ModelRuntime

@testable import Training

/// What libllama says of the same rows.
enum Libllama {
  /// Each answer token's `−ln p`, in the order of the rows.
  static func losses(
    of examples: [TokenisedExample], _ model: LlamaModel, adapter: LoRAAdapterHandle? = nil
  ) throws -> [Double] {
    let probe = try LogitProbe(model, adapter: adapter, limit: 128)
    return try examples.flatMap { example in
      let logits = try probe.logits(Array(example.tokens.dropLast()))
      return logits.indices.filter { example.isAnswer[$0 + 1] }.map { place in
        let row = logits[place].map(Double.init)
        let highest = row.max() ?? 0
        let normaliser = highest + log(row.reduce(0) { $0 + exp($1 - highest) })
        return normaliser - row[Int(example.tokens[place + 1])]
      }
    }
  }

  /// The mean of `losses`.
  static func loss(
    of examples: [TokenisedExample], _ model: LlamaModel, adapter: LoRAAdapterHandle? = nil
  ) throws -> Double {
    let losses = try losses(of: examples, model, adapter: adapter)
    return losses.reduce(0, +) / Double(losses.count)
  }
}
