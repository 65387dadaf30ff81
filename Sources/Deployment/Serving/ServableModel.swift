public import MLOpsCore

/// A loaded model that can be freed.
public protocol ServableModel: LanguageModel {
  /// Frees the model's memory.
  ///
  /// Called once, after the last generation has ended. May take long; it suspends and never blocks
  /// the cooperative pool.
  func shutdown() async
}
