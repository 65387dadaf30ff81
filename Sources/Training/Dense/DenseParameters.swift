import Kernels
import ModelRuntime

/// The vector of everything that is trained, its gradient, and what products read of it.
final class DenseParameters {
  let layout: any ParameterLayout
  /// F32.
  let vector: GraphTensor
  /// F32: what each run of a step adds to.
  let gradient: GraphTensor
  let narrowed: NarrowedParameters
  /// Stretches of the vector that kernels read in F32, by the name of the tensor that each is.
  let parts: [String: GraphTensor]
  private let arena: TensorArena

  /// - Parameters:
  ///   - element: of products.
  ///   - parts: tensors that kernels read in F32.
  init(
    _ layout: any ParameterLayout, element: GraphElement,
    parts: [(name: String, offset: Int, shape: TensorShape)] = [], on backend: ComputeBackend
  ) throws {
    self.layout = layout
    arena = try TensorArena(capacity: 3 + parts.count, on: backend)
    let vector = try arena.tensor(layout.shape, name: "parameters")
    self.vector = vector
    gradient = try arena.tensor(layout.shape, name: "gradient")
    narrowed = NarrowedParameters(
      parameters: vector,
      narrowed: try element == .f32
        ? vector : arena.tensor(layout.shape, element, name: "narrowed"),
      extent: layout.extent)
    self.parts = Dictionary(
      uniqueKeysWithValues: try parts.map { [arena] part in
        (part.name, try arena.part(of: vector, at: part.offset, as: part.shape))
      })
    try arena.allocate()
  }
}

/// The parameters, and what products read of them: a copy in their element, or the F32 itself.
struct NarrowedParameters {
  /// F32.
  let parameters: GraphTensor
  let narrowed: GraphTensor
  /// Elements that hold parameters.
  let extent: Int

  /// Brings the copy up to date, first of all in a graph.
  func refresh(on graph: TensorGraph) throws {
    guard narrowed.element != .f32 else { return }
    let (element, extent) = (narrowed.element, extent)
    try graph.compute(
      graph.kernel("refresh", updating: narrowed, inputs: [parameters]) { call in
        let share = call.share(of: extent, step: 1024)
        Rows.narrow(
          call.inputs[0] + share.lowerBound * 4, count: share.count,
          into: call.output + share.lowerBound * element.size, element.kernel)
      })
  }
}
