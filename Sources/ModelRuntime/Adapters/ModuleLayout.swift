/// How one architecture's weights are called, and turned, in GGUF and in Hugging Face's modules.
///
/// The facts are those of llama.cpp's converters (`conversion/*.py`, `gguf-py/gguf/tensor_mapping.py`).
struct ModuleLayout: Sendable {
  /// The order of a weight's output rows in GGUF.
  enum Rows: Sendable {
    case same
    /// Rotary pairs lie side by side in GGUF and half a head apart in Hugging Face's modules.
    case rotaryQuery
    /// As `rotaryQuery`, with the heads of keys.
    case rotaryKey
  }

  /// One weight of a block.
  struct Weight: Sendable {
    /// The name in GGUF between `blk.N.` and `.weight`.
    let tensor: String
    /// The path of the module below its layer.
    let module: String
    var rows = Rows.same
  }

  /// GGUF's `general.architecture`.
  let architecture: String
  /// The path of the list of layers; the first is what is written, all are read.
  let layers: [String]
  let weights: [Weight]
  /// Whether the modules keep their weights as `[in, out]` (GPT-2's Conv1D). PEFT's own A and B are
  /// laid out as for any other module.
  var fanInFanOut = false

  private static let attention = [
    Weight(tensor: "attn_q", module: "self_attn.q_proj"),
    Weight(tensor: "attn_k", module: "self_attn.k_proj"),
    Weight(tensor: "attn_v", module: "self_attn.v_proj"),
    Weight(tensor: "attn_output", module: "self_attn.o_proj"),
  ]
  private static let gatedFeedForward = [
    Weight(tensor: "ffn_gate", module: "mlp.gate_proj"),
    Weight(tensor: "ffn_up", module: "mlp.up_proj"),
    Weight(tensor: "ffn_down", module: "mlp.down_proj"),
  ]
  private static let plainLayers = ["model.layers"]
  /// With the towers of the models that also see.
  private static let gemmaLayers = [
    "model.layers", "model.language_model.layers", "language_model.model.layers",
  ]

  static let all = [
    ModuleLayout(
      architecture: "llama", layers: plainLayers,
      weights: [
        Weight(tensor: "attn_q", module: "self_attn.q_proj", rows: .rotaryQuery),
        Weight(tensor: "attn_k", module: "self_attn.k_proj", rows: .rotaryKey),
      ] + attention.dropFirst(2) + gatedFeedForward),
    ModuleLayout(
      architecture: "qwen2", layers: plainLayers, weights: attention + gatedFeedForward),
    ModuleLayout(
      architecture: "qwen3", layers: plainLayers, weights: attention + gatedFeedForward),
    ModuleLayout(
      architecture: "gemma", layers: plainLayers, weights: attention + gatedFeedForward),
    ModuleLayout(
      architecture: "gemma2", layers: plainLayers, weights: attention + gatedFeedForward),
    ModuleLayout(
      architecture: "gemma3", layers: gemmaLayers, weights: attention + gatedFeedForward),
    ModuleLayout(
      architecture: "phi3", layers: plainLayers,
      weights: [
        Weight(tensor: "attn_qkv", module: "self_attn.qkv_proj"),
        Weight(tensor: "attn_output", module: "self_attn.o_proj"),
        Weight(tensor: "ffn_up", module: "mlp.gate_up_proj"),
        Weight(tensor: "ffn_down", module: "mlp.down_proj"),
      ]),
    ModuleLayout(
      architecture: "gpt2", layers: ["transformer.h"],
      weights: [
        Weight(tensor: "attn_qkv", module: "attn.c_attn"),
        Weight(tensor: "attn_output", module: "attn.c_proj"),
        Weight(tensor: "ffn_up", module: "mlp.c_fc"),
        Weight(tensor: "ffn_down", module: "mlp.c_proj"),
      ], fanInFanOut: true),
  ]

  /// The layout of an architecture; nil where it is not known.
  static func of(_ architecture: String) -> ModuleLayout? {
    all.first { $0.architecture == architecture }
  }
}

extension ModuleLayout {
  /// A weight found on the other side.
  struct Place: Equatable {
    /// Such as `blk.0.attn_q.weight`.
    let tensor: String
    /// Such as `model.layers.0.self_attn.q_proj`.
    let module: String
    let rows: Rows
    /// What `target_modules` calls it in every layer: `q_proj`, `attn.c_proj`.
    let shortName: String
  }

  /// Where the module of a GGUF tensor is; nil for tensors that no module has.
  func place(tensor: String) -> Place? {
    if tensor == "output.weight" {
      return Place(tensor: tensor, module: "lm_head", rows: .same, shortName: "lm_head")
    }
    let parts = tensor.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "blk", let block = Self.number(parts[1]),
      parts[3] == "weight", let weight = weights.first(where: { $0.tensor == parts[2] })
    else { return nil }
    return place(weight, block: block)
  }

  /// Which GGUF tensor a module's weight is; nil where it is none that an adapter can reach.
  func place(module: String) -> Place? {
    if module == "lm_head" { return place(tensor: "output.weight") }
    for layers in layers where module.hasPrefix("\(layers).") {
      let rest = module.dropFirst(layers.count + 1)
      guard let dot = rest.firstIndex(of: "."), let block = Self.number(rest[..<dot]),
        let weight = weights.first(where: { $0.module == rest[rest.index(after: dot)...] })
      else { continue }
      return place(weight, block: block)
    }
    return nil
  }

  private func place(_ weight: Weight, block: Int) -> Place {
    let last = weight.module.split(separator: ".").last.map(String.init) ?? weight.module
    let isUnique = weights.filter { $0.module.hasSuffix(".\(last)") }.count == 1
    return Place(
      tensor: "blk.\(block).\(weight.tensor).weight",
      module: "\(layers[0]).\(block).\(weight.module)", rows: weight.rows,
      shortName: isUnique ? last : weight.module)
  }

  /// A whole number in its only spelling, up to 9999.
  private static func number(_ text: Substring) -> Int? {
    guard let number = Int(text), (0..<10_000).contains(number), String(number) == text else {
      return nil
    }
    return number
  }
}
