import Kernels
import ModelRuntime

/// What the linear operations of a tape share.
struct DenseAdapters {
  /// The parameters in the element of products, `[1, count]`; see `AdapterLayout`.
  let parameters: GraphTensor
  /// F32, of the same shape: products add to it.
  let gradient: GraphTensor
}

extension Tape {
  /// `W·x + bias + scale · B·(A·x)` of every member, side by side, and `residual` added.
  ///
  /// - Parameters:
  ///   - x: `[in, rows]`.
  ///   - residual: F32 `[out, rows]`, for a group of one; nil for nothing.
  ///   - result: what the outputs are stored in.
  ///   - gradientElement: what the gradient in `x` is stored in.
  /// - Returns: `[out, rows]`.
  func linear(
    _ x: Variable, _ group: LinearGroup, _ adapters: DenseAdapters, residual: Variable? = nil,
    result: GraphElement, gradientElement: GraphElement, _ rows: DenseRows
  ) throws -> Variable {
    let (batch, capacity) = (dense, x.shape[1])
    let places = group.places
    let (inputs, outputs, rank) = (group.inputs, group.outputs, group.rank)
    let narrow = try rank == 0 ? nil : lowRankInputs(x, group, adapters, rows)

    var sources = [x.value]
    if let narrow { sources += [adapters.parameters, narrow] }
    if let residual { sources.append(residual.value) }
    let biases = places.map(\.member.bias)
    sources += biases.compactMap { $0 }
    let value = try graph.kernel(
      "linear", TensorShape(outputs, capacity), result, inputs: sources
    ) { call in
      let count = batch.count(rows)
      var next = 1
      let parameters = narrow.map { _ in call.inputs[1] }
      let low = narrow.map { _ in call.inputs[2] }
      if narrow != nil { next = 3 }
      let share = call.share(of: outputs, step: 16)
      if residual != nil {
        let source = call.inputs[next]
        next += 1
        for row in 0..<count {
          let offset = (row * outputs + share.lowerBound) * 4
          (call.output + offset).copyMemory(from: source + offset, byteCount: share.count * 4)
        }
      }
      for place in places {
        let weight = place.member.weight
        var bias: UnsafeRawPointer?
        if place.member.bias != nil {
          bias = UnsafeRawPointer(call.inputs[next])
          next += 1
        }
        let columns =
          share.clamped(to: place.output..<place.output + weight.outputs)
        guard !columns.isEmpty else { continue }
        let own = columns.lowerBound - place.output..<columns.upperBound - place.output
        let target = call.output + columns.lowerBound * result.size
        try weight.forward(
          call.inputs[0], rows: count, columns: own, into: target, stride: outputs, result,
          bias: bias.map { $0 + own.lowerBound * 4 }, accumulates: residual != nil, call.products)
        if let adapter = place.member.adapter, let parameters, let low {
          let element = weight.element
          try call.products.multiply(
            ProductLayout(
              rows: count, columns: own.count, depth: adapter.rank, a: (rank, 1),
              b: (1, adapter.rank), c: outputs, element: element, result: result,
              accumulates: true),
            low + place.rank * element.size,
            parameters + (adapter.b + own.lowerBound * adapter.rank) * element.size, into: target)
        }
      }
    }
    let isTracked =
      x.isTracked || rank > 0 || group.isTrained || residual?.isTracked == true
    let output = isTracked ? tracked(value) : constant(value)
    onBackward(of: output) { [self] gradient in
      if let residual { try accumulate(residual) { gradient } }
      let element = group.members[0].weight.element
      let flow = try narrowed(gradient, to: element, rows)
      let lowFlow = try narrow.map { _ in try lowRankGradients(flow, group, adapters, rows) }
      if narrow != nil || group.isTrained {
        // After what flows back, so that not even what is computed again lies in memory before.
        try graph.compute(lowFlow ?? flow)
        let inputs = try x.again?() ?? x.value
        if let narrow, let lowFlow {
          try adapterGradients(inputs, flow, narrow, lowFlow, group, adapters, rows)
        }
        try weightGradients(inputs, flow, group, rows)
      }
      try accumulate(x) {
        var sources = [flow]
        if let lowFlow { sources += [adapters.parameters, lowFlow] }
        return try graph.kernel(
          "linearBackward", TensorShape(inputs, capacity), gradientElement, inputs: sources
        ) { call in
          let count = batch.count(rows)
          let columns = call.share(of: inputs, step: 32)
          guard !columns.isEmpty else { return }
          let target = call.output + columns.lowerBound * gradientElement.size
          var accumulates = false
          for place in places {
            try place.member.weight.backward(
              call.inputs[0] + place.output * element.size, pitch: outputs, rows: count,
              columns: columns, into: target, stride: inputs, gradientElement,
              accumulates: accumulates, call.products)
            accumulates = true
            guard let adapter = place.member.adapter else { continue }
            func multiply(
              into target: UnsafeMutableRawPointer, stride: Int, _ result: GraphElement, adds: Bool
            ) throws {
              try call.products.multiply(
                ProductLayout(
                  rows: count, columns: columns.count, depth: adapter.rank, a: (rank, 1),
                  b: (inputs, 1), c: stride, element: element, result: result, accumulates: adds),
                call.inputs[2] + place.rank * element.size,
                call.inputs[1] + (adapter.a + columns.lowerBound) * element.size, into: target)
            }
            guard let dropout = adapter.dropout?.draw(step: batch.step) else {
              try multiply(into: target, stride: inputs, gradientElement, adds: true)
              continue
            }
            let flow = UnsafeMutablePointer<Float>.allocate(capacity: count * columns.count)
            defer { flow.deallocate() }
            try multiply(into: flow, stride: columns.count, .f32, adds: false)
            dropout.add(
              flow, rows: count, columns: columns, width: inputs, to: call.output,
              gradientElement.kernel)
          }
        }
      }
    }
    return output
  }

