public import Foundation
public import JSON

/// What somebody thought of one answer: a thumb, the right answer, a preferred one, a comment.
///
/// The JSON form (`FeedbackSchema` in Datasets describes it) is what is imported, stored, exported.
public struct FeedbackRecord: Sendable, Hashable {
  /// What was asked: text, turns (`[{"role", "content"}]`), or the fields that a prompt is filled
  /// from.
  public var input: JSONValue?
  /// What was answered: text, or a label.
  public var output: JSONValue?
  public var rating: Rating?
  /// The right answer: text, or a label.
  public var corrected: JSONValue?
  /// The better of two answers, and the other.
  public var preference: Preference?
  public var comment: String?
  public var tags: [String]
  /// Who judged.
  public var rater: String?
  /// Whose data this is: the person who may ask for its deletion.
  public var subject: String?
  /// The receipt of the request that was answered.
  public var receipt: String?
  /// The digest of the release that answered.
  public var release: Digest?
  /// Whether the person allows training on it; nil where nobody asked.
  public var consent: Bool?
  /// When the judgement was made; nil where it is not known.
  public var date: Date?
  /// What the record is called where it comes from.
  public var origin: String?

  public enum Rating: String, Sendable, CaseIterable { case up, down }

  public struct Preference: Sendable, Hashable {
    public var chosen: JSONValue
    public var rejected: JSONValue

    public init(chosen: JSONValue, rejected: JSONValue) {
      self.chosen = chosen
      self.rejected = rejected
    }
  }

  public init(
    input: JSONValue? = nil, output: JSONValue? = nil, rating: Rating? = nil,
    corrected: JSONValue? = nil, preference: Preference? = nil, comment: String? = nil,
    tags: [String] = [], rater: String? = nil, subject: String? = nil, receipt: String? = nil,
    release: Digest? = nil, consent: Bool? = nil, date: Date? = nil, origin: String? = nil
  ) {
    self.input = input
    self.output = output
    self.rating = rating
    self.corrected = corrected
    self.preference = preference
    self.comment = comment
    self.tags = tags
    self.rater = rater
    self.subject = subject
    self.receipt = receipt
    self.release = release
    self.consent = consent
    self.date = date
    self.origin = origin
  }
}

extension FeedbackRecord {
  /// Reads a record that matches the schema of feedback; members of another type are taken as
  /// absent.
  public init(_ json: JSONValue) {
    func value(_ name: String) -> JSONValue? { json[name].flatMap { $0 == .null ? nil : $0 } }
    self.init(
      input: value("input"), output: value("output"),
      rating: value("rating")?.string.flatMap(Rating.init), corrected: value("corrected"),
      preference: value("chosen").flatMap { chosen in
        value("rejected").map { Preference(chosen: chosen, rejected: $0) }
      },
      comment: value("comment")?.string,
      tags: (value("tags")?.array ?? []).compactMap(\.string), rater: value("rater")?.string,
      subject: value("subject")?.string, receipt: value("receipt")?.string,
      release: value("release")?.string.flatMap { try? Digest($0) },
      consent: value("consent")?.bool,
      date: value("at")?.string.flatMap(UTCTime.date), origin: value("id")?.string)
  }

  /// The record without members that are absent.
  public var json: JSONValue {
    var members: [String: JSONValue] = [:]
    members["input"] = input
    members["output"] = output
    members["rating"] = rating.map { .string($0.rawValue) }
    members["corrected"] = corrected
    members["chosen"] = preference?.chosen
    members["rejected"] = preference?.rejected
    members["comment"] = comment.map { .string($0) }
    members["tags"] = tags.isEmpty ? nil : .array(tags.map { .string($0) })
    members["rater"] = rater.map { .string($0) }
    members["subject"] = subject.map { .string($0) }
    members["receipt"] = receipt.map { .string($0) }
    members["release"] = release.map { .string($0.description) }
    members["consent"] = consent.map { .bool($0) }
    members["at"] = date.map { .string(UTCTime.text($0)) }
    members["id"] = origin.map { .string($0) }
    return .object(members)
  }

  /// What two records share that say the same; the person whose data it is has no part in it, so
  /// that it can be told to others.
  public var digest: Digest {
    var anonymous = self
    anonymous.subject = nil
    return Digest(of: anonymous.json)
  }

  /// What two records share that say the same of the same answer, whenever and with whatever consent:
  /// a later consent, or refusal, is about the earlier one too.
  public var judgement: Digest {
    var bare = self
    (bare.subject, bare.consent, bare.date, bare.origin) = (nil, nil, nil, nil)
    return Digest(of: bare.json)
  }
}
