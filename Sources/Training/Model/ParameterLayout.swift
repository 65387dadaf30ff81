import ModelRuntime

/// Where everything that a run trains lies in one flat vector.
///
/// One vector means one optimiser step, one norm and one checkpoint for all of it.
protocol ParameterLayout {
  /// How many numbers are trained.
  var count: Int { get }
  /// Elements up to the end of the last parameter; any between two parameters are 0 and stay so.
  var extent: Int { get }
  /// How many of the first elements weight decay draws towards 0: whole rows of the vector.
  var decayed: Int { get }

  /// What training begins with, padding included.
  func initialValues(seed: UInt64) throws -> [Float]
}

/// What the vector is padded to: rows are what the optimiser's threads share.
private let rowLength = 256

extension ParameterLayout {
  /// Of the vector, padding included.
  var shape: TensorShape { Self.rows(of: extent) }

  /// The rows that hold so many elements.
  static func rows(of elements: Int) -> TensorShape {
    TensorShape(rowLength, max((elements + rowLength - 1) / rowLength, 1))
  }
}
