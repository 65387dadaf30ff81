import Foundation
import Kernels
import ModelRuntime

/// The extents of an attention whose queries, keys and values lie side by side in each row.
struct AttentionExtents {
  /// The length of a head.
  let head: Int
  let heads: Int
  let keyHeads: Int
  let scale: Float

  /// The length of a row: queries, keys, values.
  var width: Int { head * (heads + 2 * keyHeads) }
  /// Where a head's numbers begin in a row.
  func query(_ index: Int) -> Int { index * head }
  func key(_ index: Int) -> Int { (heads + index) * head }
  func value(_ index: Int) -> Int { (heads + keyHeads + index) * head }
  /// The heads that norms apply to: queries, keys.
  var normed: [HeadNorm.Heads] {
    [
      HeadNorm.Heads(stride: width, first: query(0), length: head, count: heads),
      HeadNorm.Heads(stride: width, first: key(0), length: head, count: keyHeads),
    ]
  }
  /// The key head of a query head.
  func keyHead(of index: Int) -> Int { index / (heads / keyHeads) }
}

/// The norms of single heads.
struct HeadNorms {
  /// F32, as long as a head; of queries, and of keys.
  let query: GraphTensor
  let key: GraphTensor
  let epsilon: Float
  /// Where their gradients go; nil where they are not trained.
  var slots: HeadNormSlots?
}

extension Tape {
  /// Causal attention within the samples of a packed row of tokens.
  ///
  /// Queries are taken 64 at a time against the stretch of keys they see, so that no square of all
  /// tokens is ever kept; the backward pass computes the probabilities again.
  ///
  /// - Parameters:
  ///   - x: `[width, tokens]`, see `AttentionExtents`, before rotation.
  ///   - norms: of the heads of queries and keys, before rotation; nil for none.
  ///   - rotary: nil where positions are learned.
  ///   - starts: I32 `[tokens]`, never falling: the first key each query sees; a query sees keys up to
  ///     itself.
  /// - Returns: `[head · heads, tokens]`.
  /// - SeeAlso: Dao et al., arXiv:2205.14135; Ainslie et al., arXiv:2305.13245.
  func attention(
    _ x: Variable, _ extents: AttentionExtents, norms: HeadNorms?, _ rotary: DenseRotary?,
    starts: GraphTensor
  ) throws -> Variable {
    let (batch, element) = (dense, x.value.element)
    let rotated = try self.rotated(x.value, extents, norms, rotary)
    let outputs = extents.head * extents.heads
    let value = try graph.kernel(
      "attention", TensorShape(outputs, x.shape[1]), element, inputs: [rotated, starts]
    ) { call in
      let tiles = AttentionTiles(
        call.inputs[0], starts: call.inputs[1], batch.tokens, extents, element)
      let scratch = tiles.scratch()
      defer { scratch.free() }
      let count = tiles.count * extents.heads
      for unit in stride(from: call.part, to: count, by: call.parts) {
        let (tile, head) = (tiles[unit / extents.heads], unit % extents.heads)
        try tiles.probabilities(tile, head: head, scratch, call.products)
        try call.products.multiply(
          ProductLayout(
            rows: tile.rows, columns: extents.head, depth: tile.keys, a: (tile.keys, 1),
            b: (extents.width, 1), c: outputs, element: element, result: element),
          scratch.probabilities, tiles.at(tile.firstKey, extents.value(extents.keyHead(of: head))),
          into: call.output + (tile.firstRow * outputs + head * extents.head) * element.size)
      }
    }
    let output = result(value, of: x)
    onBackward(of: output) { [self] gradient in
      try accumulate(x) {
        let parts = try attentionSlopes(gradient, rotated, extents, starts: starts)
        guard let norms, let slots = norms.slots else {
          return try attentionGradient(parts, at: x.value, extents, norms, rotary)
        }
        return try headNormsBackward(
          attentionGradient(parts, at: x.value, extents, nil, rotary), at: x.value, norms, slots,
          extents)
      }
    }
    return output
  }

