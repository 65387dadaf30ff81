import MLOpsCore
public import ModelRegistry
public import SystemPackage
import Foundation
import Yams

/// The folder that a command works in: the one with `mlops.yaml`, and the store it names.
public struct Workspace: Sendable {
  /// The name of the file that makes a folder a workspace.
  public static let fileName = "mlops.yaml"

  /// The folder.
  public let root: FilePath
  /// What `mlops.yaml` says.
  public let configuration: WorkspaceConfiguration

  /// Where blobs, catalog and history are.
  public var store: FilePath { root.pushing(FilePath(configuration.store)) }

  /// Finds the workspace: `explicit`, else `MLOPS_HOME`, else the nearest folder upwards from
  /// `start` that has an `mlops.yaml`.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.no_workspace` or `lifecycle.bad_configuration`.
  public static func find(
    explicit: String? = nil, from start: String? = nil, environment: [String: String]? = nil
  ) throws -> Workspace {
    let start = start ?? FileManager.default.currentDirectoryPath
    let environment = environment ?? ProcessInfo.processInfo.environment
    if let named = explicit ?? environment["MLOPS_HOME"] {
      let root = FilePath(named).absolute(from: start)
      guard FileManager.default.fileExists(atPath: root.appending(fileName).string) else {
        throw LifecycleError.noWorkspace(startedAt: root.string)
      }
      return try Workspace(root: root)
    }
    var folder = FilePath(start)
    while true {
      if FileManager.default.fileExists(atPath: folder.appending(fileName).string) {
        return try Workspace(root: folder)
      }
      guard folder.removeLastComponent() else {
        throw LifecycleError.noWorkspace(startedAt: start)
      }
    }
  }

  /// Reads the workspace in a folder.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.bad_configuration`.
  public init(root: FilePath) throws {
    self.root = root.lexicallyNormalized()
    let file = root.appending(Workspace.fileName)
    let text: String
    do {
      text = try String(contentsOfFile: file.string, encoding: .utf8)
    } catch {
      throw LifecycleError.badConfiguration(
        file: file.string, place: nil, reason: SystemReason.of(error))
    }
    configuration = try WorkspaceConfiguration(yaml: text, file: file.string)
  }

  /// Makes a folder a workspace with an empty registry.
  ///
  /// An `mlops.yaml` that is there already is kept; a store that is there already is an error.
  public static func create(at root: FilePath, author: Author = .current()) throws -> Workspace {
    let file = root.appending(fileName).string
    do {
      try FileManager.default.createDirectory(
        atPath: root.string, withIntermediateDirectories: true)
      if !FileManager.default.fileExists(atPath: file) {
        try WorkspaceConfiguration.initial.write(toFile: file, atomically: true, encoding: .utf8)
      }
    } catch {
      throw LifecycleError.cannotMakeWorkspace(root.string, reason: SystemReason.of(error))
    }
    let workspace = try Workspace(root: root)
    _ = try Registry.create(at: workspace.store, author: author)
    return workspace
  }

  /// Opens the registry.
  ///
  /// - Throws: `RegistryError`.
  public func registry() throws -> Registry {
    try Registry.open(at: store, author: .current())
  }
}

extension FilePath {
  /// The path itself when absolute, else seen from a folder.
  func absolute(from folder: String) -> FilePath {
    isAbsolute ? self : FilePath(folder).pushing(self).lexicallyNormalized()
  }
}
