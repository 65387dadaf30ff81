import CLlama
import MLOpsCore
import ModelRuntime
import SystemPackage

@testable import Training

/// A tiny model made eight times as wide, so that its rows are whole blocks of every type: random
/// numbers in the shapes of a fixture, with the fixture's words.
struct WideModel {
  private static let factor = 8
  private let fixture: GGUFFile
  private let architecture: String
  private let isTied: Bool

  init(_ name: String) throws {
    fixture = try GGUFFile(Reference.path("tiny-\(name).gguf"))
    architecture = fixture["general.architecture"]?.string ?? ""
    isTied = fixture.tensor("output.weight") == nil
  }

  /// In the order of the file.
  var matrices: [String] {
    fixture.tensors.filter { $0.dimensions.count > 1 }.map(\.name)
  }

  /// Writes the model.
  ///
  /// - Parameter type: of each matrix; vectors are F32.
  func write(to path: FilePath, _ type: (String) -> TensorType) throws {
    var writer = GGUFWriter()
    for key in fixture.keys {
      guard let value = fixture[key] else { continue }
      let wide = [
        "embedding_length", "feed_forward_length", "attention.key_length",
        "attention.value_length", "rope.dimension_count",
      ].contains { key == "\(architecture).\($0)" }
      if wide, let number = value.int {
        writer.set(key, .uint32(UInt32(number * Self.factor)))
      } else {
        writer.set(key, value)
      }
    }
    var numbers = NormalNumbers()
    for tensor in fixture.tensors {
      var dimensions = tensor.dimensions
      dimensions[0] *= Self.factor
      guard dimensions.count > 1 else {
        try writer.add(
          tensor.name, dimensions: dimensions, floats: vector(tensor.name, dimensions[0], &numbers))
        continue
      }
      // The vocabulary and the positions stay as many.
      if tensor.name.hasPrefix("blk.") { dimensions[1] *= Self.factor }
      let deviation = 1 / Float(dimensions[0]).squareRoot()
      let values = numbers.rows(dimensions[1], of: dimensions[0], deviation: deviation)
      try writer.add(
        tensor.name, dimensions: dimensions, type: type(tensor.name),
        data: Encoding.bytes(values, rowLength: dimensions[0], type(tensor.name)))
    }
    try writer.write(to: path)
  }

  private func vector(_ name: String, _ count: Int, _ numbers: inout NormalNumbers) -> [Float] {
    // What angles are divided by.
    if name.hasPrefix("rope_") { return (0..<count).map { 1 + 0.1 * Float($0) } }
    let values = numbers.rows(1, of: count, deviation: 0.1)
    return name.contains("norm.weight") ? values.map { 1 + $0 } : values
  }
}

/// Normal numbers, drawn from a stock of them: quick without optimisation, too.
struct NormalNumbers {
  private var generator = SplitMix64(seed: 11)
  private let stock: [Float]

  init() {
    var generator = SplitMix64(seed: 5)
    // Each nearly normal: a sum of twelve even ones.
    stock = (0..<1 << 14).map { _ in
      (0..<12).reduce(Float(-6)) { sum, _ in sum + generator.unitFloat() }
    }
  }

  /// Rows that each begin somewhere in the stock, with a sign of their own.
  mutating func rows(_ count: Int, of length: Int, deviation: Float) -> [Float] {
    let scaled = stock.map { $0 * deviation }
    let turned = stock.map { $0 * -deviation }
    var values: [Float] = []
    values.reserveCapacity(count * length)
    for _ in 0..<count {
      let bits = generator.next()
      let start = Int(bits >> 8) % (stock.count - length)
      values += (bits & 1 == 0 ? scaled : turned)[start..<start + length]
    }
    return values
  }
}

/// Numbers in a file's types, by ggml itself.
enum Encoding {
  /// - Parameter values: whole rows, all of the same importance.
  static func bytes(_ values: [Float], rowLength: Int, _ type: TensorType) -> [UInt8] {
    let importance = [Float](repeating: 1, count: rowLength)
    let size = values.count / type.block.elements * type.block.bytes
    return [UInt8](unsafeUninitializedCapacity: size) { target, count in
      count = ggml_quantize_chunk(
        ggml_type(rawValue: type.rawValue), values, target.baseAddress, 0,
        Int64(values.count / rowLength), Int64(rowLength), importance)
    }
  }

  /// Writes a model whose matrices are F32 and hold the very numbers of another.
  static func expand(_ path: FilePath, to output: FilePath) throws {
    let file = try GGUFFile(path)
    var writer = GGUFWriter()
    for key in file.keys {
      if let value = file[key] { writer.set(key, value) }
    }
    for tensor in file.tensors {
      try writer.add(tensor.name, dimensions: tensor.dimensions, floats: file.floats(of: tensor))
    }
    try writer.write(to: output)
  }
}