  private func rotated(
    _ x: GraphTensor, _ extents: AttentionExtents, _ norms: HeadNorms?, _ rotary: DenseRotary?
  ) throws -> GraphTensor {
    guard rotary != nil || norms != nil else { return x }
    let (batch, element) = (dense, x.element)
    let sources = [x] + [rotary?.table, norms?.query, norms?.key].compactMap { $0 }
    return try graph.kernel("rotate", x.shape, element, inputs: sources) { call in
      let share = call.share(of: batch.tokens)
      let bytes = extents.width * element.size
      (call.output + share.lowerBound * bytes).copyMemory(
        from: call.inputs[0] + share.lowerBound * bytes, byteCount: share.count * bytes)
      if let norms {
        for (gain, heads) in zip(call.inputs.suffix(2), extents.normed) {
          HeadNorm.forward(
            call.output, element.kernel, heads, rows: share, gain: gain, epsilon: norms.epsilon)
        }
      }
      if let rotary {
        RotaryPositions.rotate(
          call.output, element.kernel, stride: extents.width, head: extents.head,
          heads: extents.heads + extents.keyHeads, rows: share, by: call.inputs[1],
          pairs: rotary.pairs, pairing: rotary.pairing, inverse: false)
      }
    }
  }

  /// The gradients after rotation: of queries, then the threads' sums for keys and values.
  private func attentionSlopes(
    _ gradient: GraphTensor, _ x: GraphTensor, _ extents: AttentionExtents, starts: GraphTensor
  ) throws -> GraphTensor {
    let (batch, element, capacity) = (dense, x.element, x.shape[1])
    let (head, width) = (extents.head, extents.width)
    let outputs = head * extents.heads
    let shares = HeadShares(extents, threads: graph.threads)
    let queries = shares.queryBytes(capacity, element)
    // Each thread sums the gradients of keys and values over its heads in F32 of its own.
    let sums = 2 * head * capacity * shares.slots.count
    return try graph.kernel(
      "attentionSlopes", TensorShape(queries / 4 + sums), inputs: [gradient, x, starts]
    ) { call in
      let tiles = AttentionTiles(
        call.inputs[1], starts: call.inputs[2], batch.tokens, extents, element)
      let scratch = tiles.scratch()
      defer { scratch.free() }
      let sumBase = call.output + queries
      for (slot, share) in shares.slots.enumerated() where share.thread % call.parts == call.part {
        let keySums = sumBase + slot * 2 * head * capacity * 4
        let valueSums = keySums + head * capacity * 4
        memset(keySums, 0, head * batch.tokens * 4)
        memset(valueSums, 0, head * batch.tokens * 4)
        for index in share.heads {
          for place in 0..<tiles.count {
            let tile = tiles[place]
            try tiles.probabilities(tile, head: index, scratch, call.products)
            let flow = call.inputs[0] + (tile.firstRow * outputs + index * head) * element.size
            func product(
              _ rows: Int, _ columns: Int, _ depth: Int, a: (Int, Int), b: (Int, Int), c: Int,
              _ result: GraphElement, adds: Bool = false
            ) -> ProductLayout {
              ProductLayout(
                rows: rows, columns: columns, depth: depth, a: (a.0, a.1), b: (b.0, b.1), c: c,
                element: element, result: result, accumulates: adds)
            }
            // dV += Pᵀ·dO
            try call.products.multiply(
              product(
                tile.keys, head, tile.rows, a: (1, tile.keys), b: (outputs, 1), c: head, .f32,
                adds: true),
              scratch.probabilities, flow, into: valueSums + tile.firstKey * head * 4)
            // dP = dO·Vᵀ
            try call.products.multiply(
              product(
                tile.rows, tile.keys, head, a: (outputs, 1), b: (1, width), c: tile.keys, .f32),
              flow, tiles.at(tile.firstKey, extents.value(share.keyHead)), into: scratch.scores)
            AttentionTile.backward(
              scratch.scores, probabilities: scratch.probabilities, queries: tile.rows,
              keys: tile.keys, tiles.window(tile), scale: extents.scale, into: scratch.slopes,
              element.kernel)
            // dQ = dS·K
            try call.products.multiply(
              product(
                tile.rows, head, tile.keys, a: (tile.keys, 1), b: (width, 1), c: outputs, element),
              scratch.slopes, tiles.at(tile.firstKey, extents.key(share.keyHead)),
              into: call.output + (tile.firstRow * outputs + index * head) * element.size)
            // dK += dSᵀ·Q
            try call.products.multiply(
              product(
                tile.keys, head, tile.rows, a: (1, tile.keys), b: (width, 1), c: head, .f32,
                adds: true),
              scratch.slopes, tiles.at(tile.firstRow, extents.query(index)),
              into: keySums + tile.firstKey * head * 4)
          }
        }
      }
    }
  }

