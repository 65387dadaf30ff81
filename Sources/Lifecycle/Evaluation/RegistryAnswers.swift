import Evaluation
import Foundation
import MLOpsCore
import ModelRegistry

/// A store's cache as evaluations see it.
struct RegistryAnswers: AnswerStore {
  let cache: AnswerCache

  func answers(to keys: [AnswerKey]) throws -> [StoredAnswer?] {
    // What cannot be read any more is asked again.
    try cache.values(for: keys.map { Data($0.digest.bytes) }).map {
      $0.flatMap(StoredAnswer.init(bytes:))
    }
  }

  func keep(_ answers: [(key: AnswerKey, answer: StoredAnswer)]) throws {
    try cache.keep(answers.map { (Data($0.key.digest.bytes), $0.answer.bytes) })
  }
}
