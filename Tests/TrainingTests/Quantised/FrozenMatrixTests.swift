import Kernels
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

@testable import ModelRuntime
@testable import Training

/// Weights that products cannot read as the file has them.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct FrozenMatrixTests {
  private static let (inputs, outputs) = (512, 300)

  /// A weight of a type, read from the file for each use or converted beforehand.
  private static func matrix(_ type: TensorType, _ element: GraphElement, packed: Bool) throws
    -> FrozenMatrix
  {
    let folder = try TemporaryFolder()
    let path = folder.file("weight.gguf")
    var writer = GGUFWriter()
    try writer.add(
      "w", dimensions: [inputs, outputs], type: type,
      data: WeightReaderTests.encoded(type, rows: outputs))
    try writer.write(to: path)
    return try MatrixLoader(
      file: GGUFFile(path), mapped: MappedFile(path), element: element, keepsPacked: packed,
      threads: 2
    ).matrix("w", TensorShape(inputs, outputs))
  }

  /// Numbers in an element, and back.
  private static func stored(_ values: [Float], _ element: GraphElement) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: values.count * element.size)
    bytes.withUnsafeMutableBytes {
      if let base = $0.baseAddress {
        Rows.narrow(values, count: values.count, into: base, element.kernel)
      }
    }
    return bytes
  }

  private static func one(_ count: Int) -> [Float] {
    (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }
  }

  @Test(arguments: WeightReaderTests.types, [GraphElement.bf16, .f32])
  func `products see the file's numbers, packed or expanded`(
    type: TensorType, element: GraphElement
  ) throws {
    let (inputs, outputs) = (Self.inputs, Self.outputs)
    let bytes = WeightReaderTests.encoded(type, rows: outputs)
    let numbers = WeightReaderTests.floats(bytes, type, count: inputs * outputs)
    var expected = numbers
    if element == .bf16 {
      Rows.widen(Self.stored(numbers, .bf16), .bf16, count: numbers.count, into: &expected)
    }
    for packed in [false, true] {
      let matrix = try Self.matrix(type, element, packed: packed)
      let products = try DenseProducts()
      // One times a weight and zeros: the weight itself.
      var forward = [Float](repeating: .nan, count: inputs * outputs)
      try matrix.forward(
        Self.stored(Self.one(inputs), element), rows: inputs, columns: 0..<outputs,
        into: &forward, stride: outputs, .f32, products)
      var backward = [Float](repeating: .nan, count: inputs * outputs)
      try matrix.backward(
        Self.stored(Self.one(outputs), element), pitch: outputs, rows: outputs,
        columns: 0..<inputs, into: &backward, stride: inputs, .f32, accumulates: false, products)
      #expect(backward == expected)
      let turned = (0..<inputs * outputs).map { expected[$0 % outputs * inputs + $0 / outputs] }
      #expect(forward == turned)
      var row = [Float](repeating: .nan, count: inputs)
      matrix.row(7, into: &row)
      #expect(row == Array(numbers[7 * inputs..<8 * inputs]))
      try matrix.productRow(7, into: &row, products)
      #expect(row == Array(expected[7 * inputs..<8 * inputs]))
    }
  }

  @Test(arguments: [TensorType.q4_K, .q6_K, .q8_0, .q5_0, .f16, .iq4_nl, .q3_K])
  func `packed and expanded give equal bits, whatever the threads' shares`(type: TensorType) throws
  {
    var numbers = NormalNumbers()
    let rows = 37
    let x = Self.stored(numbers.rows(rows, of: Self.inputs, deviation: 1), .bf16)
    let dy = Self.stored(numbers.rows(rows, of: Self.outputs, deviation: 1), .bf16)
    let bias = numbers.rows(1, of: Self.outputs, deviation: 1)
    let shares = [(0..<300, 0..<512), (16..<208, 32..<288), (208..<300, 288..<352)]
    let results = try [false, true].map { packed in
      let matrix = try Self.matrix(type, .bf16, packed: packed)
      let products = try DenseProducts()
      return try shares.map { columns, inputs in
        var y = [UInt16](repeating: 0, count: rows * Self.outputs)
        try matrix.forward(
          x, rows: rows, columns: columns, into: &y, stride: Self.outputs, .bf16,
          bias: Array(bias[columns]), products)
        var dx = [Float](repeating: 0.25, count: rows * Self.inputs)
        try matrix.backward(
          dy, pitch: Self.outputs, rows: rows, columns: inputs, into: &dx, stride: Self.inputs,
          .f32, accumulates: true, products)
        return y.map { UInt32($0) } + dx.map(\.bitPattern)
      }
    }
    #expect(results[0] == results[1])
    #expect(Set(results[0][0]).count > 1000)
  }

  @Test func `tiles are whole blocks, at least one and not more than a cache`() {
    for inputs in [32, 896, 4864, 16384] {
      let rows = WeightTiles.rows(inputs: inputs)
      #expect((64...1024).contains(rows) && rows % 64 == 0)
      #expect(rows == 64 || rows * inputs <= 1 << 20)
    }
    for outputs in [1, 128, 896, 4864, 151_936] {
      let columns = WeightTiles.columns(outputs: outputs)
      #expect(columns >= 256 && columns % 256 == 0)
      #expect(columns == 256 || columns * outputs <= 1 << 20)
    }
  }
}
