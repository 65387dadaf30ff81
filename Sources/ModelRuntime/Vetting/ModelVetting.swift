import SystemPackage

/// Decides whether libllama may see a model at all.
///
/// libllama reports most contradictions by returning nothing, but some by aborting the process
/// (GGML_ASSERT). Each check here stands for one of those, so that a damaged or hostile file ends in
/// a sentence. What libllama itself reports politely is left to it.
struct ModelVetting {
  let file: GGUFFile
  let architecture: String

  /// - Throws: `runtime.unsound_model`, `runtime.wrong_purpose`.
  static func check(_ file: GGUFFile, vocabularyOnly: Bool = false) throws(RuntimeError) {
    guard let architecture = file["general.architecture"]?.string, !architecture.isEmpty else {
      throw .unsoundModel(path: file.path.string, reason: "general.architecture is missing")
    }
    guard file["general.type"]?.string != "adapter" else {
      throw .wrongPurpose(path: file.path.string, reason: "it is an adapter, not a model")
    }
    let vetting = ModelVetting(file: file, architecture: architecture)
    if let count = file["split.count"], count.int != 1 {
      throw vetting.unsound("it is one part of a split model; merge the parts first")
    }
    try VocabularyVetting(vetting).check()
    if vocabularyOnly { return }
    try vetting.checkShape()
    try vetting.checkTensors()
  }

  func unsound(_ reason: String) -> RuntimeError {
    .unsoundModel(path: file.path.string, reason: reason)
  }

  // MARK: Numbers

