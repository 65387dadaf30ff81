import MLOpsCore
import Testing

@testable import ModelRuntime

/// oneDNN's products against sums in F64.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct DenseProductTests {
  @Test(arguments: [false, true], [false, true])
  func `a product is the product`(turned: Bool, accumulates: Bool) throws {
    let (rows, columns, depth) = (5, 7, 33)
    var generator = SplitMix64(seed: 1)
    func floats(_ count: Int) -> [Float] { (0..<count).map { _ in generator.unitFloat() - 0.5 } }
    let (a, b, bias) = (floats(rows * depth), floats(depth * columns), floats(columns))
    var c = floats(rows * columns)
    let before = c
    let layout = ProductLayout(
      rows: rows, columns: columns, depth: depth, a: turned ? (1, rows) : (depth, 1),
      b: turned ? (1, depth) : (columns, 1), c: columns, element: .f32, result: .f32,
      accumulates: accumulates, hasBias: true)
    try DenseProducts().multiply(layout, a, b, into: &c, bias: bias)
    for row in 0..<rows {
      for column in 0..<columns {
        var expected = Double(bias[column])
        if accumulates { expected += Double(before[row * columns + column]) }
        for index in 0..<depth {
          let left = turned ? a[index * rows + row] : a[row * depth + index]
          let right = turned ? b[column * depth + index] : b[index * columns + column]
          expected += Double(left) * Double(right)
        }
        #expect(abs(Double(c[row * columns + column]) - expected) < 1e-5)
      }
    }
  }

  @Test func `BF16 products sum in F32`() throws {
    // 1,000 times 1 · 1 is 1,000; sums in BF16 would stop at 256.
    let ones = [UInt16](repeating: 0x3F80, count: 1000)
    var c: [Float] = [0]
    let layout = ProductLayout(
      rows: 1, columns: 1, depth: 1000, a: (1000, 1), b: (1, 1000), c: 1, element: .bf16,
      result: .f32)
    try DenseProducts().multiply(layout, ones, ones, into: &c)
    #expect(c == [1000])
  }

  @Test func `of very many layouts those used last are kept, and all multiply`() throws {
    let products = try DenseProducts()
    let ones = [Float](repeating: 1, count: 2000)
    for depth in Array(1...1300) + [1, 2, 1300] {
      var c: [Float] = [0]
      // Used all along, so that it is never dropped.
      for depth in [7, depth] {
        let layout = ProductLayout(
          rows: 1, columns: 1, depth: depth, a: (depth, 1), b: (1, depth), c: 1, element: .f32,
          result: .f32)
        try products.multiply(layout, ones, ones, into: &c)
        #expect(c == [Float(depth)])
      }
      #expect(products.compiledCount <= OneDNN.compiledLimit)
    }
    #expect(products.compiledCount > OneDNN.compiledLimit / 4)
  }

  @Test func `products of large batches work in memory that they share`() throws {
    let products = try DenseProducts()
    let (most, width) = (8192, 256)
    let a = [UInt16](repeating: 0x3F80, count: most * width)
    let b = [UInt16](repeating: 0x3F80, count: width * width)
    var c = [Float](repeating: 0, count: most * width)
    func multiply(_ rows: Int) throws {
      let layout = ProductLayout(
        rows: rows, columns: width, depth: width, a: (width, 1), b: (1, width), c: width,
        element: .bf16, result: .f32)
      try products.multiply(layout, a, b, into: &c)
      #expect(c[(rows - 1) * width] == Float(width))
    }
    try multiply(most)
    let before = try #require(MachineMemory.resident)
    for rows in stride(from: most - 1, to: most - 41, by: -1) { try multiply(rows) }
    // Forty workspaces of 4 MB and more would be 160.
    let grown = try #require(MachineMemory.resident) - before
    #expect(grown < 60 << 20, "\(grown)")
  }

  @Test func `a graph computes in the memory of another, and each as if alone`() throws {
    let backend = try ComputeBackend(threads: 1)
    let arena = try TensorArena(capacity: 1, on: backend)
    let input = try arena.tensor(TensorShape(1000))
    try arena.allocate()
    try input.write((0..<1000).map(Float.init))
    func graph(_ times: Int, within other: TensorGraph?) throws -> (TensorGraph, GraphTensor) {
      let graph = try TensorGraph(capacity: times, on: backend)
      var result = input
      for _ in 0..<times { result = try graph.add(result, input) }
      try graph.compute(result, keep: true)
      try graph.prepare(within: other)
      return (graph, result)
    }
    let (host, sum) = try graph(3, within: nil)
    let (guest, other) = try graph(3, within: host)
    #expect(host.byteCount > 0)
    #expect(guest.byteCount == 0)
    // One that needs more has memory of its own.
    let large = try TensorGraph(capacity: 8, on: backend)
    let doubled = try (0..<8).map { _ in try large.add(input, input) }
    for result in doubled { try large.compute(result, keep: true) }
    try large.prepare(within: host)
    #expect(large.byteCount > host.byteCount)
    for _ in 0..<2 {
      for (graph, result, factor) in [
        (host, sum, Float(4)), (guest, other, 4), (large, doubled[7], 2),
      ] {
        try graph.run()
        #expect(try result.floats() == (0..<1000).map { Float($0) * factor })
      }
    }
  }

  @Test func `a kernel's error ends the run with it`() throws {
    let backend = try ComputeBackend(threads: 2)
    let arena = try TensorArena(capacity: 1, on: backend)
    let input = try arena.tensor(TensorShape(4))
    try arena.allocate()
    let graph = try TensorGraph(capacity: 2, on: backend)
    let failing = try graph.kernel("failing", TensorShape(4), inputs: [input]) { call in
      if call.part == call.parts - 1 { throw GraphError.outOfOrder("on purpose") }
    }
    try graph.compute(failing)
    try graph.prepare()
    #expect(throws: GraphError.outOfOrder("on purpose")) { try graph.run() }
  }

  @Test(arguments: [1, 2, 3])
  func `threads share the whole and nothing twice`(threads: Int) throws {
    let backend = try ComputeBackend(threads: threads)
    let arena = try TensorArena(capacity: 1, on: backend)
    let input = try arena.tensor(TensorShape(100))
    try arena.allocate()
    let graph = try TensorGraph(capacity: 2, on: backend)
    let counted = try graph.kernel("counted", TensorShape(100), inputs: [input]) { call in
      let target = call.output.assumingMemoryBound(to: Float.self)
      for index in call.share(of: 100, step: 16) { target[index] = Float(index) }
    }
    try graph.compute(counted, keep: true)
    try graph.prepare()
    try graph.run()
    #expect(try counted.floats() == (0..<100).map(Float.init))
  }
}
