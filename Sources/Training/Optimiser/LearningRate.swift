import Foundation

/// The learning rate of every step.
struct LearningRate {
  let peak: Float
  let schedule: TrainingConfiguration.Schedule
  /// Steps in which it rises, at least 0.
  let warmupSteps: Int
  /// All steps, at least 1.
  let steps: Int

  init(_ configuration: TrainingConfiguration, steps: Int) {
    peak = configuration.learningRate
    schedule = configuration.schedule
    self.steps = steps
    warmupSteps = Int((configuration.warmup * Float(steps)).rounded(.up))
  }

  /// - Parameter step: from 0.
  func rate(at step: Int) -> Float {
    if step < warmupSteps { return peak * Float(step + 1) / Float(warmupSteps) }
    let progress = Float(step - warmupSteps) / Float(max(steps - warmupSteps, 1))
    return switch schedule {
    case .constant: peak
    case .linear: peak * (1 - progress)
    case .cosine: peak * (1 + cos(.pi * progress)) / 2
    }
  }
}