  /// `<architecture>.<key>` as a number in `range`; nil where it is absent.
  func number(_ key: String, in range: ClosedRange<Int>) throws(RuntimeError) -> Int? {
    let full = "\(architecture).\(key)"
    guard let value = file[full] else { return nil }
    guard value.type == .uint32, let number = value.int, range.contains(number) else {
      throw unsound("\(full) is no 32-bit number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func required(_ key: String, in range: ClosedRange<Int>) throws(RuntimeError) -> Int {
    guard let value = try number(key, in: range) else {
      throw unsound("\(architecture).\(key) is missing")
    }
    return value
  }

  /// `<architecture>.<key>` as a finite number above (or at) zero; nil where it is absent.
  private func positive(_ key: String, orZero: Bool = false) throws(RuntimeError) {
    let full = "\(architecture).\(key)"
    guard let value = file[full] else { return }
    guard case .float32(let number) = value, number.isFinite, number > 0 || (orZero && number == 0)
    else { throw unsound("\(full) is no finite 32-bit number above zero") }
  }

  /// A number for each block, or one for all.
  private func perBlock(_ key: String, blocks: Int, in range: ClosedRange<Int>) throws(RuntimeError)
    -> [Int]?
  {
    let full = "\(architecture).\(key)"
    guard case .array(let array)? = file[full] else {
      return try number(key, in: range).map { Array(repeating: $0, count: blocks) }
    }
    guard array.elementType == .uint32 || array.elementType == .int32,
      let values = array.integers, values.count == blocks,
      values.allSatisfy({ $0 >= range.lowerBound && $0 <= range.upperBound })
    else { throw unsound("\(full) has not one number for each of the \(blocks) blocks") }
    return values.map { Int($0) }
  }

  // MARK: Checks

  private func checkShape() throws(RuntimeError) {
    let blocks = try required("block_count", in: 1...512)
    let width = try required("embedding_length", in: 1...(1 << 20))
    _ = try required("context_length", in: 1...(1 << 28))
    _ = try perBlock("feed_forward_length", blocks: blocks, in: 0...(1 << 24))
    for key in [
      "rope.freq_base", "attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon",
    ] { try positive(key, orZero: key.hasSuffix("epsilon")) }
    for key in ["rope.scaling.factor", "rope.scale_linear"] { try positive(key, orZero: true) }
    if let scaling = file["\(architecture).rope.scaling.type"] {
      guard let name = scaling.string, ["none", "linear", "yarn", "longrope"].contains(name) else {
        throw unsound("\(architecture).rope.scaling.type is none of none, linear, yarn, longrope")
      }
    }
    try checkExperts(blocks: blocks)
    if let ahead = try number("nextn_predict_layers", in: 0...512), ahead > blocks {
      throw unsound("it predicts with more layers than the \(blocks) it has")
    }
    _ = try number("pooling_type", in: 0...4)
    try checkHeads(blocks: blocks, width: width)
  }

  private func checkExperts(blocks: Int) throws(RuntimeError) {
    let experts = try number("expert_count", in: 0...512) ?? 0
    let used = try perBlock("expert_used_count", blocks: blocks, in: 0...512)?.max() ?? 0
    let groups = try number("expert_group_count", in: 0...512) ?? 0
    let groupsUsed = try number("expert_group_used_count", in: 0...512) ?? 0
    let sound =
      experts == 0
      ? used == 0 && groups == 0
      : (1...experts).contains(used) && groups < experts
        && (groups <= 1
          || experts.isMultiple(of: groups) && groupsUsed > 0 && groupsUsed < groups)
    guard sound else { throw unsound("the numbers of its experts contradict each other") }
  }

  private func checkHeads(blocks: Int, width: Int) throws(RuntimeError) {
    guard let heads = try perBlock("attention.head_count", blocks: blocks, in: 0...(1 << 14)),
      let first = heads.first, first > 0
    else { return }
    let groups = try perBlock("attention.head_count_kv", blocks: blocks, in: 0...(1 << 14)) ?? heads
    for (heads, groups) in zip(heads, groups) where heads > 0 && groups > 0 {
      guard heads.isMultiple(of: groups) else {
        throw unsound("\(heads) heads cannot share \(groups) key-value heads")
      }
    }
    let key = try number("attention.key_length", in: 1...8192)
    let value = try number("attention.value_length", in: 1...8192)
    guard key != nil || width.isMultiple(of: first) else {
      throw unsound("an embedding of \(width) cannot be divided among \(first) heads")
    }
    let head = key ?? width / first
    let rope = try number("rope.dimension_count", in: 0...8192)
    guard ["llama", "qwen2", "qwen3", "bert", "gpt2"].contains(architecture) else { return }
    guard heads.allSatisfy({ $0 == first }), groups.allSatisfy({ $0 == groups[0] && $0 > 0 }) else {
      throw unsound("its blocks have different numbers of heads")
    }
    guard value ?? (width / first) == head else {
      throw unsound("its keys of \(head) and values of \(value ?? width / first) differ in length")
    }
    if ["llama", "qwen2", "qwen3"].contains(architecture) {
      guard rope ?? head == head, head.isMultiple(of: 2) else {
        throw unsound(
          "\(architecture).rope.dimension_count is \(rope ?? head), expected the even \(head) of a head"
        )
      }
    }
  }

  private func checkTensors() throws(RuntimeError) {
    guard !file.tensors.isEmpty else { throw unsound("it has no tensors, only a vocabulary") }
    for tensor in file.tensors {
      let isMatrix = tensor.dimensions.dropFirst().contains { $0 > 1 }
      guard isMatrix ? tensor.type.holdsWeights : [.f32, .f16, .bf16].contains(tensor.type) else {
        throw unsound(
          "tensor '\(tensor.name)' has type \(tensor.type.label), which weights cannot have")
      }
    }
    let vocabulary = file["tokenizer.ggml.tokens"]?.array?.count ?? 0
    let width = try required("embedding_length", in: 1...(1 << 20))
    guard let embedding = file.tensor("token_embd.weight") else {
      throw unsound("tensor 'token_embd.weight' is missing")
    }
    guard embedding.dimensions == [width, vocabulary] else {
      throw unsound(
        "tensor 'token_embd.weight' has shape \(embedding.dimensions), "
          + "expected [\(width), \(vocabulary)]")
    }
    for tensor in file.tensors where tensor.name.hasSuffix("norm.weight") {
      guard tensor.type == .f32 else {
        throw unsound("tensor '\(tensor.name)' has type \(tensor.type.label), expected F32")
      }
    }
  }
}
