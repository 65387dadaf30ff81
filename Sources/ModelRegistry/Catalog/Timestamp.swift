import Foundation
import MLOpsCore

/// Times in the catalog are microseconds since 1970, UTC.
enum Timestamp {
  static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

  static func of(_ date: Date) -> Int64 {
    UTCTime.microseconds(date)
  }

  static func date(_ microseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
  }

  /// Such as `2026-03-01T09:30:00.123456Z`, for the files of the history.
  static func text(_ microseconds: Int64) -> String { UTCTime.text(microseconds: microseconds) }
}
