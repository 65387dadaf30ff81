import SystemPackage

/// Decides whether an adapter fits a base model, before libllama sees it.
struct AdapterVetting {
  let adapter: GGUFFile
  let base: GGUFFile

  /// - Throws: `runtime.adapter_mismatch`.
  static func check(_ adapter: GGUFFile, base: GGUFFile) throws(RuntimeError) {
    let vetting = AdapterVetting(adapter: adapter, base: base)
    try vetting.checkMetadata()
    try vetting.checkPairs()
  }

  private func mismatch(_ reason: String) -> RuntimeError {
    .adapterMismatch(path: adapter.path.string, reason: reason)
  }

  private func checkMetadata() throws(RuntimeError) {
    guard adapter["general.type"]?.string == "adapter", adapter["adapter.type"]?.string == "lora"
    else { throw mismatch("it does not say that it is a LoRA adapter") }
    let own = adapter["general.architecture"]?.string ?? ""
    let expected = base["general.architecture"]?.string ?? ""
    guard own == expected else {
      throw mismatch("it was made for architecture '\(own)', the model is '\(expected)'")
    }
    guard case .float32(let alpha)? = adapter["adapter.lora.alpha"], alpha.isFinite, alpha > 0
    else {
      throw mismatch("adapter.lora.alpha is no 32-bit number above zero")
    }
    guard adapter["adapter.alora.invocation_tokens"] == nil else {
      throw mismatch("it is an activated LoRA, which is not supported")
    }
  }

  private func checkPairs() throws(RuntimeError) {
    guard !adapter.tensors.isEmpty else { throw mismatch("it holds no tensors") }
    for tensor in adapter.tensors {
      guard tensor.name.hasSuffix(".lora_a") || tensor.name.hasSuffix(".lora_b") else {
        throw mismatch("tensor '\(tensor.name)' is neither the A nor the B of a pair")
      }
      let target = String(tensor.name.dropLast(7))
      guard !target.contains(".lora_"), let a = adapter.tensor("\(target).lora_a"),
        let b = adapter.tensor("\(target).lora_b")
      else { throw mismatch("'\(target)' has not both lora_a and lora_b") }
      guard let weight = base.tensor(target) else {
        throw mismatch("the model has no tensor '\(target)'")
      }
      if tensor.name == a.name { try checkShapes(target, weight, a, b) }
    }
  }

  /// A is `[in, rank]` and B `[rank, out]` in ggml's order, rows first; for the token embedding,
  /// whose rows are looked up, A is `[rank, vocabulary]` and B `[rank, width]`.
  private func checkShapes(
    _ target: String, _ weight: GGUFFile.Tensor, _ a: GGUFFile.Tensor, _ b: GGUFFile.Tensor
  ) throws(RuntimeError) {
    guard weight.dimensions.count == 2, a.dimensions.count == 2, b.dimensions.count == 2 else {
      throw mismatch("'\(target)' and its pair are not all matrices")
    }
    guard a.type.holdsWeights, b.type.holdsWeights else {
      throw mismatch("'\(target)' has a type that weights cannot have")
    }
    let isEmbedding = target.hasSuffix("token_embd.weight")
    let rank = b.dimensions[0]
    let expectedA = isEmbedding ? [rank, weight.dimensions[1]] : [weight.dimensions[0], rank]
    let expectedB = [rank, weight.dimensions[isEmbedding ? 0 : 1]]
    guard a.dimensions == expectedA, b.dimensions == expectedB else {
      throw mismatch(
        "the pair of '\(target)' has shapes \(a.dimensions) and \(b.dimensions), "
          + "expected \(expectedA) and \(expectedB)")
    }
  }
}

extension GGUFFile {
  /// Makes sure that this is a LoRA adapter each of whose pairs fits a tensor of `base`.
  ///
  /// - Throws: `runtime.adapter_mismatch`.
  public func checkFits(_ base: GGUFFile) throws(RuntimeError) {
    try AdapterVetting.check(self, base: base)
  }
}
