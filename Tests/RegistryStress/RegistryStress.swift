import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage

/// One change of a registry per process, for tests that run many at once or kill them.
///
/// Exit codes: 0 done, 1 failed or broken (the reason is on stderr), 64 usage.
@main
enum RegistryStress {
  static let usage = """
    usage: RegistryStress create STORE
           RegistryStress add STORE NAME FILE…
           RegistryStress link STORE NAME FILE
           RegistryStress add-rows STORE NAME FILE…
           RegistryStress stream STORE NAME FILE…
           RegistryStress stream-plain STORE NAME FILE…
           RegistryStress add-many STORE NAME COUNT SEED
           RegistryStress fill STORE NAME COUNT
           RegistryStress show STORE NAME
           RegistryStress alias STORE NAME ALIAS VERSION
           RegistryStress promote STORE ENVIRONMENT NAME
           RegistryStress gc STORE
           RegistryStress history STORE
           RegistryStress check STORE
    """

  static let author = Author(name: "Stress", email: "stress@example.org")

  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 2 else { usageError() }
    do {
      try run(words[0], store: FilePath(words[1]), Array(words.dropFirst(2)))
    } catch {
      let report = FailureReport(error)
      complain("\(report.code): \(report.message)")
      exit(1)
    }
  }

  private static func run(_ verb: String, store: FilePath, _ rest: [String]) throws {
    if verb == "create" {
      _ = try Registry.create(at: store, author: author)
      return
    }
    let clock = ContinuousClock()
    let start = clock.now
    let registry = try Registry.open(at: store, author: author)
    let opening = clock.now - start
    switch (verb, rest.count) {
    case ("add", 2...): try add(rest, to: registry, link: false)
    case ("link", 2): try add(rest, to: registry, link: true)
    case ("add-rows", 2...): try add(rest, to: registry, link: false, storage: .compressed)
    case ("stream", 2...): try stream(rest, to: registry, storage: .compressed)
    case ("stream-plain", 2...): try stream(rest, to: registry, storage: .plain)
    case ("add-many", 3): try addMany(rest, to: registry)
    case ("fill", 2): try fill(rest, in: registry)
    case ("show", 1):
      print("open \(opening)")
      try show(try ArtifactName(rest[0]), in: registry)
    case ("alias", 3): try alias(rest, in: registry)
    case ("promote", 2): try promote(rest, in: registry)
    case ("gc", 0): for decision in try registry.gc(dryRun: false).removed { print(decision) }
    // Opening has written what was missing.
    case ("history", 0): break
    case ("check", 0):
      let problems = try registry.verify().problems
      for problem in problems { complain("\(problem)") }
      if !problems.isEmpty { exit(1) }
    default: usageError()
    }
  }

  private static func add(
    _ words: [String], to registry: Registry, link: Bool, storage: SourceFile.Storage = .plain
  ) throws {
    let files = try words.dropFirst().map {
      SourceFile(
        path: try ContentPath(FilePath($0).lastComponent?.string ?? "file"),
        content: .file(FilePath($0)), mediaType: "application/octet-stream", storage: storage)
    }
    try add(words[0], files, to: registry, link: link)
  }

  /// Adds files as content that was made by this program, in pieces of many sizes.
  private static func stream(
    _ words: [String], to registry: Registry, storage: SourceFile.Storage
  ) throws {
    let files = try words.dropFirst().map { word in
      let stream = try registry.contentStream(storage: storage)
      let content = try Data(contentsOf: URL(fileURLWithPath: word))
      var place = content.startIndex
      var step = 1
      while place < content.endIndex {
        let end = min(place + step, content.endIndex)
        try content[place..<end].withUnsafeBytes { bytes throws in try stream.write(bytes) }
        (place, step) = (end, step * 7 % 1_500_007)
      }
      return SourceFile(
        path: try ContentPath(FilePath(word).lastComponent?.string ?? "file"),
        content: .staged(try stream.finish()), mediaType: "application/octet-stream")
    }
    try add(words[0], files, to: registry, link: false)
  }

  private static func add(
    _ name: String, _ files: [SourceFile], to registry: Registry, link: Bool
  ) throws {
    let outcome = try registry.add(
      VersionDraft(
        name: try ArtifactName(name), kind: .dataset, files: files, link: link, reason: "stress"))
    print("\(outcome.record.reference) \(outcome.record.digest) \(outcome.isNew ? "new" : "same")")
  }

  /// Distinct contents, except that every tenth is one that all processes add.
  private static func addMany(_ words: [String], to registry: Registry) throws {
    guard let count = Int(words[1]), let seed = Int(words[2]) else { usageError() }
    for index in 0..<count {
      let text = index % 10 == 9 ? "shared \(index)" : "process \(seed) item \(index)"
      _ = try registry.add(
        VersionDraft(
          name: try ArtifactName(words[0]), kind: .dataset,
          files: [
            SourceFile(
              path: try ContentPath("data.txt"), content: .bytes(Array(text.utf8)),
              mediaType: "text/plain")
          ]))
    }
  }

  /// Versions of one small file that differ in their metadata: a store of 100,000 in seconds.
  private static func fill(_ words: [String], in registry: Registry) throws {
    guard let count = Int(words[1]), count >= 0 else { usageError() }
    let name = try ArtifactName(words[0])
    let file = SourceFile(
      path: try ContentPath("data.txt"), content: .bytes(Array("filling".utf8)),
      mediaType: "text/plain")
    for start in stride(from: 0, to: count, by: fillStep) {
      try registry.add(
        contentsOf: (start..<min(start + fillStep, count)).map {
          VersionDraft(
            name: name, kind: .dataset, files: [file], metadata: ["item": .integer($0)],
            reason: "fill")
        })
    }
  }

  /// Versions a transaction.
  private static let fillStep = 10_000

  /// How long it takes to find versions, the first of each kind with its statement still to compile.
  private static func show(_ name: ArtifactName, in registry: Registry) throws {
    let clock = ContinuousClock()
    var newest: VersionRecord?
    print("resolve newest", try clock.measure { newest = try registry.resolve(.newest(name)) })
    guard let newest else { return }
    print("resolve again", try clock.measure { _ = try registry.resolve(.newest(name)) })
    let digest = try Reference("\(name)@sha256:\(newest.digest.hex.prefix(12))")
    print("resolve digest", try clock.measure { _ = try registry.resolve(digest) })
    print("20 versions", try clock.measure { _ = try registry.versions(of: name, limit: 20) })
  }

  private static func alias(_ words: [String], in registry: Registry) throws {
    guard let version = VersionNumber(words[2]) else { usageError() }
    let name = try ArtifactName(words[0])
    try registry.setAlias(
      try Alias(words[1]), of: name, to: try registry.resolve(.version(name, version)),
      reason: "stress")
  }

  /// Adds a release of the newest version of an artifact and points the environment at it.
  private static func promote(_ words: [String], in registry: Registry) throws {
    let environment = try EnvironmentName(words[0])
    let model = try registry.resolve(.newest(try ArtifactName(words[1])))
    let release = try registry.add(
      VersionDraft(
        name: try ArtifactName("\(words[1])-release"), kind: .release, files: [],
        ingredients: [Ingredient(role: "model", digest: model.digest)])
    ).record
    let current = try registry.currentGeneration(of: environment)
    try registry.appendGeneration(
      GenerationDraft(
        environment: environment, release: release.digest, expectedParent: current?.number,
        reason: "stress"))
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  private static func usageError() -> Never {
    complain(usage)
    exit(64)
  }
}
