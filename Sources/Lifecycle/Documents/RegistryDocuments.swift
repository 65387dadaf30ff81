public import Foundation
public import JSON
import MLOpsCore
public import ModelRegistry

// The documented objects that `--json` and the HTTP API give for the registry's records.

extension VersionRecord {
  /// Keys: `name`, `version`, `reference`, `digest`, `kind`, `size`, `created_at`, `author`,
  /// `reason`, `code`, `aliases`, `files`, `ingredients`, `metadata`.
  public var document: JSONValue {
    var object = manifest.json.object ?? [:]
    object["format"] = nil
    object["name"] = .string(name.description)
    object["version"] = .integer(version.value)
    object["reference"] = .string(label)
    object["digest"] = .string(digest.description)
    object["size"] = .integer(manifest.size)
    object["created_at"] = .string(createdAt.stamp)
    object["author"] = .string(author.text)
    object["reason"] = .string(reason)
    object["code"] = code ?? .null
    object["aliases"] = .array(aliases.map { .string($0.description) })
    return .object(object)
  }
}

extension ArtifactSummary {
  /// Keys: `name`, `kind`, `newest`, `versions`, `size`, `aliases`, `created_at`, `updated_at`.
  public var document: JSONValue {
    [
      "name": .string(name.description), "kind": .string(kind.rawValue),
      "newest": newest.map { .integer($0.value) } ?? .null,
      "versions": .integer(versionCount), "size": .integer(totalSize),
      "aliases": .object(
        Dictionary(uniqueKeysWithValues: aliases.map { ($0.description, .integer($1.value)) })),
      "created_at": .string(createdAt.stamp), "updated_at": .string(updatedAt.stamp),
    ]
  }
}

extension GenerationRecord {
  /// Keys: `environment`, `generation`, `release`, `digest`, `action`, `reason`, `evidence`,
  /// `forced`, `created_at`, `author`.
  public var document: JSONValue {
    [
      "environment": .string(environment.description), "generation": .integer(number),
      "release": .string("\(releaseName)@\(releaseVersion)"),
      "digest": .string(release.description), "action": .string(action.rawValue),
      "reason": .string(reason),
      "evidence": evidence.map { .string($0.description) } ?? .null,
      "forced": .bool(forced), "created_at": .string(createdAt.stamp),
      "author": .string(author.text),
    ]
  }
}

extension EventRecord {
  /// Keys: `sequence`, `time`, `author`, `action`, `reason`, and those of `name`, `version`,
  /// `digest`, `alias`, `environment`, `generation`, `run` that it is about.
  public var document: JSONValue {
    var object: [String: JSONValue] = [
      "sequence": .integer(sequence), "time": .string(time.stamp), "author": .string(author.text),
      "action": .string(action.rawValue), "reason": .string(reason),
    ]
    object["name"] = name.map { .string($0.description) }
    object["version"] = version.map { .integer($0.value) }
    object["digest"] = digest.map { .string($0.description) }
    object["alias"] = alias.map { .string($0.description) }
    object["environment"] = environment.map { .string($0.description) }
    object["generation"] = generation.map { .integer($0) }
    object["run"] = run.map { .string($0.description) }
    return .object(object)
  }

  /// What it is about, as a person would name it: `labeler@v7`, `production#12`, `run-3`.
  public var subject: String {
    if let environment, let generation { return "\(environment)#\(generation)" }
    if let name, let alias { return "\(name)@\(alias)" }
    if let name, let version { return "\(name)@\(version)" }
    if let run { return run.description }
    return name?.description ?? "–"
  }
}

extension Author {
  /// `Name <mail>`.
  public var text: String { "\(name) <\(email)>" }
}

extension Date {
  /// ISO 8601 in UTC, to the second: `2026-11-20T14:03:07Z`.
  public var stamp: String { formatted(.iso8601) }
}
