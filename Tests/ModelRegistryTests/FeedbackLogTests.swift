import Foundation
import GRDB
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct FeedbackLogTests {
  private func record(
    _ text: String, rater: String? = nil, subject: String? = nil, day: Int? = nil
  ) -> FeedbackRecord {
    FeedbackRecord(
      input: .string(text), output: "a", rating: .up, rater: rater, subject: subject,
      date: day.map { Date(timeIntervalSince1970: Double($0) * 86_400) })
  }

  @Test("records are kept in order, once each, and read back as they were")
  func appending() throws {
    let store = try FixtureStore()
    #expect(try store.registry.feedbackIfAny() == nil)
    let log = try store.registry.feedback()
    let first = record("one", rater: "anna", day: 3)
    let outcome = try log.append([first, record("two", day: 2), first])
    #expect(outcome.added == 2)
    #expect(outcome.repeated == 1)
    #expect(outcome.digests.count == 3)
    let again = try store.reopened().feedback()
    #expect(try again.append([first]).repeated == 1)
    let entries = try again.entries()
    #expect(entries.map(\.record.input) == ["one", "two"])
    #expect(entries[0].record == first)
    #expect(entries[0].digest == first.digest)
    #expect(entries[0].judgedAt == first.date)
    #expect(try again.entries(FeedbackFilter(rater: "anna")).count == 1)
    #expect(
      try again.entries(FeedbackFilter(until: Date(timeIntervalSince1970: 2.5 * 86_400))).map(
        \.record.input) == ["two"])
    #expect(try again.entries(newestFirst: true, limit: 1).map(\.record.input) == ["two"])
  }

  @Test("nothing but forgetting changes a record, whoever tries")
  func appendOnly() throws {
    let store = try FixtureStore()
    _ = try store.registry.feedback().append([record("one", rater: "anna")])
    let database = try DatabaseQueue(path: store.root.appending("feedback.db").string)
    for statement in [
      "UPDATE records SET content = '{}'", "UPDATE records SET rating = 'down'",
      "UPDATE records SET content = NULL, forgotten_at = 1",
      "UPDATE records SET content = NULL, rater = NULL, rating = 'down', forgotten_at = 1",
      "DELETE FROM records",
    ] {
      #expect(throws: DatabaseError.self, "\(statement)") {
        try database.write { try $0.execute(sql: statement) }
      }
    }
  }

  @Test("a person's words are gone from every file of the store, and stay out")
  func forgetting() throws {
    let store = try FixtureStore()
    let log = try store.registry.feedback()
    let words = (0..<200).map { "SECRET-\($0)-" + String(repeating: "절대비밀", count: 200) }
    let secrets = words.map { record($0, subject: "kim", day: 1) }
    _ = try log.append(secrets)
    _ = try log.append([record("KEPT", rater: "lee", subject: "lee")])
    // Another reader is open, as a server would be.
    let other = try store.reopened().feedback()
    #expect(try other.entries().count == 201)
    #expect(try log.records(of: "kim").count == 200)
    #expect(try log.forget("kim") == secrets.map(\.digest))
    for name in try FileManager.default.contentsOfDirectory(atPath: store.root.string) {
      let file = store.root.appending(name).string
      guard let bytes = FileManager.default.contents(atPath: file) else { continue }
      #expect(bytes.range(of: Data("SECRET-".utf8)) == nil, "\(name)")
      #expect(bytes.range(of: Data("kim".utf8)) == nil, "\(name)")
    }
    #expect(try other.entries().map(\.record.input) == ["KEPT"])
    let counts = try log.counts()
    #expect(counts.records == 201)
    #expect(counts.forgotten == 200)
    #expect(try log.forgotten(among: secrets.map(\.digest)).count == 200)
    // An old file brings nobody back, also with words that were never stored.
    let back = try log.append([secrets[0], record("SECRET-new", subject: "kim", day: 2)])
    #expect(back.forgotten == 2)
    #expect(back.added == 0)
    // What they say from now on is theirs to give.
    #expect(try log.append([record("hello again", subject: "kim")]).added == 1)
    #expect(try log.forget("lee").count == 1)
    #expect(try log.forget("lee").isEmpty)
  }

  @Test("two people who say the same are two records, and one forgets for nobody else")
  func sameWords() throws {
    let store = try FixtureStore()
    let log = try store.registry.feedback()
    let people = ["alice", "bob"].map { record("q", subject: $0) }
    #expect(try log.append(people + people).added == 2)
    #expect(try log.forget("bob").count == 1)
    #expect(try log.forgotten(among: [people[0].digest]).isEmpty)
    #expect(try log.append([record("q", subject: "carol")]).added == 1)
    // What was exported comes back without its people, and is nothing new.
    #expect(try log.append([record("q")]).repeated == 1)
    // His own words stay out, also without a date.
    #expect(try log.append([people[1]]).forgotten == 1)
    for person in ["alice", "carol"] { #expect(try log.forget(person).count == 1) }
    #expect(try log.entries().isEmpty)
    #expect(try log.append([record("q")]).added == 1)
  }

  @Test("a name is the same however it is typed, and a rater's pseudonym stays out too")
  func names() throws {
    let store = try FixtureStore()
    let log = try store.registry.feedback()
    let rater = log.pseudonymousRater("hong@example.com")
    _ = try log.append([record("q", rater: rater, day: 1), record("p", subject: "학생", day: 1)])
    #expect(try log.entries(FeedbackFilter(rater: "hong@example.com")).count == 1)
    #expect(try log.forget("hong@example.com").count == 1)
    #expect(try log.append([record("q", rater: rater, day: 1)]).forgotten == 1)
    #expect(try log.forget(" 학생 ".decomposedStringWithCanonicalMapping).count == 1)
  }

  @Test("the last word on consent counts, for all that was said of it before")
  func consent() throws {
    let store = try FixtureStore()
    let log = try store.registry.feedback()
    var given = record("q", rater: "anna")
    given.consent = true
    var refused = given
    refused.consent = false
    _ = try log.append([given, record("p", rater: "anna")])
    #expect(try log.count(FeedbackFilter(consent: .given)) == 1)
    _ = try log.append([refused])
    #expect(try log.count(FeedbackFilter(consent: .given)) == 0)
    #expect(try log.entries(FeedbackFilter(consent: .allowed)).map(\.record.input) == ["p"])
  }

  @Test("whose data it is, is kept as a pseudonym that differs from store to store")
  func pseudonyms() throws {
    let one = try FixtureStore()
    let other = try FixtureStore()
    let (first, second) = (try one.registry.feedback(), try other.registry.feedback())
    #expect(first.pseudonym(of: "kim") == (try one.reopened().feedback().pseudonym(of: "kim")))
    #expect(first.pseudonym(of: "kim") != second.pseudonym(of: "kim"))
    #expect(first.pseudonym(of: "kim").utf8.count == 32)
    _ = try first.append([record("q", rater: first.pseudonymousRater("kim@example.com"))])
    #expect(try first.forget("kim@example.com").count == 1)
  }

  @Test("many writers lose nothing")
  func writers() async throws {
    let store = try FixtureStore()
    _ = try store.registry.feedback()
    try await withThrowingTaskGroup { group in
      for writer in 0..<4 {
        group.addTask {
          let log = try store.reopened().feedback()
          for number in 0..<25 { _ = try log.append([record("\(writer)-\(number)")]) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.registry.feedback().counts().records == 100)
  }

  @Test("verification reads every record")
  func verification() throws {
    let store = try FixtureStore()
    _ = try store.registry.feedback().append([record("q", subject: "kim"), record("p")])
    #expect(try store.registry.verify().isSound)
    let database = try DatabaseQueue(path: store.root.appending("feedback.db").string)
    try database.write {
      try $0.execute(
        sql: """
          DROP TRIGGER records_never_change;
          UPDATE records SET content = replace(content, '"q"', '"x"');
          """)
    }
    let problems = try store.registry.verify().problems
    #expect(
      problems.map(\.description) == [
        "the feedback is damaged: record 1 is not what its digest says"
      ])
    // Nobody learns from it meanwhile.
    #expect(throws: RegistryError.self) { try store.registry.feedback().entries() }
  }

  @Test(
    "an empty file is a loss that is told, not the absence of feedback, and nothing is made of it",
    arguments: [false, true])
  func emptied(hasTables: Bool) throws {
    let store = try FixtureStore()
    _ = try store.registry.feedback().append([record("one")])
    let path = store.root.appending("feedback.db").string
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    try Data().write(to: URL(fileURLWithPath: path))
    if hasTables {
      // A file that SQLite has begun, and nobody has put tables into.
      try DatabaseQueue(path: path).writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA journal_mode = WAL")
      }
    }
    // What is left of the feedback may be in the log.
    let log = Data("the log".utf8)
    if !hasTables { try log.write(to: URL(fileURLWithPath: path + "-wal")) }
    for attempt in [
      { _ = try store.reopened().feedback() }, { _ = try store.reopened().feedbackIfAny() },
    ] {
      let error = #expect(throws: RegistryError.self) { try attempt() }
      #expect(error?.code == "registry.feedback_lost")
      #expect(error?.kind == .corrupted)
      #expect(error?.message.contains("is empty") == true)
    }
    if !hasTables {
      #expect(FileManager.default.contents(atPath: path) == Data())
      #expect(FileManager.default.contents(atPath: path + "-wal") == log)
    }
    let report = try store.reopened().verify()
    #expect(report.problems.allSatisfy { !$0.isRepairable })
    #expect(report.problems.contains { "\($0)".contains("was lost") }, "\(report.problems)")
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    #expect(try store.reopened().feedbackIfAny() == nil)
    #expect(try store.reopened().feedback().counts().records == 0)
  }

  @Test("the file appears with its tables, and leaves nothing beside it")
  func creation() throws {
    let store = try FixtureStore()
    let path = store.root.appending("feedback.db").string
    let writers = 6
    DispatchQueue.concurrentPerform(iterations: writers) { index in
      _ = try? store.reopened().feedback().append([record("\(index)")])
    }
    #expect(try store.reopened().feedback().counts().records == writers)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root.string + "/tmp") == [])
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int == 1)
  }

  @Test("a damaged file and one of a later format are told apart from no feedback")
  func damage() throws {
    let store = try FixtureStore()
    let path = store.root.appending("feedback.db").string
    _ = try store.registry.feedback().append([record("q")])
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    #expect(throws: RegistryError.self) { try store.reopened().feedback() }
    try queue.close()
    try Data("this is no database".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RegistryError.self) { try store.reopened().feedback() }
    #expect(error?.code == "registry.catalog_damaged")
    #expect(error?.message.contains("feedback.db") == true)
  }
}
