import Foundation
import ModelRuntime

/// AdamW over one flat vector of parameters, with the gradient clipped by its norm.
final class AdamW {
  private let configuration: TrainingConfiguration
  private let arena: TensorArena
  private let graph: TensorGraph
  /// `[7]`, see `TensorGraph.adamWStep`; without weight decay for the rest.
  private let settings: GraphTensor
  private let plainSettings: GraphTensor
  /// `[1]`: what the gradient is multiplied by.
  private let gradientScale: GraphTensor
  private let mean: GraphTensor
  private let variance: GraphTensor
  /// Steps made so far.
  private(set) var steps = 0

  /// - Parameters:
  ///   - parameters: a tensor of an arena.
  ///   - gradient: of the same shape; each step leaves it clipped.
  ///   - decayed: how many of the first elements weight decay draws towards 0, whole rows; nil for all.
  init(
    parameters: GraphTensor, gradient: GraphTensor, decayed: Int? = nil,
    configuration: TrainingConfiguration, on backend: ComputeBackend
  ) throws {
    self.configuration = configuration
    let (row, rows) = (parameters.shape[0], parameters.shape[1])
    let decayedRows = min((decayed ?? parameters.shape.count) / row, rows)
    arena = try TensorArena(capacity: 11, on: backend)
    let mean = try arena.tensor(parameters.shape, name: "mean")
    let variance = try arena.tensor(parameters.shape, name: "variance")
    (self.mean, self.variance) = (mean, variance)
    settings = try arena.tensor(TensorShape(7), name: "settings")
    plainSettings = try arena.tensor(TensorShape(7), name: "plain_settings")
    gradientScale = try arena.tensor(TensorShape(1), name: "gradient_scale")
    let stretches = [(0..<decayedRows, settings), (decayedRows..<rows, plainSettings)]
      .filter { !$0.0.isEmpty }
    let parts = try stretches.map { [arena] stretch, settings in
      let (offset, shape) = (stretch.lowerBound * row, TensorShape(row, stretch.count))
      let isAll = stretch.count == rows
      return (
        offset: offset, settings: settings,
        tensors: try [parameters, mean, variance].map {
          try isAll ? $0 : arena.part(of: $0, at: offset, as: shape)
        }
      )
    }
    try arena.allocate()
    graph = try TensorGraph(capacity: 8, on: backend)
    let clipped = try graph.multiplyInPlace(gradient, gradientScale)
    for part in parts {
      let shape = part.tensors[0].shape
      try graph.compute(
        graph.adamWStep(
          parameters: part.tensors[0],
          gradient: shape == clipped.shape
            ? clipped : graph.view(clipped, at: part.offset, as: shape),
          mean: part.tensors[1], variance: part.tensors[2], settings: part.settings))
    }
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
    for (settings, decay) in [(settings, configuration.weightDecay), (plainSettings, 0)] {
      try settings.write([
        learningRate, beta1, beta2, configuration.epsilon, decay, correction(beta1),
        correction(beta2),
      ])
    }
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
