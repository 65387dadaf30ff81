import Dispatch
import SystemPackage

/// The low-rank update of one weight, added to its rows as they come.
struct RowUpdate {
  private let pair: LoRAWeights.Pair
  private let scale: Float
  private let source: TensorType
  private let encoder: WeightEncoder
  private let path: String

  init(
    of tensor: GGUFFile.Tensor, in base: GGUFFile, by adapter: GGUFFile, alpha: Float,
    as encoder: WeightEncoder
  ) throws {
    pair = try LoRAWeights.Pair(of: tensor.name, in: adapter)
    scale = alpha / Float(pair.rank)
    source = tensor.type
    self.encoder = encoder
    path = base.path.string
  }

  /// Stored rows of the base as stored rows of the merged weight.
  ///
  /// - Parameter rows: which of the weight's they are.
  /// - Throws: `runtime.weights_not_convertible` where a value would be no finite number.
  func merged(_ bytes: [UInt8], rows: Range<Int>) throws(RuntimeError) -> [UInt8] {
    var values = floats(bytes, count: rows.count * pair.inputs)
    add(to: &values, rows: rows)
    guard encoder.holds(values) else {
      throw .weightsNotConvertible(
        path: path,
        reason: "'\(pair.weight)' would have values that \(encoder.type.label) cannot hold")
    }
    return encoder.bytes(values, rowLength: pair.inputs)
  }

  private func floats(_ bytes: [UInt8], count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { target, initialised in
      bytes.withUnsafeBytes { source in
        if let dequantiser = Dequantiser(self.source), let address = source.baseAddress,
          let first = target.baseAddress
        {
          dequantiser.floats(address, count: count, into: first)
        } else {
          UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        }
      }
      initialised = count
    }
  }

  /// Adds `scale · B·A`, each row on whichever core is free.
  private func add(to values: inout [Float], rows: Range<Int>) {
    let (inputs, rank, scale) = (pair.inputs, pair.rank, scale)
    values.withUnsafeMutableBufferPointer { values in
      pair.a.withUnsafeBufferPointer { a in
        pair.b.withUnsafeBufferPointer { b in
          guard let values = values.baseAddress, let a = a.baseAddress, let b = b.baseAddress
          else { return }
          // Rows are disjoint, A and B are only read.
          nonisolated(unsafe) let (target, down, up) = (values, a, b)
          DispatchQueue.concurrentPerform(iterations: rows.count) { row in
            let own = target + row * inputs
            let factors = up + (rows.lowerBound + row) * rank
            for index in 0..<rank {
              let factor = scale * factors[index]
              let source = down + index * inputs
              for column in 0..<inputs { own[column] += factor * source[column] }
            }
          }
        }
      }
    }
  }
}
