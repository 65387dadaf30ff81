import ModelRuntime

/// A record of differentiable operations on a graph.
///
/// Each operation (the other files of this folder) appends its forward part at once and leaves a
/// closure that appends its backward part. `backward` runs the closures in reverse. Only values
/// that depend on a trainable parameter are *tracked*: nothing is ever computed for the gradient of
/// a frozen weight, nor propagated below the first adapted layer.
final class Tape {
  /// A value of the forward part, and where its gradient is collected.
  struct Variable {
    let value: GraphTensor
    /// The slot of the gradient; nil where none is needed.
    let slot: Int?
    /// Computes the value once more from what is kept anyway, for a backward part that reads it, so
    /// that it need not lie in memory until then; nil where `value` is kept.
    var again: (() throws -> GraphTensor)?

    var isTracked: Bool { slot != nil }
    var shape: TensorShape { value.shape }
  }

  let graph: TensorGraph
  /// What kernels know of the batch in hand.
  let dense: DenseBatch
  private var gradients: [GraphTensor?] = []
  private var backwardSteps: [() throws -> Void] = []

  /// Whether anything is tracked at all.
  private var isRecording: Bool
  /// Whether something would have been tracked while nothing was recorded.
  private var wouldTrack = false

  /// - Parameter isRecording: false for a forward part alone.
  init(graph: TensorGraph, dense: DenseBatch = DenseBatch(), isRecording: Bool = true) {
    self.graph = graph
    self.dense = dense
    self.isRecording = isRecording
  }

  /// A value that needs no gradient: an input or a frozen weight.
  func constant(_ value: GraphTensor) -> Variable { Variable(value: value, slot: nil) }

  /// A trainable parameter.
  func parameter(_ value: GraphTensor) -> Variable { tracked(value) }

  /// The result of an operation; tracked if one of its inputs is.
  func result(_ value: GraphTensor, of inputs: Variable...) -> Variable {
    inputs.contains { $0.isTracked } ? tracked(value) : constant(value)
  }

  /// Leaves the backward part of an operation, which is skipped if no gradient reaches `output`.
  ///
  /// - Parameter step: receives the gradient of the loss in `output`.
  func onBackward(of output: Variable, _ step: @escaping (GraphTensor) throws -> Void) {
    guard let slot = output.slot else { return }
    backwardSteps.append { [self] in
      if let gradient = gradients[slot] { try step(gradient) }
    }
  }

  /// Adds to the gradient of a variable; the contribution is only computed if it is tracked.
  func accumulate(_ variable: Variable, _ contribution: () throws -> GraphTensor) throws {
    guard let slot = variable.slot else { return }
    let addend = try contribution()
    gradients[slot] = try gradients[slot].map { try graph.add($0, addend) } ?? addend
  }

  /// Appends the backward part of everything recorded.
  ///
  /// The seeds are the gradients that `onBackward` closures of loss operations give themselves.
  func backward() throws {
    try unwind(to: 0)
  }

  /// Appends the backward part of what was recorded after the first `count` operations, last first.
  private func unwind(to count: Int) throws {
    while backwardSteps.count > count { try backwardSteps.removeLast()() }
  }

  /// Records operations of which nothing but `x` is kept: their backward part computes them again.
  ///
  /// What they compute the first time is needed by nothing but the result, so that the graph's
  /// memory for it is free at once. What they compute again comes after everything above them.
  ///
  /// - Parameter operations: makes the same operations each time it is called.
  func recomputed(_ x: Variable, _ operations: @escaping (Variable) throws -> Variable) throws
    -> Variable
  {
    guard isRecording else { return try operations(x) }
    let value = try withoutRecording { try operations(constant(x.value)).value }
    guard x.isTracked || wouldTrack else { return constant(value) }
    let output = tracked(value)
    onBackward(of: output) { [self] gradient in
      // In the graph before the operations' second part, so that the two do not lie side by side.
      try graph.compute(gradient)
      let count = backwardSteps.count
      try seed(operations(x), with: gradient)
      try unwind(to: count)
    }
    return output
  }

  private func withoutRecording<Value>(_ body: () throws -> Value) rethrows -> Value {
    (isRecording, wouldTrack) = (false, false)
    defer { isRecording = true }
    return try body()
  }

  /// The gradient of a variable after `backward`; nil if none reached it.
  func gradient(of variable: Variable) -> GraphTensor? { variable.slot.flatMap { gradients[$0] } }

  /// Gives a variable its gradient before `backward`: where the chain begins.
  func seed(_ variable: Variable, with gradient: GraphTensor) throws {
    try accumulate(variable) { gradient }
  }

  /// Puts a gradient that includes what was collected so far in its place.
  func replaceGradient(of variable: Variable, with gradient: GraphTensor) {
    if let slot = variable.slot { gradients[slot] = gradient }
  }

  /// A value that needs a gradient.
  func tracked(_ value: GraphTensor) -> Variable {
    guard isRecording else {
      wouldTrack = true
      return constant(value)
    }
    gradients.append(nil)
    return Variable(value: value, slot: gradients.count - 1)
  }
}
