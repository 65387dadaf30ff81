import Datasets
import Foundation
import JSON
import JSONSchema
import MLOpsCore
public import ModelRegistry
import Synchronization
import SystemPackage

/// The schemas of a registry: by reference, by `registry:<reference>`, and by their `$id`.
///
/// The registry is opened when a schema is asked for first, so that whoever needs none of it needs
/// no workspace either.
public final class RegisteredSchemas: Sendable {
  /// The scheme of URIs that name versions: `registry:problems@v2`.
  static let scheme = "registry:"

  private struct State {
    var registry: Registry?
    var isOpened = false
    /// The versions that `$id`s name; read when one is asked for first.
    var byID: [String: [VersionRecord]]?
    var used: [VersionRecord] = []
  }

  private let open: @Sendable () throws -> Registry?
  private let state = Mutex(State())

  /// - Parameter open: Nil where there is no registry.
  public init(open: @escaping @Sendable () throws -> Registry?) { self.open = open }

  /// The versions that were asked for, each once.
  var used: [VersionRecord] { state.withLock { $0.used } }

  /// Whether there is a registry.
  var isThere: Bool { get throws { try registry() != nil } }

  var resolver: SchemaResolver {
    SchemaResolver("the registered schemas") { [self] uri in
      do {
        return try document(uri: uri)?.value
      } catch let error as any Failure {
        throw Unresolved(error)
      }
    }
  }

  /// The document of a version; nil where there is no registry.
  ///
  /// - Throws: `RegistryError`, `CoreError`, `LifecycleError` with code `lifecycle.wrong_kind`.
  func document(_ reference: String) throws -> SchemaDocument? {
    guard let registry = try registry() else { return nil }
    let version = try registry.resolve(try Reference(reference))
    return try document(version, as: reference, in: registry)
  }

  private func document(uri: String) throws -> SchemaDocument? {
    if uri.hasPrefix(RegisteredSchemas.scheme) {
      return try document(String(uri.dropFirst(RegisteredSchemas.scheme.utf8.count)))
    }
    guard let registry = try registry() else { return nil }
    let versions = try identified(registry)[uri] ?? []
    guard let version = versions.first else { return nil }
    if let other = versions.first(where: { $0.name != version.name }) {
      throw Ambiguous(uri: uri, labels: [version.label, other.label])
    }
    return try document(version, as: version.label, in: registry)
  }

  private func document(_ version: VersionRecord, as reference: String, in registry: Registry)
    throws -> SchemaDocument
  {
    guard version.kind == .schema, let file = version.manifest.files.first else {
      throw LifecycleError.wrongKind(
        reference: reference, found: version.kind, expected: [.schema])
    }
    state.withLock { state in
      if !state.used.contains(where: { $0.digest == version.digest }) { state.used.append(version) }
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try registry.file(file).string))
    return try SchemaDocument(
      [UInt8](bytes), label: version.label, uri: RegisteredSchemas.scheme + version.label)
  }

  /// The newest version of each schema, and those with aliases: of one name the newest comes first.
  private func identified(_ registry: Registry) throws -> [String: [VersionRecord]] {
    if let known = state.withLock({ $0.byID }) { return known }
    var byID: [String: [VersionRecord]] = [:]
    for artifact in try registry.artifacts(kind: .schema) {
      let numbers = ([artifact.newest].compactMap { $0 } + artifact.aliases.values)
      for number in Set(numbers).sorted(by: { $1 < $0 }) {
        let version = try registry.resolve(.version(artifact.name, number))
        let facts = version.manifest.metadata[SchemaFacts.key]
        if let id = facts?["id"]?.string { byID[id, default: []].append(version) }
      }
    }
    state.withLock { $0.byID = byID }
    return byID
  }

  private func registry() throws -> Registry? {
    try state.withLock { state in
      if !state.isOpened {
        state.registry = try open()
        state.isOpened = true
      }
      return state.registry
    }
  }
}

/// Two schemas with the same `$id`.
private struct Ambiguous: Error, CustomStringConvertible {
  let uri: String
  let labels: [String]

  var description: String { "\(uri) is the $id of \(labels.joined(separator: " and of "))" }
}

/// A failure as part of a message, without its full stop.
private struct Unresolved: Error, CustomStringConvertible {
  let description: String

  init(_ failure: any Failure) {
    let message = failure.message
    description = message.hasSuffix(".") ? String(message.dropLast()) : message
  }
}
