import Foundation
import ModelRuntime

/// Makes matrices of a file's tensors.
struct MatrixLoader {
  let file: GGUFFile
  let mapped: MappedFile
  /// What products compute with.
  let element: GraphElement
  /// Whether weights that products cannot read stay as the file has them.
  let keepsPacked: Bool
  /// How many threads expand a weight.
  let threads: Int

  /// - Parameters:
  ///   - shape: `[in, out]`.
  ///   - isTable: whether single rows are looked up and nothing is multiplied; then nothing is
  ///     expanded.
  /// - Throws: `TrainingError.unusableBase`.
  func matrix(_ name: String, _ shape: TensorShape, isTable: Bool = false) throws -> FrozenMatrix {
    guard let tensor = file.tensor(name), tensor.dimensions == [shape[0], shape[1]] else {
      throw TrainingError.unusableBase(
        reason: "its tensor '\(name)' must have the shape \(shape); found "
          + (file.tensor(name).map { "\($0.dimensions)" } ?? "none"))
    }
    guard let base = mapped.bytes.baseAddress, mapped.bytes.count == file.size else {
      throw TrainingError.unusableBase(reason: "its file changed while it was read")
    }
    let bytes = base + Int(tensor.offset)
    let (inputs, outputs) = (shape[0], shape[1])
    if element.reads(tensor.type) {
      return FrozenMatrix(
        plain: bytes, inputs: inputs, outputs: outputs, element: element, owner: mapped)
    }
    guard let reader = WeightReader(tensor.type) else {
      throw TrainingError.unusableBase(
        reason: "its tensor '\(name)' has the type \(tensor.type.label), which holds no weights")
    }
    let stored = StoredRows(bytes, reader, inputs: inputs, owner: mapped)
    var expanded: ExpandedMatrix?
    if !keepsPacked, !isTable {
      expanded = ExpandedMatrix(
        stored, inputs: inputs, outputs: outputs, element, threads: threads)
      mapped.release(Int(tensor.offset)..<Int(tensor.offset + tensor.size))
    }
    return FrozenMatrix(
      stored, inputs: inputs, outputs: outputs, element: element, expanded: expanded)
  }
}

/// A matrix in memory, in the element of products.
final class ExpandedMatrix: @unchecked Sendable {
  /// Written before it is handed on, and never again.
  let bytes: UnsafeRawPointer

  init(_ stored: StoredRows, inputs: Int, outputs: Int, _ element: GraphElement, threads: Int) {
    let pitch = inputs * element.size
    nonisolated(unsafe) let target = UnsafeMutableRawPointer.allocate(
      byteCount: max(outputs * pitch, 1), alignment: 64)
    DispatchQueue.concurrentPerform(iterations: threads) { part in
      let floats = UnsafeMutablePointer<Float>.allocate(capacity: inputs)
      defer { floats.deallocate() }
      for row in outputs * part / threads..<outputs * (part + 1) / threads {
        stored.read(row, 0..<inputs, into: target + row * pitch, element, through: floats)
      }
    }
    bytes = UnsafeRawPointer(target)
  }

  deinit { bytes.deallocate() }
}

extension GraphElement {
  /// Whether products read numbers of a file's type as they are.
  func reads(_ type: TensorType) -> Bool { type == (self == .bf16 ? .bf16 : .f32) }
}