  /// `scale · A·x` of every member, `[rank, rows]`.
  private func lowRankInputs(
    _ x: Variable, _ group: LinearGroup, _ adapters: DenseAdapters, _ rows: DenseRows
  ) throws -> GraphTensor {
    let (batch, rank, inputs) = (dense, group.rank, group.inputs)
    let (places, element) = (group.places, group.members[0].weight.element)
    return try graph.kernel(
      "lowRankInputs", TensorShape(rank, x.shape[1]), element,
      inputs: [x.value, adapters.parameters]
    ) { call in
      let share = call.share(of: batch.count(rows), step: 16)
      try Self.scaledProducts(call, share, places, rank: rank, element) { place, adapter, target in
        try Self.withInputs(
          call.inputs[0], adapter, step: batch.step, width: inputs, rows: share,
          columns: 0..<inputs, element
        ) { x, pitch in
          try call.products.multiply(
            ProductLayout(
              rows: share.count, columns: adapter.rank, depth: inputs, a: (pitch, 1),
              b: (1, inputs), c: rank, element: element, result: .f32),
            x, call.inputs[1] + adapter.a * element.size, into: target)
        }
      }
    }
  }

  /// `scale · Bᵀ·dY` of every member, `[rank, rows]`.
  private func lowRankGradients(
    _ flow: GraphTensor, _ group: LinearGroup, _ adapters: DenseAdapters, _ rows: DenseRows
  ) throws -> GraphTensor {
    let (batch, rank, outputs) = (dense, group.rank, group.outputs)
    let (places, element) = (group.places, group.members[0].weight.element)
    return try graph.kernel(
      "lowRankGradients", TensorShape(rank, flow.shape[1]), element,
      inputs: [flow, adapters.parameters]
    ) { call in
      let share = call.share(of: batch.count(rows), step: 16)
      try Self.scaledProducts(call, share, places, rank: rank, element) { place, adapter, target in
        try call.products.multiply(
          ProductLayout(
            rows: share.count, columns: adapter.rank, depth: place.member.weight.outputs,
            a: (outputs, 1), b: (adapter.rank, 1), c: rank, element: element, result: .f32),
          call.inputs[0] + (share.lowerBound * outputs + place.output) * element.size,
          call.inputs[1] + adapter.b * element.size, into: target)
      }
    }
  }

