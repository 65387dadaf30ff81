import GRDB
import JSON
import MLOpsCore

extension FeedbackEntry {
  init(row: Row) throws {
    let sequence: Int64 = row["sequence"]
    guard let digest = Digest(hex: row["digest"]), let content = row["content"] as String?,
      let json = try? JSONValue(parsing: content), Digest(of: Array(content.utf8)) == digest
    else {
      throw RegistryError.catalogDamaged(
        reason: "record \(sequence) of feedback.db is not what its digest says.")
    }
    self.init(
      sequence: sequence, digest: digest, recordedAt: Timestamp.date(row["recorded_at"]),
      judgedAt: Timestamp.date(row["judged_at"]), record: FeedbackRecord(json))
  }
}
