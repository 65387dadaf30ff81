internal import Foundation
internal import JSON
public import SystemPackage

extension PEFTFolder {
  /// Whether adapters of an architecture can be said in PEFT's terms.
  public static func knows(architecture: String) -> Bool { ModuleLayout.of(architecture) != nil }

  /// Writes an adapter as PEFT reads it: `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Parameters:
  ///   - base: what the adapter was made for; its metadata says how its heads lie.
  ///   - baseName: what `base_model_name_or_path` will say, such as a repository's name.
  ///   - dropout: what the adapter was trained with, for the record.
  ///   - folder: is made where it is missing; equal weights give equal bytes.
  /// - Throws: `runtime.adapter_not_representable`, `runtime.file_unwritable`.
  public static func write(
    _ adapter: LoRAWeights, base: GGUFFile, baseName: String? = nil, dropout: Double = 0,
    to folder: FilePath
  ) throws(RuntimeError) {
    func refuse(_ key: String, _ reason: String) -> RuntimeError {
      .adapterNotRepresentable(path: folder.string, key: key, reason: reason)
    }
    guard let layout = ModuleLayout.of(adapter.architecture) else {
      throw refuse(
        "general.architecture",
        "the modules of the architecture '\(adapter.architecture)' are not known here; known are "
          + ModuleLayout.all.map(\.architecture).joined(separator: ", "))
    }
    var writer = SafetensorsWriter()
    if let digest = adapter.baseDigest { writer.metadata[LoRAWeights.baseKey] = digest }
    var placed: [PlacedPair] = []
    for pair in adapter.pairs {
      guard let place = layout.place(tensor: pair.weight) else {
        throw refuse(pair.weight, "Hugging Face's model has no module with this weight")
      }
      var rows = pair.b
      if place.rows != .same {
        guard let heads = base.heads(place.rows, outputs: pair.outputs, tensor: pair.weight) else {
          throw refuse(pair.weight, "the base's heads do not divide its \(pair.outputs) rows")
        }
        rows = RotaryRows.halved(pair.b, rank: pair.rank, heads: heads)
      }
      let name = prefix + place.module
      try writer.add(name + aSuffix, shape: [pair.rank, pair.inputs], values: pair.a)
      try writer.add(name + bSuffix, shape: [pair.outputs, pair.rank], values: rows)
      placed.append(PlacedPair(place: place, rank: pair.rank))
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder.string, withIntermediateDirectories: true)
    } catch {
      throw .fileUnwritable(path: folder.string, reason: error.localizedDescription)
    }
    let settings = configuration(
      placed, alpha: adapter.alpha, fanInFanOut: layout.fanInFanOut,
      layers: base["\(adapter.architecture).block_count"]?.int, baseName: baseName,
      dropout: dropout)
    try WholeFile.write(
      Array((settings.pretty + "\n").utf8), to: folder.appending(configurationName))
    try writer.write(to: folder.appending(weightsName))
  }

  private struct PlacedPair {
    let place: ModuleLayout.Place
    let rank: Int
  }

  private static func configuration(
    _ pairs: [PlacedPair], alpha: Float, fanInFanOut: Bool, layers: Int?, baseName: String?,
    dropout: Double
  ) -> JSONValue {
    var counts: [Int: Int] = [:]
    for pair in pairs { counts[pair.rank, default: 0] += 1 }
    let rank = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 1
    // With one alpha, PEFT's alpha / r of a module is GGUF's alpha / rank of its pair.
    let ranks = pairs.filter { $0.rank != rank }.map { ($0.place.module, $0.rank) }
    return [
      "peft_type": "LORA", "task_type": "CAUSAL_LM", "inference_mode": true,
      "base_model_name_or_path": baseName.map { .string($0) } ?? .null, "revision": .null,
      "r": .integer(rank), "lora_alpha": .double(Double(alpha)),
      "lora_dropout": .double(dropout), "bias": "none",
      "fan_in_fan_out": .bool(fanInFanOut), "use_rslora": false, "use_dora": false,
      "init_lora_weights": true, "modules_to_save": .null, "layers_to_transform": .null,
      "layers_pattern": .null, "alpha_pattern": [:],
      "rank_pattern": .object(
        Dictionary(
          ranks.map { (tail($0.0), .integer($0.1)) },
          uniquingKeysWith: { first, _ in first })),
      "target_modules": .array(targets(pairs.map(\.place), layers: layers).map { .string($0) }),
    ]
  }

  /// The end of a module's path that old and new releases of PEFT find it by.
  private static func tail(_ module: String) -> String {
    module.firstIndex(of: ".").map { String(module[module.index(after: $0)...]) } ?? module
  }

  /// Short names where every layer has the same ones, else every module's path.
  private static func targets(_ places: [ModuleLayout.Place], layers: Int?) -> [String] {
    func layer(_ place: ModuleLayout.Place) -> String {
      place.tensor.split(separator: ".").dropFirst().first.map(String.init) ?? ""
    }
    let inLayers = places.filter { $0.shortName != "lm_head" }
    let perLayer = Dictionary(grouping: inLayers, by: layer).mapValues { Set($0.map(\.shortName)) }
    let isUniform =
      Set(perLayer.values).count <= 1 && (perLayer.isEmpty || perLayer.count == layers)
    return isUniform ? Set(places.map(\.shortName)).sorted() : places.map(\.module).sorted()
  }
}
