import MLOpsCore
import ModelRuntime

/// Where the A and B of every adapted weight lie in one flat vector.
struct AdapterLayout: ParameterLayout {
  struct Entry {
    let block: Int
    let module: TargetModule
    /// The length of the weight's input.
    let inputs: Int
    /// The length of the weight's output.
    let outputs: Int
    /// Where `A` `[in, rank]` begins, in elements; `B` `[rank, out]` follows it.
    let offset: Int

    /// The adapted weight's name in GGUF.
    var weightName: String { "blk.\(block).\(module.rawValue).weight" }
  }

  let rank: Int
  let entries: [Entry]
  /// Elements that are parameters.
  let count: Int

  /// Of a model without adapters.
  static let none = AdapterLayout()

  private init() {
    rank = 0
    entries = []
    count = 0
  }

  init(_ dimensions: DecoderDimensions, targets: Set<TargetModule>, rank: Int) {
    self.rank = rank
    var offset = 0
    entries = (0..<dimensions.blocks).flatMap { block in
      dimensions.modules.filter(targets.contains).map { module in
        let shape = dimensions.shape(of: module)
        defer { offset += rank * (shape[0] + shape[1]) }
        return Entry(
          block: block, module: module, inputs: shape[0], outputs: shape[1], offset: offset)
      }
    }
    count = offset
  }

  var extent: Int { count }
  var decayed: Int { shape.count }

  func aShape(_ entry: Entry) -> TensorShape { TensorShape(entry.inputs, rank) }
  func bShape(_ entry: Entry) -> TensorShape { TensorShape(rank, entry.outputs) }
  func bOffset(_ entry: Entry) -> Int { entry.offset + rank * entry.inputs }

  /// PEFT's start: A uniform in ±1/√in (Kaiming, a = √5), B zero, so that ΔW = 0.
  func initialValues(seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    var values = [Float](repeating: 0, count: shape.count)
    for entry in entries {
      let bound = 1 / Float(entry.inputs).squareRoot()
      for index in entry.offset..<bOffset(entry) {
        values[index] = bound * (2 * generator.unitFloat() - 1)
      }
    }
    return values
  }
}
