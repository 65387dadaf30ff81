import Foundation

/// A file as one commit of the history leaves it.
struct HistoryFile: Sendable, Equatable {
  /// Relative, parts separated by `/`: `artifacts/labeler/versions/0/0/v7.json`.
  var path: String
  /// Nil removes the file, and the folders that it leaves empty.
  var contents: [UInt8]?
}

/// One event of the catalog, as a commit.
struct HistoryCommit: Sendable {
  /// The event's number, from 1 and rising; the commit's trailer `Event: <n>`.
  var sequence: Int64
  /// What changed; files not named stay as they were.
  var files: [HistoryFile]
  /// Lightweight tags that will point at this commit: `labeler@v7`, `production#12`.
  var tags: [String]
  var author: Author
  /// Whole seconds are kept, in UTC, so that equal events give equal commits.
  var time: Date
  /// The first line is the subject; may be in any language.
  var message: String
}

extension HistoryCommit {
  /// The bytes of the commit object.
  ///
  /// They depend on the event and its parents alone: a catch-up that is repeated after a crash makes
  /// the very same commits again.
  func object(tree: ObjectID, parent: ObjectID?) -> [UInt8] {
    let seconds = max(0, Int64(time.timeIntervalSince1970.rounded(.down)))
    let name = HistoryCommit.signaturePart(author.name)
    let email = HistoryCommit.signaturePart(author.email)
    var text = "tree \(tree)\n"
    if let parent { text += "parent \(parent)\n" }
    text += "author \(name) <\(email)> \(seconds) +0000\n"
    text += "committer \(name) <\(email)> \(seconds) +0000\n\n"
    text += "\(subjectAndBody)\n\n\(EventTrailer.prefix)\(sequence)\n"
    return Array(text.utf8)
  }

  private var subjectAndBody: String {
    let lines = message.replacing("\r\n", with: "\n").replacing("\0", with: "")
    let text = lines.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? "Event \(sequence)" : text
  }

  /// Git takes no control characters and no angle brackets in a signature, and no empty name.
  private static func signaturePart(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      $0.value >= 0x20 && $0.value != 0x7F && $0 != "<" && $0 != ">"
    }
    let part = String(String.UnicodeScalarView(kept)).trimmingCharacters(in: .whitespaces)
    return part.isEmpty ? "unknown" : part
  }
}

/// The line that ties a commit to its event: `Event: 42`, always the message's last.
enum EventTrailer {
  static let prefix = "Event: "

  /// The event's number in a commit message; nil in a message that this program did not write.
  ///
  /// Only the last line counts, so that a reason holding such a line cannot mislead.
  static func sequence(in message: String) -> Int64? {
    let last = message.split(separator: "\n").last ?? ""
    guard last.hasPrefix(prefix) else { return nil }
    return Int64(last.dropFirst(prefix.count))
  }
}
