import JSON

/// What `adapter_config.json` says of how A and B are applied, where this project can say it too.
struct PEFTConfiguration {
  /// Keys that only matter while training, or that describe the file.
  private static let harmless: Set<String> = [
    "alpha_pattern", "auto_mapping", "base_model_name_or_path", "bias", "ensure_weight_tying",
    "exclude_modules", "fan_in_fan_out", "inference_mode", "init_lora_weights", "layers_pattern",
    "layers_to_transform", "lora_alpha", "lora_dropout", "megatron_core", "peft_type",
    "peft_version", "qalora_group_size", "r", "rank_pattern", "revision", "runtime_config",
    "target_modules", "task_type", "use_rslora", "eva_config", "lora_ga_config",
  ]
  /// Starts of A and B that leave the base as it is. The others move a part of the base's weights into
  /// the adapter, which then fits a base that nobody has.
  private static let startsThatKeepTheBase: Set<String> = [
    "gaussian", "eva", "orthogonal",
  ]
  /// Why a key with a value other than its neutral one is refused.
  private static let reasons: [String: String] = [
    "use_dora": "DoRA rescales the base's weights, which GGUF's adapters cannot",
    "modules_to_save":
      "it replaces whole modules of the base, which is no low-rank update",
    "lora_bias": "B has a bias, which GGUF's adapters cannot have",
    "layer_replication": "it repeats layers of the base",
    "target_parameters": "it adapts parameters that are no modules of their own",
    "trainable_token_indices": "it replaces rows of the token embedding",
    "alora_invocation_tokens": "an activated LoRA changes its effect within a text",
    "use_qalora": "QA-LoRA pools its inputs, which GGUF's adapters cannot",
  ]

  let alpha: Double
  let rank: Int
  /// Alpha / √rank instead of alpha / rank.
  let isRankStabilised: Bool
  private let ranks: ModulePattern
  private let alphas: ModulePattern

  /// - Parameter path: what messages name.
  /// - Throws: `runtime.adapter_not_representable`.
  init(_ json: JSONValue, path: String) throws(RuntimeError) {
    func refuse(_ key: String, _ reason: String) -> RuntimeError {
      .adapterNotRepresentable(path: path, key: key, reason: reason)
    }
    guard let members = json.object else {
      throw refuse("adapter_config.json", "it is \(json.typeName), expected an object")
    }
    func expect(_ key: String, _ expected: String) throws(RuntimeError) {
      let found = members[key]?.string ?? members[key]?.canonical ?? "absent"
      guard found == expected else { throw refuse(key, "it is \(found), expected \(expected)") }
    }
    try expect("peft_type", "LORA")
    if members["task_type"] ?? .null != .null { try expect("task_type", "CAUSAL_LM") }
    if members["bias"] ?? .null != .null { try expect("bias", "none") }
    if case .string(let start)? = members["init_lora_weights"],
      !Self.startsThatKeepTheBase.contains(start)
    {
      throw refuse(
        "init_lora_weights",
        "the start '\(start)' changes the base's weights, so the adapter fits no base as it was "
          + "published")
    }
    for (key, value) in members.sorted(by: { $0.key < $1.key })
    where !Self.harmless.contains(key) && !Self.isNeutral(value) {
      throw refuse(
        key,
        Self.reasons[key]
          ?? "it is \(value.canonical.prefix(80)), and what that would change is not known here")
    }
    guard let rank = members["r"]?.int, (1...65_536).contains(rank) else {
      throw refuse("r", "it is \(members["r"]?.canonical ?? "absent"), expected 1 to 65536")
    }
    guard let alpha = members["lora_alpha"]?.double, alpha > 0, alpha.isFinite else {
      throw refuse(
        "lora_alpha",
        "it is \(members["lora_alpha"]?.canonical ?? "absent"), expected a number above 0")
    }
    self.rank = rank
    self.alpha = alpha
    isRankStabilised = members["use_rslora"]?.bool ?? false
    ranks = try ModulePattern(members["rank_pattern"], key: "rank_pattern", path: path)
    alphas = try ModulePattern(members["alpha_pattern"], key: "alpha_pattern", path: path)
  }

  /// Absent in all but spelling.
  private static func isNeutral(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool(false): true
    case .string(let text): text.isEmpty
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }

  /// The rank that the configuration gives a module.
  func rank(of module: String) throws(RuntimeError) -> Int {
    try ranks.value(for: module).map { Int($0) } ?? rank
  }

  /// What B·A is multiplied by in a module of some rank.
  func scale(of module: String, rank: Int) throws(RuntimeError) -> Double {
    let alpha = try alphas.value(for: module) ?? alpha
    return isRankStabilised ? alpha / Double(rank).squareRoot() : alpha / Double(rank)
  }
}

/// `rank_pattern` or `alpha_pattern`: numbers for modules by the ends of their paths.
struct ModulePattern {
  private let key: String
  private let path: String
  private var values: [(module: String, value: Double)] = []

  /// PEFT takes the keys for regular expressions; names, with or without `^` and `\.`, are what is
  /// understood here.
  init(_ json: JSONValue?, key: String, path: String) throws(RuntimeError) {
    self.key = key
    self.path = path
    guard let json, json != .null else { return }
    guard let members = json.object else {
      throw refuse("it is \(json.typeName), expected an object")
    }
    for (pattern, value) in members.sorted(by: { $0.key < $1.key }) {
      guard let number = value.double, number > 0, number <= 65_536 else {
        throw refuse("'\(pattern)' is \(value.canonical), expected a number above 0")
      }
      var name = pattern.replacing("\\.", with: ".")
      if name.hasPrefix("^") { name.removeFirst() }
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isPlain) else {
        throw refuse(
          "'\(pattern)' is a regular expression; write out the modules that it stands for")
      }
      values.append((name, number))
    }
  }

  private func refuse(_ reason: String) -> RuntimeError {
    .adapterNotRepresentable(path: path, key: key, reason: reason)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The number of a module; nil where no key ends its path.
  ///
  /// - Throws: `runtime.adapter_not_representable` where keys contradict each other: PEFT takes the
  ///   first in the file's order, which JSON does not have.
  func value(for module: String) throws(RuntimeError) -> Double? {
    let found = values.filter { module == $0.module || module.hasSuffix(".\($0.module)") }
    guard let first = found.first else { return nil }
    if let other = found.first(where: { $0.value != first.value }) {
      throw refuse("'\(first.module)' and '\(other.module)' both name '\(module)'")
    }
    return first.value
  }
}
