import CPCRE2
import JSON

/// What walks write into, taken once and used for row after row, by one walk at a time.
final class WalkMemory {
  /// A name that the schema does not know.
  struct Stranger: BitwiseCopyable {
    var hash: UInt64
    var start: UInt32
    var length: UInt32
  }

  /// One step of the way to the value in hand, for walks that collect.
  struct Step: BitwiseCopyable {
    /// Where the member's name is in the text; −1 for `*`.
    var start: Int
    var length: Int
  }

  /// Names of the objects in hand that the schema does not know: to see one that occurs twice.
  let strangers: UnsafeMutablePointer<Stranger>
  /// The way to the value in hand: one step a level.
  let way: UnsafeMutablePointer<Step>
  let match: OpaquePointer?

  init() {
    strangers = .allocate(capacity: WalkLimits.strangers)
    way = .allocate(capacity: WalkLimits.depth + 1)
    match = pcre2_match_data_create_8(1, nil)
  }

  deinit {
    strangers.deallocate()
    way.deallocate()
    pcre2_match_data_free_8(match)
  }

  /// The first steps of the way in words.
  ///
  /// - Parameter text: What the steps' names stand in.
  func pointer(_ length: Int, in text: UnsafePointer<UInt8>) -> JSONPointer {
    JSONPointer(
      (0..<length).map { level in
        let step = way[level]
        guard step.start >= 0 else { return "*" }
        let name = UnsafeBufferPointer(start: text + step.start, count: step.length)
        return String(decoding: name, as: UTF8.self)
      })
  }
}
