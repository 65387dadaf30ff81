import Foundation
import GRDB
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct PointerTests {
  @Test func aliasMovesAndTellsWhereItWas() throws {
    let store = try FixtureStore()
    let first = try store.add("x", "1").record
    let second = try store.add("x", "2").record
    let (name, alias) = (try ArtifactName("x"), try Alias("best"))
    #expect(try store.registry.setAlias(alias, of: name, to: first) == nil)
    #expect(try store.registry.setAlias(alias, of: name, to: second)?.version == first.version)
    #expect(try store.registry.aliases(of: name).map(\.version.version) == [second.version])
    #expect(try store.registry.removeAlias(alias, of: name).version == second.version)
    #expect(try store.registry.aliases(of: name).isEmpty)
    #expect(throws: RegistryError.self) { try store.registry.removeAlias(alias, of: name) }
    let actions = try store.registry.events(limit: 10, name: name).map(\.action)
    #expect(actions == [.aliasRemoved, .aliasSet, .aliasSet, .versionAdded, .versionAdded])
  }

  @Test func aliasOfOneNameNeverPointsAtAnother() throws {
    let store = try FixtureStore()
    let other = try store.add("other", "1").record
    try store.add("x", "1")
    let name = try ArtifactName("x")
    #expect(throws: RegistryError.foreignVersion(name, given: other.name)) {
      try store.registry.setAlias(Alias("best"), of: name, to: other)
    }
  }

  @Test func onlyOneOfTwoPromotionsFromTheSameParentWins() throws {
    let store = try FixtureStore()
    let release = try store.add("r", "1", kind: .release).record.digest
    let production = try EnvironmentName("production")
    let draft = GenerationDraft(
      environment: production, release: release, expectedParent: nil, reason: "first")
    #expect(try store.registry.appendGeneration(draft).number == 1)
    #expect(throws: RegistryError.generationConflict(production, expected: nil, found: 1)) {
      try store.registry.appendGeneration(draft)
    }
    #expect(try store.registry.generations(of: production).count == 1)
  }

  @Test func environmentsPointAtReleasesOnly() throws {
    let store = try FixtureStore()
    let model = try store.add("m", "1", kind: .model).record.digest
    let production = try EnvironmentName("production")
    for digest in [model, Digest(of: [1])] {
      #expect(throws: RegistryError.self) {
        try store.registry.appendGeneration(
          GenerationDraft(
            environment: production, release: digest, expectedParent: nil, reason: ""))
      }
    }
    #expect(try store.registry.environments().isEmpty)
  }

  @Test func rollbackIsANewGenerationWithItsOwnEvent() throws {
    let store = try FixtureStore()
    let releases = try ["1", "2"].map { try store.add("r", $0, kind: .release).record.digest }
    let production = try EnvironmentName("production")
    let evidence = Digest(of: [7])
    for (index, release) in (releases + [releases[0]]).enumerated() {
      try store.registry.appendGeneration(
        GenerationDraft(
          environment: production, release: release, expectedParent: index == 0 ? nil : index,
          action: index == 2 ? .rollback : .promote, reason: "r\(index)", evidence: evidence,
          forced: index == 1))
    }
    let current = try #require(try store.registry.currentGeneration(of: production))
    #expect(current.number == 3 && current.parent == 2 && current.release == releases[0])
    #expect(current.action == .rollback && current.evidence == evidence && !current.forced)
    let actions = try store.registry.events(limit: 9, environment: production).map(\.action)
    #expect(actions == [.rolledBack, .promoted, .promoted])
  }

  /// Not even another program that opens the catalog can alter them by accident.
  @Test(arguments: [
    "UPDATE generations SET reason = 'x'", "DELETE FROM generations", "UPDATE events SET time = 0",
    "DELETE FROM events", "UPDATE versions SET reason = 'x'",
  ])
  func historyRowsAreImmutable(sql: String) throws {
    let store = try FixtureStore()
    let release = try store.add("r", "1", kind: .release).record.digest
    try store.registry.appendGeneration(
      GenerationDraft(
        environment: EnvironmentName("p"), release: release, expectedParent: nil, reason: ""))
    let database = try DatabaseQueue(path: store.root.appending("registry.db").string)
    #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: sql) } }
  }

  @Test func runIsLiveUntilItEndsAndKnowsWhatItMade() throws {
    let store = try FixtureStore()
    let data = try store.add("data", "d").record.digest
    let run = try store.registry.beginRun(
      kind: "train", parameters: ["rank": 8], inputs: [Ingredient(role: "data", digest: data)])
    #expect(run.state == .running)
    let ended = try store.registry.endRun(
      run.id, outcome: .succeeded, metrics: ["loss": 0.5], outputs: [data])
    #expect(ended.state == .ended(.succeeded))
    #expect(ended.outputs == [data] && ended.inputs == run.inputs)
    #expect(ended.metrics == ["loss": 0.5] && ended.parameters == ["rank": 8])
    #expect(try store.registry.runs(limit: 5) == [ended])
    #expect(throws: RegistryError.runEnded(run.id)) {
      try store.registry.endRun(run.id, outcome: .failed)
    }
  }
}