  /// Fills a thread's rows of the narrow intermediate: products in F32, scaled, stored in `element`.
  private static func scaledProducts(
    _ call: KernelCall, _ share: Range<Int>,
    _ places: [(member: LinearGroup.Member, output: Int, rank: Int)],
    rank: Int, _ element: GraphElement,
    _ multiply: (
      (member: LinearGroup.Member, output: Int, rank: Int), DenseAdapter, UnsafeMutableRawPointer
    ) throws -> Void
  ) throws {
    guard !share.isEmpty else { return }
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: share.count * rank)
    defer { scratch.deallocate() }
    for place in places {
      guard let adapter = place.member.adapter else { continue }
      try multiply(place, adapter, UnsafeMutableRawPointer(scratch + place.rank))
    }
    for row in 0..<share.count {
      for place in places {
        guard let adapter = place.member.adapter else { continue }
        Rows.narrow(
          scratch + row * rank + place.rank, count: adapter.rank,
          into: call.output + ((share.lowerBound + row) * rank + place.rank) * element.size,
          element.kernel, scale: adapter.scale)
      }
    }
  }

  /// Adds `dA` and `dB` of every member to the gradient.
  private func adapterGradients(
    _ x: GraphTensor, _ flow: GraphTensor, _ narrow: GraphTensor, _ lowFlow: GraphTensor,
    _ group: LinearGroup, _ adapters: DenseAdapters, _ rows: DenseRows
  ) throws {
    let (batch, rank, inputs, outputs) = (dense, group.rank, group.inputs, group.outputs)
    let (places, element) = (group.places, group.members[0].weight.element)
    let done = try graph.kernel(
      "adapterGradients", updating: adapters.gradient, inputs: [x, flow, narrow, lowFlow]
    ) { call in
      let (count, gradient) = (batch.count(rows), call.output)
      for place in places {
        guard let adapter = place.member.adapter else { continue }
        let columns = call.share(of: inputs, step: 16)
        if !columns.isEmpty {
          try Self.withInputs(
            call.inputs[0], adapter, step: batch.step, width: inputs, rows: 0..<count,
            columns: columns, element
          ) { x, pitch in
            try call.products.multiply(
              ProductLayout(
                rows: adapter.rank, columns: columns.count, depth: count, a: (1, rank),
                b: (pitch, 1), c: inputs, element: element, result: .f32, accumulates: true),
              call.inputs[3] + place.rank * element.size, x,
              into: gradient + (adapter.a + columns.lowerBound) * 4)
          }
        }
        let own = call.share(of: place.member.weight.outputs, step: 16)
        if !own.isEmpty {
          try call.products.multiply(
            ProductLayout(
              rows: own.count, columns: adapter.rank, depth: count, a: (1, outputs),
              b: (rank, 1), c: adapter.rank, element: element, result: .f32, accumulates: true),
            call.inputs[1] + (place.output + own.lowerBound) * element.size,
            call.inputs[2] + place.rank * element.size,
            into: gradient + (adapter.b + own.lowerBound * adapter.rank) * 4)
        }
      }
    }
    try graph.compute(done)
  }

  /// Calls `body` with a part of an adapter's inputs, as dropout leaves them: where it begins, and
  /// from one row to the next.
  private static func withInputs(
    _ x: UnsafeRawPointer, _ adapter: DenseAdapter, step: Int, width: Int, rows: Range<Int>,
    columns: Range<Int>, _ element: GraphElement, _ body: (UnsafeRawPointer, Int) throws -> Void
  ) rethrows {
    guard let dropout = adapter.dropout?.draw(step: step) else {
      try body(x + (rows.lowerBound * width + columns.lowerBound) * element.size, width)
      return
    }
    let kept = UnsafeMutableRawPointer.allocate(
      byteCount: max(rows.count * columns.count * element.size, 1), alignment: 64)
    defer { kept.deallocate() }
    dropout.copy(x, width: width, rows: rows, columns: columns, into: kept, element.kernel)
    try body(kept, columns.count)
  }

  /// `gradient` in `element`.
  private func narrowed(_ gradient: GraphTensor, to element: GraphElement, _ rows: DenseRows) throws
    -> GraphTensor
  {
    guard gradient.element != element else { return gradient }
    let (batch, width) = (dense, gradient.shape[0])
    return try graph.kernel("narrow", gradient.shape, element, inputs: [gradient]) { call in
      let share = call.share(of: batch.count(rows))
      let start = share.lowerBound * width
      Rows.narrow(
        call.inputs[0] + start * 4, count: share.count * width,
        into: call.output + start * element.size, element.kernel)
    }
  }
}
