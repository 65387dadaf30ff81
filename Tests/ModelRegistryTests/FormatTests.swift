import Foundation
import GRDB
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct FormatTests {
  /// The repository's root, from the place of this file.
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func workedExampleOfTheDocumentIsTrue() throws {
    let url = FormatTests.repository.appendingPathComponent("registry/FORMAT.md")
    let document = try String(contentsOf: url, encoding: .utf8)
    let store = try FixtureStore()
    let record = try store.add("hello", "hello").record
    #expect(document.contains("\n\(record.manifest.json.canonical)\n"))
    #expect(document.contains("\n\(record.digest)\n"))
  }

  @Test func documentNamesEveryTable() throws {
    let url = FormatTests.repository.appendingPathComponent("registry/FORMAT.md")
    let document = try String(contentsOf: url, encoding: .utf8)
    let store = try FixtureStore()
    let database = try DatabaseQueue(path: store.root.appending("registry.db").string)
    let tables = try database.read {
      try String.fetchAll(
        $0,
        sql: """
          SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'version_texts_%' AND name != 'grdb_migrations'
          """)
    }
    #expect(tables.count == 12)
    for table in tables { #expect(document.contains("| `\(table)"), "\(table)") }
  }

  @Test func createRefusesAStoreAndOpenRefusesNone() throws {
    let store = try FixtureStore()
    #expect(throws: RegistryError.storeExists(store.root)) {
      try Registry.create(at: store.root, author: FixtureStore.author)
    }
    let empty = store.folder.path.appending("empty")
    #expect(throws: RegistryError.storeMissing(empty)) {
      try Registry.open(at: empty, author: FixtureStore.author)
    }
  }

  @Test func newerFormatIsRefusedUntouched() throws {
    let store = try FixtureStore()
    let database = try DatabaseQueue(path: store.root.appending("registry.db").string)
    try database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    #expect(throws: RegistryError.formatTooNew(store.root, found: 99, supported: 1)) {
      try store.reopened()
    }
  }

  @Test func historyThatCannotBeWrittenNeverStopsAnAdd() throws {
    let store = try FixtureStore()
    try store.add("x", "1")
    let history = store.root.appending("history.git").string
    try FileManager.default.removeItem(atPath: history)
    try Data("no repository".utf8).write(to: URL(fileURLWithPath: history))
    #expect(try store.add("x", "2").isNew)
    let behind = try store.registry.verify().problems
    #expect(
      behind.contains { if case .historyBehind(1, .some) = $0.what { true } else { false } },
      "\(behind)")
    try FileManager.default.removeItem(atPath: history)
    let reopened = try store.reopened()
    #expect(try reopened.verify().isSound)
  }
}