  /// Puts the parts together, and takes rotation and norms back.
  ///
  /// - Parameter x: before norms and rotation; read, and so kept, only where there are norms.
  private func attentionGradient(
    _ parts: GraphTensor, at x: GraphTensor, _ extents: AttentionExtents, _ norms: HeadNorms?,
    _ rotary: DenseRotary?
  ) throws -> GraphTensor {
    let (batch, element, capacity) = (dense, x.element, x.shape[1])
    let (head, width) = (extents.head, extents.width)
    let outputs = head * extents.heads
    let shares = HeadShares(extents, threads: graph.threads)
    let queries = shares.queryBytes(capacity, element)
    let before = norms == nil ? nil : x
    let sources =
      [parts] + [rotary?.table, before, norms?.query, norms?.key].compactMap { $0 }
    return try graph.kernel("attentionGradient", x.shape, element, inputs: sources) { call in
      let share = call.share(of: batch.tokens)
      let sumBase = call.inputs[0] + queries
      let row = UnsafeMutablePointer<Float>.allocate(capacity: head)
      defer { row.deallocate() }
      for token in share {
        let target = call.output + token * width * element.size
        target.copyMemory(
          from: call.inputs[0] + token * outputs * element.size, byteCount: outputs * element.size)
        for keyHead in 0..<extents.keyHeads {
          for (kind, place) in [extents.key(keyHead), extents.value(keyHead)].enumerated() {
            row.update(repeating: 0, count: head)
            for (slot, owner) in shares.slots.enumerated() where owner.keyHead == keyHead {
              let sums =
                (sumBase + ((2 * slot + kind) * capacity + token) * head * 4)
                .assumingMemoryBound(to: Float.self)
              for index in 0..<head { row[index] += sums[index] }
            }
            Rows.narrow(row, count: head, into: target + place * element.size, element.kernel)
          }
        }
      }
      if let rotary {
        RotaryPositions.rotate(
          call.output, element.kernel, stride: width, head: head,
          heads: extents.heads + extents.keyHeads, rows: share, by: call.inputs[1],
          pairs: rotary.pairs, pairing: rotary.pairing, inverse: true)
      }
      if let norms {
        for (gain, heads) in zip(call.inputs.suffix(2), extents.normed) {
          HeadNorm.backward(
            call.output, at: call.inputs[sources.count - 3], element.kernel, heads, rows: share,
            gain: gain,
            epsilon: norms.epsilon)
        }
      }
    }
  }
}

/// Which thread computes the gradients of which query heads.
private struct HeadShares {
  /// Query heads of one key head that one thread computes.
  struct Slot {
    let thread: Int
    let keyHead: Int
    let heads: Range<Int>
  }

  let slots: [Slot]
  private let queries: Int

  /// The bytes that the gradient of all queries takes, to whole F32 numbers.
  func queryBytes(_ rows: Int, _ element: GraphElement) -> Int {
    (queries * rows * element.size + 3) / 4 * 4
  }

  init(_ extents: AttentionExtents, threads: Int) {
    let group = extents.heads / extents.keyHeads
    queries = extents.head * extents.heads
    slots = (0..<threads).flatMap { thread in
      let own = extents.heads * thread / threads..<extents.heads * (thread + 1) / threads
      return (0..<extents.keyHeads).compactMap { keyHead in
        let heads = own.clamped(to: keyHead * group..<(keyHead + 1) * group)
        return heads.isEmpty ? nil : Slot(thread: thread, keyHead: keyHead, heads: heads)
      }
    }
  }
}
