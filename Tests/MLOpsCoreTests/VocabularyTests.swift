import JSON
import MLOpsCore
import Testing

@Suite struct ReferenceLaws {
  @Test(
    "a well-formed reference reads back as it was written",
    arguments: [
      "labeler", "labeler@v7", "labeler@champion", "labeler@sha256:1234abcd", "@production",
      "@production~1", "a.b_c-d@v1", "7b@v2x",
    ])
  func roundTrip(text: String) throws { #expect(try Reference(text).description == text) }

  @Test(
    "a malformed reference is refused with its reason",
    arguments: [
      ("", "'' is no name"), ("Labeler", "'Labeler' is no name"), ("a@", "'' is no version"),
      ("a@sha256:123", "8 to 64"), ("a@sha256:ABCDEF12", "8 to 64"),
      ("@", "the name of an environment"),
      ("@p~", "how many generations"), ("@p~-1", "how many generations"),
      ("@p~01", "how many generations"),
      ("a b", "is no name"), ("../a", "is no name"), ("a.lock", "is no name"),
      ("a..b", "is no name"),
      ("a@b@c", "'b@c' is no version"),
    ])
  func refusal(text: String, reason: String) {
    let error = #expect(throws: CoreError.self) { _ = try Reference(text) }
    #expect(error?.message.contains(reason) == true)
    #expect(error?.kind == .usage)
  }

  @Test("v7 is a version and never an alias; v0 and v07 are no versions")
  func versions() throws {
    #expect(throws: CoreError.malformedAlias("v7")) { _ = try Alias("v7") }
    #expect(VersionNumber("v0") == nil)
    #expect(VersionNumber("v07") == nil)
    #expect(VersionNumber("v7")?.value == 7)
  }
}

@Suite struct DigestLaws {
  @Test(
    "digests are SHA-256 (vectors of FIPS 180-2)",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
  func vectors(text: String, hex: String) { #expect(Digest(of: text.utf8).hex == hex) }

  @Test("pieces give the digest of the whole")
  func pieces() {
    var hasher = Digest.Hasher()
    hasher.update([0x61])
    hasher.update([])
    hasher.update([0x62, 0x63])
    #expect(hasher.finish() == Digest(of: "abc".utf8))
  }

  @Test("only sha256: and 64 lower-case digits are a digest")
  func grammar() throws {
    let hex = String(repeating: "a", count: 64)
    #expect(try Digest("sha256:\(hex)").hex == hex)
    for text in [hex, "sha256:\(hex.uppercased())", "sha256:\(hex)a", "sha512:\(hex)", ""] {
      #expect(throws: CoreError.malformedDigest(text)) { _ = try Digest(text) }
    }
  }
}

@Suite struct ManifestLaws {
  private func manifest(reversed: Bool) throws -> Manifest {
    let files = try ["b", "a/c"].map {
      ContentFile(
        path: try ContentPath($0), digest: Digest(of: $0.utf8), size: 1, mediaType: "text/plain")
    }
    let ingredients = ["x", "y"].map { Ingredient(role: $0, digest: Digest(of: $0.utf8)) }
    return Manifest(
      kind: .dataset, files: reversed ? files.reversed() : files,
      ingredients: reversed ? ingredients.reversed() : ingredients, metadata: ["rows": 2])
  }

  @Test("the order in which files and ingredients are given does not change the digest")
  func order() throws {
    #expect(try manifest(reversed: false).digest == manifest(reversed: true).digest)
  }

  @Test("a manifest reads back as the same manifest")
  func roundTrip() throws {
    let manifest = try manifest(reversed: false)
    let read = try Manifest(json: JSONValue(parsing: manifest.json.canonical))
    #expect(read == manifest)
    #expect(read.digest == manifest.digest)
  }

  @Test(
    "no path leads out of a version",
    arguments: ["", "/a", "a/", "a//b", "../a", "a/..", "./a", "a\\b", "a\u{0}b"])
  func paths(text: String) { #expect(throws: CoreError.self) { _ = try ContentPath(text) } }
}

@Suite struct FailureLaws {
  @Test(
    "each message says what was expected and found",
    arguments: [
      (
        CoreError.malformedDigest("x"),
        "A digest is 'sha256:' and 64 hexadecimal digits; found 'x'."
      ),
      (
        .malformedName("X"),
        "A name is 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit; found 'X'."
      ),
      (
        .malformedAlias("v1"),
        "An alias is 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit, and not of the form v<number>; found 'v1'."
      ),
      (.malformedVersion("7"), "A version is 'v' and a number from 1; found '7'."),
      (.malformedReference("@", reason: "why"), "'@' is no reference: why."),
      (.malformedPath("..", reason: "why"), "'..' cannot be a path inside a version: why."),
      (.malformedManifest(reason: "why"), "A manifest is not readable: why."),
    ])
  func messages(error: CoreError, message: String) { #expect(error.message == message) }

  @Test("kinds map to the documented exit codes")
  func exitCodes() {
    #expect(FailureKind.invalidInput.exitCode == 65)
    #expect(FailureKind.usage.exitCode == 64)
    #expect(FailureKind.regression.exitCode == 100)
    #expect(FailureKind.inconclusive.exitCode == 101)
    #expect(FailureKind.cancelled.exitCode == 130)
  }
}
