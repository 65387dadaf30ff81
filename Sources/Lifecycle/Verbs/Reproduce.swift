import Foundation
public import JSON
public import MLOpsCore
public import ModelRegistry
import ModelRuntime
import SystemPackage
public import Training

/// Trains an adapter or a model again from what its version says, and compares.
public struct Reproduce: Sendable {
  /// How the two compare.
  public struct Outcome: Sendable {
    /// An adapter, or a model all of whose weights were trained.
    public let version: VersionRecord
    /// Digests of the two files of weights.
    public let registered: Digest
    public let trained: Digest
    /// How many tensors differ, of how many, and the greatest difference of two numbers.
    public let differingTensors: Int
    public let tensors: Int
    public let greatestDifference: Double
    public let result: TrainingResult

    public var isIdentical: Bool { registered == trained }

    /// Keys: `adapter` or `model`, `identical`, `registered`, `trained`, `tensors`, `differing_tensors`,
    /// `greatest_difference`, `training`.
    public var document: JSONValue {
      [
        version.kind.rawValue: .string(version.label), "identical": .bool(isIdentical),
        "registered": .string(registered.description), "trained": .string(trained.description),
        "tensors": .integer(tensors), "differing_tensors": .integer(differingTensors),
        "greatest_difference": .double(greatestDifference), "training": result.json,
      ]
    }
  }

  private let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Trains again; nothing is registered and no run recorded.
  ///
  /// - Parameters:
  ///   - reference: what `Train` made.
  ///   - means: options that change no result: how much memory is taken for how much time.
  /// - Throws: `LifecycleError.notReproducible` where its version does not say how it was trained,
  ///   `.ingredientGone`, `TrainingError`, `RegistryError`.
  public func run(
    _ reference: String, by means: TrainingOptions = TrainingOptions(),
    onEvent: @escaping @Sendable (TrainingEvent) -> Void
  ) async throws -> Outcome {
    let version = try LifecycleError.naming("reproduce") {
      try registry.resolve(try Reference(reference))
    }
    guard version.kind == .adapter || version.kind == .model else {
      throw LifecycleError.wrongKind(
        reference: reference, found: version.kind, expected: [.adapter, .model])
    }
    let options = means.over(try options(of: version))
    let configuration = try options.configuration()
    let inputs = try TrainingInputs(options, in: registry)
    let scratch = try ScratchFolder(besides: registry)
    let file = scratch.path.appending("\(version.kind.rawValue).gguf")
    var session = TrainingSession()
    session.title = try inputs.title(configuration.scope, in: registry)
    let result = try await Trainer.train(
      base: try ReleaseFiles.gguf(inputs.base, in: registry),
      examples: try inputs.examples(in: registry), validation: try inputs.heldOut(in: registry),
      configuration: configuration, output: file, session: session, progress: onEvent)
    // As a version holds it: an adapter's file names its base.
    _ = try TrainedFiles(file, configuration, base: inputs.base, registry: registry)
    let old = try ReleaseFiles.gguf(version, in: registry)
    let difference = try WeightDifference(try GGUFFile(old), try GGUFFile(file))
    return Outcome(
      version: version, registered: try ReleaseFiles.digest(of: old),
      trained: try ReleaseFiles.digest(of: file), differingTensors: difference.differing,
      tensors: difference.tensors, greatestDifference: difference.greatest, result: result)
  }

  private func options(of version: VersionRecord) throws -> TrainingOptions {
    guard let settings = version.manifest.metadata["training"] else {
      throw LifecycleError.notReproducible(
        version.label, reason: "its version does not say how it was trained")
    }
    var options = TrainingOptions(settings: settings)
    if let answer = version.manifest.metadata["answer"] { options[.answer] = answer }
    let roles: [(String, TrainingOption)] = [
      ("base", .base), ("data", .data), ("prompt", .prompt), ("validation", .validation),
    ]
    for (role, option) in roles {
      guard let part = version.manifest.ingredients.first(where: { $0.role == role }) else {
        continue
      }
      guard let found = try registry.version(digest: part.digest) else {
        throw LifecycleError.ingredientGone(version.label, role: role)
      }
      options[option] = .string(found.label)
    }
    return options
  }
}

/// How far the weights of two files are apart.
struct WeightDifference {
  private(set) var tensors = 0
  private(set) var differing = 0
  private(set) var greatest = 0.0

  /// A tensor that only one has differs, by nothing that could be measured.
  init(_ left: GGUFFile, _ right: GGUFFile) throws {
    let names = Set(left.tensors.map(\.name)).union(right.tensors.map(\.name))
    tensors = names.count
    for name in names.sorted() {
      guard let a = left.tensor(name), let b = right.tensor(name), a.dimensions == b.dimensions
      else {
        differing += 1
        continue
      }
      let pairs = zip(try left.floats(of: a), try right.floats(of: b))
      let distance = pairs.reduce(0.0) { max($0, Double(abs($1.0 - $1.1))) }
      if distance > 0 { differing += 1 }
      greatest = max(greatest, distance)
    }
  }
}
