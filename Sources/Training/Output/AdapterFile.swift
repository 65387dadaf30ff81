import Foundation
import ModelRuntime
import SystemPackage

/// An adapter as llama.cpp loads it.
///
/// `A` is written as `[in, rank]` and `B` as `[rank, out]` (ggml's order, rows first), so that
/// llama.cpp computes `W·x + (alpha / rank) · B·(A·x)`.
enum AdapterFile {
  /// Writes a GGUF adapter; equal parameters give equal bytes.
  static func write(
    _ values: [Float], layout: AdapterLayout, architecture: String, alpha: Float, to path: FilePath
  ) throws {
    var writer = GGUFWriter()
    writer.set("general.architecture", .string(architecture))
    writer.set("general.type", .string("adapter"))
    writer.set("adapter.type", .string("lora"))
    writer.set("adapter.lora.alpha", .float32(alpha))
    for entry in layout.entries {
      let (a, b) = layout.slices(of: entry, in: values)
      try writer.add(
        "\(entry.weightName).lora_a", dimensions: [entry.inputs, layout.rank], floats: a)
      try writer.add(
        "\(entry.weightName).lora_b", dimensions: [layout.rank, entry.outputs], floats: b)
    }
    try writer.write(to: path)
  }
}

extension AdapterLayout {
  /// The values of one pair.
  func slices(of entry: Entry, in values: [Float]) -> (a: [Float], b: [Float]) {
    let middle = bOffset(entry)
    return (
      Array(values[entry.offset..<middle]),
      Array(values[middle..<middle + rank * entry.outputs])
    )
  }
}
