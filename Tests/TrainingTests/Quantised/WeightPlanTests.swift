import ModelRuntime
import Testing

@testable import Training

/// Where a base's weights lie, and what the estimate of memory says of it.
@Suite(.enabled(if: DenseProducts.isAvailable, "oneDNN is not installed"))
struct WeightPlanTests {
  private func plan(
    _ name: String, _ type: TensorType, _ element: GraphElement, in folder: TemporaryFolder
  ) throws -> (WeightPlan, GGUFFile) {
    let path = folder.file("base.gguf")
    try WideModel(name).write(to: path) { _ in type }
    let file = try GGUFFile(path)
    return (WeightPlan(file, element: element), file)
  }

  @Test func `what products read as it is stays in the file`() throws {
    let folder = try TemporaryFolder()
    let (plan, file) = try plan("llama", .bf16, .bf16, in: folder)
    let all = file.tensors.reduce(0) { $0 + $1.size }
    #expect(plan.mapped == all && plan.stored == 0 && plan.copies == 0 && plan.tile == 0)
    for wanted in TrainingConfiguration.Weights.allCases {
      #expect(plan.form(wanted) { _ in false } == .mapped)
    }
    #expect(plan.bytes(.mapped, threads: 8) == all)
  }

  @Test func `packed takes the file's bytes, expanded those of the copies`() throws {
    let folder = try TemporaryFolder()
    let (plan, file) = try plan("llama", .q4_K, .bf16, in: folder)
    let matrices = file.tensors.filter { $0.dimensions.count > 1 }
    #expect(plan.stored == matrices.reduce(0) { $0 + $1.size })
    #expect(plan.copies == matrices.reduce(0) { $0 + 2 * $1.elements })
    #expect(plan.tile > 0)
    #expect(
      plan.bytes(.expanded, threads: 3) - plan.bytes(.packed, threads: 3)
        == plan.copies - plan.stored)
    #expect(plan.bytes(.packed, threads: 3) - plan.bytes(.packed, threads: 1) == 2 * plan.tile)
  }

  @Test func `a table of words that is only looked up is never expanded`() throws {
    let folder = try TemporaryFolder()
    let (plan, file) = try plan("qwen2", .q8_0, .bf16, in: folder)
    let table = try #require(file.tensor("token_embd.weight"))
    #expect(plan.tables == table.size)
    let products = file.tensors.filter { $0.dimensions.count > 1 && $0.name != table.name }
    #expect(plan.copies == products.reduce(0) { $0 + 2 * $1.elements })
  }

  @Test func `where nothing is said, copies are made that are small and fit`() throws {
    let folder = try TemporaryFolder()
    let (plan, _) = try plan("llama", .q4_K, .bf16, in: folder)
    #expect(plan.form(.automatic) { _ in true } == .expanded)
    #expect(plan.form(.automatic) { $0 == .packed } == .packed)
    #expect(plan.form(.expanded) { _ in false } == .expanded)
    #expect(plan.form(.packed) { _ in true } == .packed)
    #expect(plan.copies <= WeightPlan.expandedByDefault)
  }

  @Test func `large copies are not made unless they are wanted`() throws {
    // Half a thousand million numbers, of which the header alone is looked at.
    let plan = WeightPlan(
      element: .bf16, mapped: 0, tables: 0, stored: 400 << 20,
      copies: WeightPlan.expandedByDefault + 1, tile: 1)
    #expect(plan.form(.automatic) { _ in true } == .packed)
    #expect(plan.form(.expanded) { _ in true } == .expanded)
  }

  @Test func `a training takes the form that fits the memory there is`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("base.gguf")
    try WideModel("llama").write(to: path) { _ in .q4_K }
    func engine(_ available: Int64?, _ weights: TrainingConfiguration.Weights = .automatic) throws
      -> TrainingEngine
    {
      var settings = TrainerTests.configuration
      settings.weights = weights
      let data = try TrainingData(
        base: path, examples: TrainerTests.examples, configuration: settings)
      return try TrainingEngine(
        path, data: data, availableMemory: available, on: ComputeBackend(threads: 1))
    }
    let roomy = try engine(nil)
    #expect(roomy.weights == .expanded)
    let least = try engine(nil, .packed).memory.total
    #expect(least < roomy.memory.total)
    #expect(try engine(least).weights == .packed)
    #expect(throws: TrainingError.self) { try engine(least, .expanded) }
    #expect(throws: TrainingError.self) { try engine(least - 1) }
  }
}
