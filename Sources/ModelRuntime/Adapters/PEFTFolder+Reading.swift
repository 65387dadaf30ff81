internal import SystemPackage

extension PEFTFolder {
  /// The adapter for a base in GGUF.
  ///
  /// Where PEFT scales modules differently, the factor that GGUF's one alpha cannot say goes into B.
  ///
  /// - Throws: `runtime.adapter_not_representable` naming the key that GGUF cannot say;
  ///   `runtime.adapter_mismatch` where a module or a shape is not the base's.
  public func loraWeights(for base: GGUFFile) throws(RuntimeError) -> LoRAWeights {
    let architecture = base["general.architecture"]?.string ?? ""
    guard let layout = ModuleLayout.of(architecture) else {
      throw .adapterNotRepresentable(
        path: path.string, key: "general.architecture",
        reason: "the modules of the base's architecture '\(architecture)' are not known here; "
          + "known are \(ModuleLayout.all.map(\.architecture).joined(separator: ", "))")
    }
    let settings = try PEFTConfiguration(configuration, path: path.string)
    let modules = try modules()
    guard !modules.isEmpty else {
      throw .adapterMismatch(path: path.string, reason: "it holds no tensors")
    }
    var scaled: [(pair: LoRAWeights.Pair, scale: Double)] = []
    for module in modules {
      let place = try place(of: module, in: layout)
      let pair = try pair(module, at: place, base: base, settings: settings)
      scaled.append((pair, try settings.scale(of: module, rank: pair.rank)))
    }
    scaled.sort { $0.pair.weight < $1.pair.weight }
    // Of every module on its own, alpha would be scale · rank; most adapters have one for all.
    let alpha = Float(scaled[0].scale * Double(scaled[0].pair.rank))
    let pairs = scaled.map { pair, scale in
      let factor = Float(scale * Double(pair.rank)) / alpha
      var pair = pair
      if factor != 1 { pair.b = pair.b.map { $0 * factor } }
      return pair
    }
    return LoRAWeights(
      architecture: architecture, alpha: alpha, pairs: pairs, baseDigest: baseDigest)
  }

  private func refuse(_ key: String, _ reason: String) -> RuntimeError {
    .adapterNotRepresentable(path: path.string, key: key, reason: reason)
  }

  /// The paths of the modules that have A and B, sorted.
  private func modules() throws(RuntimeError) -> [String] {
    var found: Set<String> = []
    for tensor in weights.tensors where !tensor.name.hasSuffix(Self.copySuffix) {
      let name = tensor.name
      guard let suffix = [Self.aSuffix, Self.bSuffix].first(where: { name.hasSuffix($0) }) else {
        throw refuse(name, Self.reason(forKey: name))
      }
      let module = String(name.dropLast(suffix.count))
      guard module.hasPrefix(Self.prefix) else {
        throw refuse(name, "expected a name that begins with '\(Self.prefix)'")
      }
      guard !module.contains(".modules_to_save.") else {
        throw refuse(name, Self.reason(forKey: name))
      }
      for other in [Self.aSuffix, Self.bSuffix] where weights.tensor(module + other) == nil {
        throw refuse(name, "there is no '\(module)\(other)' beside it")
      }
      found.insert(String(module.dropFirst(Self.prefix.count)))
    }
    return found.sorted()
  }

  private static func reason(forKey key: String) -> String {
    if key.contains("lora_embedding") {
      return "it adapts an embedding, which is looked up and not multiplied"
    }
    if key.contains("lora_magnitude_vector") {
      return "DoRA rescales the base's weights, which GGUF's adapters cannot"
    }
    if key.contains("modules_to_save") || !key.contains("lora_") {
      return "it replaces a whole tensor of the base, which is no low-rank update"
    }
    return "expected the A or B of a module, a name that ends with '\(aSuffix)' or '\(bSuffix)'"
  }

  private func place(of module: String, in layout: ModuleLayout) throws(RuntimeError)
    -> ModuleLayout.Place
  {
    guard let place = layout.place(module: module) else {
      throw .adapterMismatch(
        path: path.string,
        reason: "the module '\(module)' is none that a model of architecture "
          + "'\(layout.architecture)' has an adaptable weight for")
    }
    return place
  }

  private func pair(
    _ module: String, at place: ModuleLayout.Place, base: GGUFFile, settings: PEFTConfiguration
  ) throws(RuntimeError) -> LoRAWeights.Pair {
    guard let weight = base.tensor(place.tensor), weight.dimensions.count == 2 else {
      throw .adapterMismatch(
        path: path.string,
        reason: "'\(module)' would adapt '\(place.tensor)', which the base does not have"
          + (place.tensor == "output.weight" ? ": its output is its token embedding" : ""))
    }
    guard let a = weights.tensor(Self.prefix + module + Self.aSuffix),
      let b = weights.tensor(Self.prefix + module + Self.bSuffix)
    else { throw refuse(module, "it has not both A and B") }
    let (inputs, outputs) = (weight.dimensions[0], weight.dimensions[1])
    let rank = a.shape.first ?? 0
    guard a.shape == [rank, inputs], b.shape == [outputs, rank], rank > 0 else {
      throw .adapterMismatch(
        path: path.string,
        reason: "'\(module)' has A of shape \(a.shape) and B of shape \(b.shape); the base's "
          + "'\(place.tensor)' needs [rank, \(inputs)] and [\(outputs), rank]")
    }
    let said = try settings.rank(of: module)
    guard rank == said else {
      throw refuse(a.name, "it has the rank \(rank), but the configuration says \(said)")
    }
    let values = (a: try weights.floats(of: a), b: try weights.floats(of: b))
    guard values.a.allSatisfy(\.isFinite), values.b.allSatisfy(\.isFinite) else {
      throw refuse(a.name, "it, or its B, holds values that are no finite numbers")
    }
    var rows = values.b
    if place.rows != .same {
      guard let heads = base.heads(place.rows, outputs: outputs, tensor: place.tensor) else {
        throw .adapterMismatch(
          path: path.string,
          reason: "the base's heads do not divide the \(outputs) rows of '\(place.tensor)'")
      }
      rows = RotaryRows.interleaved(values.b, rank: rank, heads: heads)
    }
    try checkCopy(of: module, weight, in: base)
    return LoRAWeights.Pair(
      weight: place.tensor, rank: rank, inputs: inputs, outputs: outputs, a: values.a, b: rows)
  }

  /// PEFT puts the base's own matrix beside the pair of an output layer; it must be the base's.
  private func checkCopy(of module: String, _ weight: GGUFFile.Tensor, in base: GGUFFile)
    throws(RuntimeError)
  {
    guard let copy = weights.tensor(Self.prefix + module + Self.copySuffix) else { return }
    let reason = "it is another matrix than the base's '\(weight.name)'"
    guard copy.shape == weight.dimensions.reversed() else { throw refuse(copy.name, reason) }
    let (found, own) = (try weights.floats(of: copy), try base.floats(of: weight))
    let size = own.reduce(0) { max($0, abs($1)) }
    // The base may hold it rounded to a few bits.
    guard zip(found, own).allSatisfy({ abs($0 - $1) <= size / 8 }) else {
      throw refuse(copy.name, reason)
    }
  }

  private static let copySuffix = ".base_layer.weight"
  static let prefix = "base_model.model."
  static let aSuffix = ".lora_A.weight"
  static let bSuffix = ".lora_B.weight"
}
