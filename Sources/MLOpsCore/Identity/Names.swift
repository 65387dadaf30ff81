/// The name of an artifact: 1 to 128 of `a-z 0-9 . _ -`, beginning with a letter or digit.
///
/// The alphabet leaves out everything that a path, a git reference or a shell would take apart.
public struct ArtifactName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String

  /// - Throws: `CoreError.malformedName`.
  public init(_ text: String) throws(CoreError) {
    guard NameGrammar.accepts(text) else { throw .malformedName(text) }
    description = text
  }

  public static func < (left: ArtifactName, right: ArtifactName) -> Bool {
    left.description < right.description
  }
}

/// The name of an environment, such as `production`; the same alphabet as `ArtifactName`.
public struct EnvironmentName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String

  /// - Throws: `CoreError.malformedName`.
  public init(_ text: String) throws(CoreError) {
    guard NameGrammar.accepts(text) else { throw .malformedName(text) }
    description = text
  }

  public static func < (left: EnvironmentName, right: EnvironmentName) -> Bool {
    left.description < right.description
  }
}

/// A movable name for a version, such as `champion`; never of the form `v7`.
public struct Alias: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String

  /// - Throws: `CoreError.malformedAlias`.
  public init(_ text: String) throws(CoreError) {
    guard NameGrammar.accepts(text), VersionNumber(text) == nil else { throw .malformedAlias(text) }
    description = text
  }

  public static func < (left: Alias, right: Alias) -> Bool { left.description < right.description }
}

/// The number of a version of one artifact, from 1, written `v7`.
public struct VersionNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// At least 1.
  public let value: Int

  /// A version number; nil below 1.
  public init?(_ value: Int) {
    guard value >= 1 else { return nil }
    self.value = value
  }

  /// Parses `v7`; nil for anything else, leading zeros included.
  public init?(_ text: String) {
    guard text.hasPrefix("v"), let value = Int(text.dropFirst()), value >= 1, "v\(value)" == text
    else { return nil }
    self.value = value
  }

  public var description: String { "v\(value)" }

  public static func < (left: VersionNumber, right: VersionNumber) -> Bool {
    left.value < right.value
  }
}

enum NameGrammar {
  static func accepts(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first) else { return false }
    // `..` and a trailing `.lock` or `.` are refused by git as part of a reference name.
    guard !text.contains(".."), !text.hasSuffix("."), !text.hasSuffix(".lock") else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
