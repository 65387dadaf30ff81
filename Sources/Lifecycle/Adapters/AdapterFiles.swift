import JSON
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage

/// The files of an adapter's version: `adapter.gguf`, which serves, and `peft/`, the same for Python.
///
/// An adapter whose modules Hugging Face's model does not have comes without `peft/`.
struct AdapterFiles {
  /// The folder of PEFT's files in a version.
  static let peftFolder = "peft"

  let sources: [SourceFile]
  /// What is recognised in the GGUF.
  let metadata: [String: JSONValue]

  /// Takes an adapter that was just made for a base: its GGUF will name the base's file.
  ///
  /// - Parameters:
  ///   - gguf: replaced in place; the folder beside it takes PEFT's files.
  ///   - dropout: what it was trained with, for PEFT's record.
  init(gguf: FilePath, base: VersionRecord, dropout: Double, registry: Registry) throws {
    let baseFile = try GGUFFile(ReleaseFiles.gguf(base, in: registry))
    var weights = try LoRAWeights(GGUFFile(gguf), base: baseFile)
    weights.baseDigest = try ReleaseFiles.ggufContent(of: base).digest.hex
    try weights.write(to: gguf)
    try self.init(weights, gguf: gguf, base: baseFile, dropout: dropout)
  }

  /// Takes an adapter's GGUF as it is, and writes PEFT's files beside it.
  ///
  /// - Parameter weights: nil where the adapter has pairs that only llama.cpp can apply.
  init(_ weights: LoRAWeights?, gguf: FilePath, base: GGUFFile, dropout: Double = 0) throws {
    let folder = gguf.removingLastComponent().appending(Self.peftFolder)
    var peft: FilePath?
    if let weights, PEFTFolder.knows(architecture: weights.architecture) {
      do {
        try PEFTFolder.write(weights, base: base, dropout: dropout, to: folder)
        peft = folder
      } catch RuntimeError.adapterNotRepresentable {
        // A tensor that only llama.cpp's graph has: the GGUF says all of it.
      }
    }
    try self.init(gguf: gguf, peft: peft)
  }

  /// Takes files that are there.
  ///
  /// - Parameter peft: a folder with PEFT's two files, which are taken as they are.
  init(gguf: FilePath, peft: FilePath?) throws {
    var sources = [
      SourceFile(
        path: try ContentPath("adapter.gguf"), content: .file(gguf), mediaType: MediaType.gguf)
    ]
    for name in [PEFTFolder.configurationName, PEFTFolder.weightsName] {
      guard let peft else { break }
      sources.append(
        SourceFile(
          path: try ContentPath("\(Self.peftFolder)/\(name)"),
          content: .file(peft.appending(name)), mediaType: MediaType.guess(name)))
    }
    self.sources = sources
    metadata = ["gguf": try GGUFFile(gguf).summary.json]
  }
}
