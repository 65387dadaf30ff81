import Foundation
import JSON
import MLOpsCore

/// One record of Open WebUI's export of evaluations: a thumb on one message of a chat, whose tree of
/// messages is in the snapshot.
struct OpenWebUIFeedback {
  private let row: JSONValue

  init(_ row: JSONValue) { self.row = row }

  var native: JSONValue {
    var members: [String: JSONValue] = [:]
    if let rating = row["data"]?["rating"] { members["rating"] = FeedbackRating.of(rating) }
    if let comment = row["data"]?["comment"]?.string, !comment.isEmpty {
      members["comment"] = .string(comment)
    }
    var tags = (row["data"]?["tags"]?.array ?? []).compactMap(\.string)
    if let reason = row["data"]?["reason"]?.string, !reason.isEmpty { tags.append(reason) }
    if let model = row["data"]?["model_id"]?.string, !model.isEmpty {
      tags.append("model:" + model)
    }
    var seen: Set<String> = []
    tags = tags.filter { seen.insert($0).inserted }
    if !tags.isEmpty { members["tags"] = .array(tags.map { .string($0) }) }
    if let user = row["user_id"]?.string {
      members["rater"] = .string(user)
      members["subject"] = .string(user)
    }
    members["id"] = row["id"]
    if let seconds = (row["updated_at"] ?? row["created_at"])?.double {
      members["at"] = .string(UTCTime.text(Date(timeIntervalSince1970: seconds)))
    }
    if let (turns, answer) = conversation, !turns.isEmpty {
      members["input"] = .array(turns)
      members["output"] = .string(answer)
    }
    return .object(members)
  }

  /// The turns before the rated message, outermost first, and its text.
  private var conversation: (turns: [JSONValue], answer: String)? {
    let chat = row["snapshot"]?["chat"]
    guard
      let history = chat?["chat"]?["history"] ?? chat?["history"] ?? row["snapshot"]?["history"],
      let messages = history["messages"]?.object,
      let rated = (row["meta"]?["message_id"] ?? history["currentId"])?.string,
      let answer = messages[rated]?["content"]?.string, !answer.isEmpty
    else { return nil }
    var turns: [JSONValue] = []
    var visited: Set<String> = [rated]
    var next = messages[rated]?["parentId"]?.string
    while let id = next, let message = messages[id], visited.insert(id).inserted {
      if let role = message["role"], let content = message["content"] {
        turns.append(["role": role, "content": content])
      }
      next = message["parentId"]?.string
    }
    return (turns.reversed(), answer)
  }
}
