import ModelRuntime

/// Where the gradient of a tensor that is itself trained is added up.
struct GradientSlot {
  /// F32, the gradient of all parameters.
  let vector: GraphTensor
  /// Where the tensor's begins, in elements.
  let offset: Int
}

/// Where a model's tensors are taken from.
protocol DenseTensors {
  /// The file in which products read weights that were not converted; nil for none.
  var mapped: MappedFile? { get }
  /// - Parameters:
  ///   - shape: `[in, out]`.
  ///   - isTable: whether single rows are looked up and nothing is multiplied.
  func matrix(_ name: String, _ shape: TensorShape, isTable: Bool) throws -> FrozenMatrix
  /// F32; its numbers are there after `load`.
  func vector(_ name: String, _ count: Int) throws -> GraphTensor
  /// Where a tensor's gradient goes; nil for one that is not trained.
  func slot(_ name: String) -> GradientSlot?
  /// Called once, when all tensors were named.
  func load() throws
}

/// The tensors of a model that is trained whole: they lie in the vector of parameters, or in the copy
/// of it that products read, which changes between two steps and not during one.
final class TrainedTensors: DenseTensors {
  let layout: FullLayout
  let parameters: DenseParameters

  /// - Parameter element: of products.
  init(_ layout: FullLayout, element: GraphElement, on backend: ComputeBackend) throws {
    self.layout = layout
    parameters = try DenseParameters(
      layout, element: element,
      parts: layout.entries.filter { !$0.role.isMatrix }.map { ($0.name, $0.offset, $0.shape) },
      on: backend)
  }

  var mapped: MappedFile? { nil }

  func matrix(_ name: String, _ shape: TensorShape, isTable: Bool) throws -> FrozenMatrix {
    let numbers = parameters.narrowed.narrowed
    guard let entry = layout[name], entry.role.isMatrix, entry.shape == shape,
      let memory = numbers.memory
    else { throw Self.missing(name) }
    return FrozenMatrix(
      plain: UnsafeRawPointer(memory) + entry.offset * numbers.element.size, inputs: shape[0],
      outputs: shape[1], element: numbers.element, owner: parameters)
  }

  func vector(_ name: String, _ count: Int) throws -> GraphTensor {
    guard let part = parameters.parts[name], part.shape == TensorShape(count) else {
      throw Self.missing(name)
    }
    return part
  }

  func slot(_ name: String) -> GradientSlot? {
    layout[name].map { GradientSlot(vector: parameters.gradient, offset: $0.offset) }
  }

  /// Parameters are written when training begins.
  func load() throws {}

  private static func missing(_ name: String) -> TrainingError {
    .unusableBase(reason: "its tensor '\(name)' is not among those that are trained")
  }
}
