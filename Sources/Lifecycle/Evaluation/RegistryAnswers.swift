import Evaluation
import Foundation
import MLOpsCore
import ModelRegistry

/// A store's cache as evaluations see it.
struct RegistryAnswers: AnswerStore {
  let cache: AnswerCache

  func answers(to keys: [AnswerKey]) throws -> [StoredAnswer?] {
    // What cannot be read any more is asked again.
    try cache.values(for: keys.map { $0.bytes }).map { $0.flatMap(StoredAnswer.init(bytes:)) }
  }

  func keep(_ answers: [(key: AnswerKey, answer: StoredAnswer)]) throws {
    try cache.keep(answers.map { ($0.key.bytes, $0.answer.bytes) })
  }
}

extension AnswerKey {
  /// The 32 bytes of the digest.
  fileprivate var bytes: Data {
    let digits = Array(digest.hex.utf8).map { $0 < 0x60 ? $0 - 0x30 : $0 - 0x57 }
    return Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
