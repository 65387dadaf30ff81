import Foundation
import ModelRuntime

/// AdamW over one flat vector of parameters, with the gradient clipped by its norm.
final class AdamW {
  private let configuration: TrainingConfiguration
  private let arena: TensorArena
  private let graph: TensorGraph
  /// `[7]`, see `TensorGraph.adamWStep`.
  private let settings: GraphTensor
  /// `[1]`: what the gradient is multiplied by.
  private let gradientScale: GraphTensor
  private let mean: GraphTensor
  private let variance: GraphTensor
  /// Steps made so far.
  private(set) var steps = 0

  /// - Parameters:
  ///   - parameters: a tensor of an arena.
  ///   - gradient: of the same shape.
  init(
    parameters: GraphTensor, gradient: GraphTensor, configuration: TrainingConfiguration,
    on backend: ComputeBackend
  ) throws {
    self.configuration = configuration
    arena = try TensorArena(capacity: 4, on: backend)
    mean = try arena.tensor(parameters.shape, name: "mean")
    variance = try arena.tensor(parameters.shape, name: "variance")
    settings = try arena.tensor(TensorShape(7), name: "settings")
    gradientScale = try arena.tensor(TensorShape(1), name: "gradient_scale")
    try arena.allocate()
    graph = try TensorGraph(capacity: 8, on: backend)
    let clipped = try graph.multiply(gradient, gradientScale)
    try graph.compute(
      graph.adamWStep(
        parameters: parameters, gradient: clipped, mean: mean, variance: variance,
        settings: settings))
    try graph.prepare()
  }

  /// Updates the parameters.
  ///
  /// - Parameters:
  ///   - gradientNorm: finite; the caller has looked.
  func step(learningRate: Float, gradientNorm: Float) throws {
    steps += 1
    let (beta1, beta2) = configuration.betas
    // In double: 1 − β₂ᵗ loses most of its digits in single precision at first.
    func correction(_ beta: Float) -> Float { Float(1 / (1 - pow(Double(beta), Double(steps)))) }
    try settings.write([
      learningRate, beta1, beta2, configuration.epsilon, configuration.weightDecay,
      correction(beta1), correction(beta2),
    ])
    let clip = configuration.clip
    try gradientScale.write([clip > 0 ? min(1, clip / (gradientNorm + 1e-6)) : 1])
    try graph.run()
  }

  /// The running means of the gradient and of its square, padding included.
  func moments() throws -> (mean: [Float], variance: [Float]) {
    (try mean.floats(), try variance.floats())
  }

  /// Goes on from an earlier state.
  func restore(steps: Int, mean: [Float], variance: [Float]) throws {
    try self.mean.write(mean)
    try self.variance.write(variance)
    self.steps = steps
  }

  /// The bytes of the optimiser's own state and scratch.
  var byteCount: Int { arena.byteCount + graph.byteCount }
}
