public import SystemPackage

/// A LoRA adapter's pairs of matrices in F32, in memory, as llama.cpp applies them:
/// `W·x + (alpha / rank) · B·(A·x)`.
public struct LoRAWeights: Sendable, Equatable {
  /// The update of one weight.
  public struct Pair: Sendable, Equatable {
    /// The adapted tensor's name in GGUF, such as `blk.0.attn_q.weight`.
    public let weight: String
    public let rank: Int
    /// The length of the weight's input.
    public let inputs: Int
    /// The length of the weight's output.
    public let outputs: Int
    /// A, `rank` rows of `inputs`.
    public var a: [Float]
    /// B, `outputs` rows of `rank`.
    public var b: [Float]
  }

  /// GGUF's `general.architecture`.
  public let architecture: String
  /// Above 0.
  public let alpha: Float
  /// Each weight once.
  public let pairs: [Pair]
  /// The SHA-256 of the GGUF file of the base, in hexadecimal digits, where the adapter names it.
  public var baseDigest: String?

  /// The metadata key that names the base, in GGUF and in safetensors.
  public static let baseKey = "mlops.base.sha256"

  public init(architecture: String, alpha: Float, pairs: [Pair], baseDigest: String? = nil) {
    self.architecture = architecture
    self.alpha = alpha
    self.pairs = pairs
    self.baseDigest = baseDigest
  }

  /// Reads a GGUF adapter that fits a base.
  ///
  /// - Throws: `runtime.adapter_mismatch`, `runtime.adapter_not_representable` for the pair of a token
  ///   embedding, whose matrices are the other way round; `runtime.file_unreadable`.
  public init(_ file: GGUFFile, base: GGUFFile) throws {
    try AdapterVetting.check(file, base: base)
    architecture = file["general.architecture"]?.string ?? ""
    alpha = Float(file["adapter.lora.alpha"]?.double ?? 0)
    baseDigest = file[Self.baseKey]?.string
    pairs = try file.tensors.filter { $0.name.hasSuffix(".lora_a") }.map {
      try Pair(of: String($0.name.dropLast(7)), in: file)
    }
  }

  /// As a GGUF file, pairs by name: equal weights give equal bytes, whatever their order.
  ///
  /// - Throws: `runtime.file_unwritable`.
  public func write(to path: FilePath) throws(RuntimeError) {
    var writer = GGUFWriter()
    writer.set("general.architecture", .string(architecture))
    writer.set("general.type", .string("adapter"))
    writer.set("adapter.type", .string("lora"))
    writer.set("adapter.lora.alpha", .float32(alpha))
    if let baseDigest { writer.set(Self.baseKey, .string(baseDigest)) }
    for pair in pairs.sorted(by: { $0.weight < $1.weight }) {
      try writer.add(
        "\(pair.weight).lora_a", dimensions: [pair.inputs, pair.rank], floats: pair.a)
      try writer.add(
        "\(pair.weight).lora_b", dimensions: [pair.rank, pair.outputs], floats: pair.b)
    }
    try writer.write(to: path)
  }
}

extension LoRAWeights.Pair {
  /// Reads the pair of one weight from a vetted adapter.
  init(of weight: String, in file: GGUFFile) throws {
    guard !weight.hasSuffix("token_embd.weight"), let a = file.tensor("\(weight).lora_a"),
      let b = file.tensor("\(weight).lora_b")
    else {
      throw RuntimeError.adapterNotRepresentable(
        path: file.path.string, key: "\(weight).lora_a",
        reason: "it adapts the token embedding, which only llama.cpp itself can apply")
    }
    self.weight = weight
    rank = b.dimensions[0]
    inputs = a.dimensions[0]
    outputs = b.dimensions[1]
    self.a = try file.floats(of: a)
    self.b = try file.floats(of: b)
    guard self.a.allSatisfy(\.isFinite), self.b.allSatisfy(\.isFinite) else {
      throw RuntimeError.adapterNotRepresentable(
        path: file.path.string, key: "\(weight).lora_a",
        reason: "the pair holds values that are no finite numbers")
    }
  }
}
