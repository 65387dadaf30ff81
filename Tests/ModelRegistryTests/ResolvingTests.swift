import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

@Suite struct ResolvingTests {
  @Test func everyFormOfReferenceFindsItsVersion() throws {
    let store = try FixtureStore()
    let first = try store.add("labeler", "one").record
    let second = try store.add("labeler", "two").record
    let name = try ArtifactName("labeler")
    try store.registry.setAlias(Alias("champion"), of: name, to: first)
    #expect(try store.resolve("labeler").id == second.digest.hex)
    #expect(try store.resolve("labeler@v1").id == first.digest.hex)
    #expect(try store.resolve("labeler@champion").aliases.map(\.description) == ["champion"])
    #expect(try store.resolve("labeler@sha256:\(second.digest.hex.prefix(8))").version.value == 2)
    #expect(try store.registry.version(digest: first.digest)?.version.value == 1)
  }

  /// The manifests of these two differ in one number, found by trying 40,000, and their digests
  /// begin alike.
  @Test func beginningOfTwoDigestsIsAmbiguous() throws {
    let store = try FixtureStore()
    let name = try ArtifactName("x")
    let records = try [31_720, 40_411].map { (number: Int) in
      try store.registry.add(
        VersionDraft(name: name, kind: .dataset, files: [], metadata: ["n": .integer(number)])
      ).record
    }
    #expect(records.map { $0.digest.hex.prefix(8) } == ["cfd76ae1", "cfd76ae1"])
    let ambiguous = RegistryError.digestAmbiguous(
      name, prefix: "cfd76ae1", matches: records.map(\.version))
    #expect(throws: ambiguous) { try store.resolve("x@sha256:cfd76ae1") }
    #expect(
      FailureReport(ambiguous).message
        == "sha256:cfd76ae1 is the beginning of several digests of 'x': v1, v2.")
    for record in records {
      let longer = try store.resolve("x@sha256:\(record.digest.hex.prefix(12))")
      #expect(longer.digest == record.digest)
    }
  }

  @Test func environmentsResolveToTheirGenerations() throws {
    let store = try FixtureStore()
    let one = try store.add("r", "one", kind: .release).record
    let two = try store.add("r", "two", kind: .release).record
    let production = try EnvironmentName("production")
    for (index, release) in [one, two].enumerated() {
      try store.registry.appendGeneration(
        GenerationDraft(
          environment: production, release: release.digest,
          expectedParent: index == 0 ? nil : index, reason: "test"))
    }
    #expect(try store.resolve("@production").digest == two.digest)
    #expect(try store.resolve("@production~1").digest == one.digest)
    #expect(throws: RegistryError.generationUnknown(production, back: 2, count: 2)) {
      try store.resolve("@production~2")
    }
    let wrong = try EnvironmentName("prodution")
    #expect(throws: RegistryError.environmentUnknown(wrong, suggestions: [production])) {
      try store.resolve("@prodution")
    }
  }

  @Test func unknownNamesSuggestNearOnes() throws {
    let store = try FixtureStore()
    try store.add("labeler", "x")
    try store.add("problems", "x")
    let (wrong, right) = (try ArtifactName("labeller"), try ArtifactName("labeler"))
    #expect(throws: RegistryError.nameUnknown(wrong, suggestions: [right])) {
      try store.resolve("labeller")
    }
    let newest = try #require(VersionNumber(1))
    let missing = try #require(VersionNumber(9))
    #expect(throws: RegistryError.versionUnknown(right, missing, newest: newest)) {
      try store.resolve("labeler@v9")
    }
    let alias = try Alias("champion")
    try store.registry.setAlias(alias, of: right, to: store.resolve("labeler"))
    let slip = try Alias("champoin")
    #expect(throws: RegistryError.aliasUnknown(right, slip, known: [alias], suggestions: [alias])) {
      try store.resolve("labeler@champoin")
    }
    let report = FailureReport(
      RegistryError.aliasUnknown(right, slip, known: [alias], suggestions: [alias]))
    #expect(report.message == "'labeler' has no alias 'champoin'; it has champion.")
    #expect(report.advice == "Did you mean champion?")
  }

  @Test func versionsAreListedNewestFirstInPages() throws {
    let store = try FixtureStore()
    for index in 1...7 { try store.add("x", "\(index)") }
    let name = try ArtifactName("x")
    let page = try store.registry.versions(of: name, limit: 3)
    #expect(page.map(\.version.value) == [7, 6, 5])
    let next = try store.registry.versions(of: name, limit: 3, before: page.last?.version)
    #expect(next.map(\.version.value) == [4, 3, 2])
    let summary = try #require(try store.registry.artifacts().first)
    #expect(summary.versionCount == 7 && summary.newest?.value == 7 && summary.totalSize == 7)
    #expect(try store.registry.artifacts(kind: .model).isEmpty)
  }

  @Test func searchFindsNamesAliasesReasonsAndKorean() throws {
    let store = try FixtureStore()
    let record = try store.add("korean-problems", "x", reason: "초등 수학문제 가져오기").record
    try store.add("other", "y", reason: "nothing")
    try store.registry.setAlias(Alias("golden"), of: record.name, to: record)
    for text in ["korean", "prob", "golden", "수학", "data.txt 초등"] {
      #expect(try store.registry.search(text).map(\.name) == [record.name], "\(text)")
    }
    #expect(try store.registry.search("\" OR *").isEmpty)
    #expect(try store.registry.search("nowhere").isEmpty)
  }

  @Test(arguments: ["labeler-2022", "label", "2022", "labeler_2022", "LABELER 2022", "weights.v2"])
  func searchSeesTheWordsOfAName(text: String) throws {
    let store = try FixtureStore()
    let file = SourceFile(
      path: try ContentPath("weights.v2_final.bin"), content: .bytes([1]), mediaType: "text/plain")
    for name in ["labeler-2022", "labeler_2022.q4", "labeler.2022"] {
      let draft = VersionDraft(name: try ArtifactName(name), kind: .model, files: [file])
      try #require(try store.registry.add(draft).isNew)
    }
    try store.add("abel-20", "other")
    #expect(try store.registry.search(text).count == 3)
  }

  @Test func lineageGoesBothWaysAndNamesWhatIsElsewhere() throws {
    let store = try FixtureStore()
    let elsewhere = Digest(of: [1])
    let data = try store.add(
      "data", "d", from: [Ingredient(role: "source", digest: elsewhere)]
    ).record
    let model = try store.add(
      "model", "m", kind: .model, from: [Ingredient(role: "data", digest: data.digest)]
    ).record
    let up = try store.registry.lineage(of: model.digest, direction: .ancestors)
    #expect(up.nodes.map(\.digest) == [model.digest, data.digest, elsewhere])
    #expect(up.nodes.last?.version == nil)
    #expect(up.edges.map(\.role) == ["data", "source"])
    let down = try store.registry.lineage(of: data.digest, direction: .descendants)
    #expect(down.nodes.map(\.digest) == [data.digest, model.digest])
    #expect(try store.registry.lineage(of: data.digest, direction: .both).nodes.count == 3)
  }
}

extension VersionRecord {
  /// What tells records apart in these tests.
  fileprivate var id: String { digest.hex }
}
