import Deployment
import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Testing

/// A real registry with releases `a`, `b`, `c` … in a folder of its own.
private struct Fixture {
  let registry: Registry
  let production: EnvironmentName
  private let folder: FilePath

  init() throws {
    folder = FilePath(NSTemporaryDirectory()).appending("rollback-\(UUID().uuidString)")
    registry = try Registry.create(
      at: folder, author: Author(name: "Test", email: "test@example.org"))
    production = try EnvironmentName("production")
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder.string) }

  /// The release of a letter; the same letter gives the same release.
  func release(_ letter: Character) throws -> Digest {
    let model = try registry.add(
      VersionDraft(
        name: try ArtifactName("model-\(letter)"), kind: .model,
        files: [
          SourceFile(
            path: try ContentPath("weights.bin"), content: .bytes(Array("\(letter)".utf8)),
            mediaType: "application/octet-stream")
        ]))
    let specification = ReleaseSpecification(model: model.record.digest)
    return try registry.add(
      VersionDraft(
        name: try ArtifactName("release-\(letter)"), kind: .release, files: [],
        ingredients: specification.ingredients, metadata: specification.manifest.metadata)
    ).record.digest
  }

  /// Promotes on an upper-case letter, rolls back on `<`; gives the letters that served in turn.
  func play(_ script: String) throws -> String {
    var served = ""
    var letters: [Digest: Character] = [:]
    for step in script {
      let generations = try registry.generations(of: production)
      let release: Digest
      if step == "<" {
        guard let target = RollbackTarget.choose(from: generations) else {
          served.append("-")
          continue
        }
        release = target.release
      } else {
        release = try self.release(Character(step.lowercased()))
        letters[release] = step
      }
      _ = try registry.appendGeneration(
        GenerationDraft(
          environment: production, release: release, expectedParent: generations.first?.number,
          action: step == "<" ? .rollback : .promote, reason: "", evidence: nil, forced: false))
      served.append(letters[release] ?? "?")
    }
    return served
  }
}

@Suite struct RollbackTargetTests {
  @Test(
    "a rollback goes to what the current release replaced, and further back each time",
    arguments: [
      ("AB<", "ABA"), ("ABC<", "ABCB"), ("ABC<<", "ABCBA"), ("AB<C<", "ABACA"),
      ("ABC<D<", "ABCBDB"), ("ABA<", "ABAB"), ("A<", "A-"), ("AB<<", "ABA-"), ("ABC<<<", "ABCBA-"),
    ])
  func goesBack(script: String, served: String) throws {
    let fixture = try Fixture()
    defer { fixture.remove() }
    #expect(try fixture.play(script) == served)
  }

  @Test func nothingServedGivesNothing() { #expect(RollbackTarget.choose(from: []) == nil) }
}

@Suite struct ReleaseSpecificationTests {
  @Test("a release read back from its manifest is the release that was written")
  func roundTrip() throws {
    let fixture = try Fixture()
    defer { fixture.remove() }
    let registry = fixture.registry
    let part = try fixture.release("x")
    var specification = ReleaseSpecification(
      model: part, adapter: Digest(of: [1]), prompt: Digest(of: [2]), embedder: Digest(of: [3]),
      index: Digest(of: [4]), guard: Digest(of: [5]),
      sampling: Sampling(temperature: 0.7, topP: 0.9, topK: 40, seed: 7))
    for guarded in [true, false] {
      if !guarded { specification.guard = nil }
      let record = try registry.add(
        VersionDraft(
          name: try ArtifactName("release"), kind: .release, files: [],
          ingredients: specification.ingredients, metadata: specification.manifest.metadata)
      ).record
      #expect(try ReleaseSpecification(record) == specification)
      #expect(record.digest == specification.manifest.digest)
    }
  }

  @Test("what is no release is refused")
  func refusesOthers() throws {
    let fixture = try Fixture()
    defer { fixture.remove() }
    let model = try fixture.registry.add(
      VersionDraft(
        name: try ArtifactName("m"), kind: .model,
        files: [
          SourceFile(path: try ContentPath("w"), content: .bytes([1]), mediaType: "text/plain")
        ]))
    #expect(throws: DeploymentError.self) { try ReleaseSpecification(model.record) }
    let empty = try fixture.registry.add(
      VersionDraft(
        name: try ArtifactName("r"), kind: .release, files: [], ingredients: [],
        metadata: ["sampling": [:]]))
    #expect(throws: DeploymentError.self) { try ReleaseSpecification(empty.record) }
  }
}
