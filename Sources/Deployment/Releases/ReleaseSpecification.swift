public import JSON
public import MLOpsCore
public import ModelRegistry

/// Everything that answers a request together.
///
/// Each part is the digest of a version, so that a release is one digest over all of them.
public struct ReleaseSpecification: Sendable, Hashable {
  /// The base model.
  public var model: Digest
  /// The LoRA adapter over it.
  public var adapter: Digest?
  /// The prompt.
  public var prompt: Digest?
  /// The embedding model of the index.
  public var embedder: Digest?
  /// The index that is searched.
  public var index: Digest?
  /// The guard policy.
  public var `guard`: Digest?
  /// How tokens are chosen where a request does not say.
  public var sampling: Sampling

  public init(
    model: Digest, adapter: Digest? = nil, prompt: Digest? = nil, embedder: Digest? = nil,
    index: Digest? = nil, guard: Digest? = nil, sampling: Sampling = .greedy
  ) {
    self.model = model
    self.adapter = adapter
    self.prompt = prompt
    self.embedder = embedder
    self.index = index
    self.guard = `guard`
    self.sampling = sampling
  }

  /// The roles of a release's parts, in the order in which they are shown.
  public static let roles = ["model", "adapter", "prompt", "embedder", "index", "guard"]

  /// The part that plays a role.
  public subscript(role: String) -> Digest? {
    switch role {
    case "model": model
    case "adapter": adapter
    case "prompt": prompt
    case "embedder": embedder
    case "index": index
    case "guard": `guard`
    default: nil
    }
  }

  /// The manifest of the release; its digest is the release's.
  public var manifest: Manifest {
    Manifest(
      kind: .release, files: [], ingredients: ingredients,
      metadata: ["sampling": sampling.json])
  }

  /// The parts as ingredients.
  public var ingredients: [Ingredient] {
    ReleaseSpecification.roles.compactMap { role in
      self[role].map { Ingredient(role: role, digest: $0) }
    }
  }

  /// Reads a release's manifest back.
  ///
  /// - Throws: `DeploymentError` with code `deployment.not_a_release`.
  public init(_ version: VersionRecord) throws(DeploymentError) {
    let manifest = version.manifest
    guard manifest.kind == .release else {
      throw .notARelease(version: version.label, reason: "it is \(manifest.kind.withArticle)")
    }
    var parts: [String: Digest] = [:]
    for ingredient in manifest.ingredients {
      guard parts.updateValue(ingredient.digest, forKey: ingredient.role) == nil else {
        throw .notARelease(
          version: version.label, reason: "it has two parts in the role '\(ingredient.role)'")
      }
    }
    guard let model = parts["model"] else {
      throw .notARelease(version: version.label, reason: "it has no model")
    }
    guard let sampling = Sampling(json: manifest.metadata["sampling"] ?? [:]) else {
      throw .notARelease(version: version.label, reason: "its sampling is not readable")
    }
    self.init(
      model: model, adapter: parts["adapter"], prompt: parts["prompt"],
      embedder: parts["embedder"], index: parts["index"], guard: parts["guard"],
      sampling: sampling)
  }
}

extension Sampling {
  /// The documented object: `temperature`, `top_p`, `top_k`, `seed`.
  public var json: JSONValue {
    [
      "temperature": .double(temperature), "top_p": .double(topP), "top_k": .integer(topK),
      "seed": .integer(seed),
    ]
  }

  /// Reads the documented object; what is absent keeps its greedy default, what is out of range
  /// gives nil.
  public init?(json: JSONValue) {
    self.init()
    if let value = json["temperature"] {
      guard let value = value.double, (0...5).contains(value) else { return nil }
      temperature = value
    }
    if let value = json["top_p"] {
      guard let value = value.double, value > 0, value <= 1 else { return nil }
      topP = value
    }
    if let value = json["top_k"] {
      guard let value = value.int, value >= 0 else { return nil }
      topK = value
    }
    if let value = json["seed"] {
      guard let value = value.int, let seed = UInt32(exactly: value) else { return nil }
      self.seed = seed
    }
  }
}
