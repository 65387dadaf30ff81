import Kernels
import ModelRuntime

// What a training of all parameters computes besides: the gradient in the weights themselves.
extension Tape {
  /// Adds `dW = dYᵀ·X` and `db = Σ dY` of every member that is trained.
  ///
  /// Each thread has rows of W, so that any number of threads adds in the same order.
  ///
  /// - Parameters:
  ///   - x: `[in, rows]`.
  ///   - flow: `[out, rows]`, the gradient of the outputs, in the element of products.
  func weightGradients(
    _ x: GraphTensor, _ flow: GraphTensor, _ group: LinearGroup, _ rows: DenseRows
  ) throws {
    let places = group.places
    guard let vector = places.lazy.compactMap(\.member.slots?.weight.vector).first else { return }
    let (batch, inputs, outputs) = (dense, group.inputs, group.outputs)
    let element = group.members[0].weight.element
    let done = try graph.kernel(
      "weightGradients", updating: vector, inputs: [x, flow]
    ) { call in
      let count = batch.count(rows)
      for place in places {
        guard let slots = place.member.slots else { continue }
        let own = call.share(of: place.member.weight.outputs, step: 16)
        guard !own.isEmpty else { continue }
        let flow = call.inputs[1] + (place.output + own.lowerBound) * element.size
        try call.products.multiply(
          ProductLayout(
            rows: own.count, columns: inputs, depth: count, a: (1, outputs), b: (inputs, 1),
            c: inputs, element: element, result: .f32, accumulates: true),
          flow, call.inputs[0],
          into: call.output + (slots.weight.offset + own.lowerBound * inputs) * 4)
        if let bias = slots.bias {
          Rows.addSum(
            of: flow, element.kernel, stride: outputs, rows: count, count: own.count,
            to: call.output + (bias.offset + own.lowerBound) * 4)
        }
      }
    }
    try graph.compute(done)
  }

  /// Adds the gradient of the rows of embeddings that the batch named, and of learned positions.
  ///
  /// - Parameters:
  ///   - gradient: F32 `[width, capacity]`, of the embedding's result.
  ///   - scale: what embeddings were multiplied by.
  func embeddingGradients(
    _ gradient: GraphTensor, _ tokens: GraphTensor, scale: Float, to slot: GradientSlot,
    positions: GraphTensor, to positionSlot: GradientSlot?
  ) throws {
    let (batch, width) = (dense, gradient.shape[0])
    let done = try graph.kernel(
      "embeddingGradients", updating: slot.vector, inputs: [gradient, tokens, positions]
    ) { call in
      /// A thread has every n-th row of the table, and adds in the order of the batch.
      func scatter(_ indices: UnsafeMutableRawPointer, _ offset: Int, scale: Float) {
        let indices = indices.assumingMemoryBound(to: Int32.self)
        for row in 0..<batch.tokens where Int(indices[row]) % call.parts == call.part {
          Rows.add(
            call.inputs[0] + row * width * 4, count: width,
            to: call.output + (offset + Int(indices[row]) * width) * 4, scale: scale)
        }
      }
      scatter(call.inputs[1], slot.offset, scale: scale)
      if let positionSlot { scatter(call.inputs[2], positionSlot.offset, scale: 1) }
    }
    try graph.compute(done)
  }

  /// Adds what each row of a batch contributes to the gradients of some vectors.
  ///
  /// Rows are cut into as many stretches as there are threads, each summed apart, and the sums are
  /// added in order.
  ///
  /// - Parameters:
  ///   - targets: where the gradients go, and how long each is.
  ///   - inputs: what `add` reads.
  ///   - add: adds the contributions of rows to sums that lie side by side.
  func addRowSums(
    to targets: [(slot: GradientSlot, count: Int)], _ inputs: [GraphTensor], _ rows: DenseRows,
    _ add: @escaping (KernelCall, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) throws {
    guard let vector = targets.first?.slot.vector else { return }
    let (batch, stretches) = (dense, graph.threads)
    let pitch = targets.reduce(0) { $0 + $1.count }
    let sums = try graph.kernel("rowSums", TensorShape(pitch, stretches), inputs: inputs) { call in
      let count = batch.count(rows)
      for stretch in stride(from: call.part, to: stretches, by: call.parts) {
        let sums = call.output.assumingMemoryBound(to: Float.self) + stretch * pitch
        sums.update(repeating: 0, count: pitch)
        add(call, count * stretch / stretches..<count * (stretch + 1) / stretches, sums)
      }
    }
    let done = try graph.kernel("addRowSums", updating: vector, inputs: [sums]) { call in
      guard call.part == 0 else { return }
      var place = 0
      for (slot, count) in targets {
        Rows.addSum(
          of: call.inputs[0] + place * 4, .f32, stride: pitch, rows: stretches, count: count,
          to: call.output + slot.offset * 4)
        place += count
      }
    }
    try graph.compute(done)
  }
}
