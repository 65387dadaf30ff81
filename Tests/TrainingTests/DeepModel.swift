import Foundation
import ModelRuntime
import SystemPackage

/// A tiny model with its blocks repeated: what memory takes for each block shows in deep ones only.
enum DeepModel {
  /// Writes a model of so many blocks, made of those of a fixture.
  static func write(_ name: String, blocks: Int, to path: FilePath) throws {
    let source = Reference.path("tiny-\(name).gguf")
    let file = try GGUFFile(source)
    let bytes = try Data(contentsOf: URL(filePath: source.string))
    var writer = GGUFWriter()
    for key in file.keys {
      if let value = file.metadata[key] {
        writer.set(key, key.hasSuffix(".block_count") ? .uint32(UInt32(blocks)) : value)
      }
    }
    func add(_ tensor: GGUFFile.Tensor, as name: String) throws {
      let place = Int(tensor.offset)..<Int(tensor.offset + tensor.size)
      try writer.add(
        name, dimensions: tensor.dimensions, type: tensor.type, data: [UInt8](bytes[place]))
    }
    let own = Set(file.tensors.compactMap { Self.block(of: $0.name) }).count
    for tensor in file.tensors {
      guard let block = Self.block(of: tensor.name) else {
        try add(tensor, as: tensor.name)
        continue
      }
      let rest = tensor.name.drop { $0 != "." }.dropFirst().drop { $0 != "." }
      for copy in stride(from: block, to: blocks, by: own) {
        try add(tensor, as: "blk.\(copy)\(rest)")
      }
    }
    try writer.write(to: path)
  }

  private static func block(of name: String) -> Int? {
    guard name.hasPrefix("blk.") else { return nil }
    return Int(name.dropFirst(4).prefix { $0 != "." })
  }
}
