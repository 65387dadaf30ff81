internal import CLlama
internal import Foundation
public import MLOpsCore
public import SystemPackage

/// Rounds a model's weights to fewer bits, by libllama itself.
public struct ModelQuantisation: Sendable {
  /// A mixture of types that libllama knows by name.
  public enum Mixture: String, Sendable, CaseIterable {
    case f16
    case bf16
    case q8_0
    case q6_k
    case q5_k_m
    case q4_k_m
    case q4_0

    var fileType: llama_ftype {
      switch self {
      case .f16: LLAMA_FTYPE_MOSTLY_F16
      case .bf16: LLAMA_FTYPE_MOSTLY_BF16
      case .q8_0: LLAMA_FTYPE_MOSTLY_Q8_0
      case .q6_k: LLAMA_FTYPE_MOSTLY_Q6_K
      case .q5_k_m: LLAMA_FTYPE_MOSTLY_Q5_K_M
      case .q4_k_m: LLAMA_FTYPE_MOSTLY_Q4_K_M
      case .q4_0: LLAMA_FTYPE_MOSTLY_Q4_0
      }
    }
  }

  /// What was written.
  public struct Summary: Sendable, Hashable {
    /// Bytes.
    public let before: Int64
    /// Bytes.
    public let after: Int64
    /// The types of matrices and how many have each.
    public let types: [TensorType: Int]
  }

  private let source: FilePath
  private let mixture: Mixture
  private let threads: Int

  /// - Parameters:
  ///   - source: a model in GGUF whose matrices are floats.
  ///   - threads: nil for one per core.
  public init(source: FilePath, mixture: Mixture, threads: Int? = nil) {
    self.source = source
    self.mixture = mixture
    self.threads = threads ?? Processors.usable
  }

  /// Quantises on a thread of its own; libllama cannot be stopped, so a cancelled task ends with it.
  ///
  /// - Throws: `runtime.malformed_gguf`, `runtime.unsound_model`, `runtime.weights_not_convertible`
  ///   where the model is quantised already or holds values that are no numbers,
  ///   `runtime.load_failed` with libllama's words, `CancellationError`.
  public func run(to output: FilePath, progress: ProgressHandler? = nil) async throws -> Summary {
    try await Blocking.run { [self] in
      let file = try check()
      try quantise(file, to: output, progress)
      let result = try GGUFFile(output)
      try ModelVetting.check(result)
      var types: [TensorType: Int] = [:]
      for tensor in result.tensors where tensor.dimensions.count > 1 {
        types[tensor.type, default: 0] += 1
      }
      return Summary(before: file.size, after: result.size, types: types)
    }
  }

  /// What libllama would abort for, or would do without saying so.
  private func check() throws -> GGUFFile {
    let file = try GGUFFile(source)
    try ModelVetting.check(file)
    func refuse(_ reason: String) -> RuntimeError {
      .weightsNotConvertible(path: source.string, reason: reason)
    }
    guard (1...256).contains(threads) else {
      throw RuntimeError.invalidConfiguration(reason: "threads is \(threads), expected 1 to 256")
    }
    guard file.alignment == 32 else {
      throw refuse("its tensors are aligned to \(file.alignment) bytes, libllama writes 32")
    }
    for tensor in file.tensors where tensor.dimensions.count > 1 {
      guard tensor.type.isFloat else {
        throw refuse(
          "its '\(tensor.name)' is \(tensor.type.label) already, and rounding what was rounded "
            + "loses more than one rounding does; quantise the F32, F16 or BF16 that it was made of"
        )
      }
      for piece in TensorPieces(tensor) {
        let bytes = try FileRange.bytes(
          source, at: piece.offset, count: piece.size, "tensor '\(tensor.name)'")
        guard tensor.type.areFinite(bytes) else {
          throw refuse("its '\(tensor.name)' holds values that are no finite numbers")
        }
      }
    }
    return file
  }

  private func quantise(_ file: GGUFFile, to output: FilePath, _ progress: ProgressHandler?)
    throws(RuntimeError)
  {
    LlamaLibrary.begin()
    var parameters = llama_model_quantize_default_params()
    parameters.ftype = mixture.fileType
    parameters.nthread = Int32(threads)
    let total = Int64(file.tensors.count)
    let (status, words) = LlamaLibrary.lastWords {
      LlamaLibrary.listening({ remark in
        guard let done = Self.tensorNumber(remark) else { return }
        progress?(
          ProgressUpdate(label: "quantising", done: done - 1, total: total, unit: "tensors"))
      }) {
        llama_model_quantize(source.string, output.string, &parameters)
      }
    }
    guard status == 0 else { throw .loadFailed(path: source.string, reason: words) }
  }

  /// The number in `[  12/ 290] blk.0…`; nil for other remarks.
  static func tensorNumber(_ remark: String) -> Int64? {
    guard remark.hasPrefix("["), let slash = remark.firstIndex(of: "/") else { return nil }
    return Int64(remark[..<slash].dropFirst().drop { $0 == " " })
  }
}

extension TensorType {
  /// Whether no element of little-endian floats is an infinity or no number.
  func areFinite(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { source in
      if self == .f32 {
        return source.bindMemory(to: UInt32.self).allSatisfy { $0 & 0x7F80_0000 != 0x7F80_0000 }
      }
      let exponent: UInt16 = self == .f16 ? 0x7C00 : 0x7F80
      return source.bindMemory(to: UInt16.self).allSatisfy { $0 & exponent != exponent }
    }
  }
}
