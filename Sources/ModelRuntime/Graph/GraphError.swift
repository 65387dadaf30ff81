public import MLOpsCore

/// Why a tensor graph could not be built or run.
///
/// Shapes are checked before each call because a failed `GGML_ASSERT` ends the process.
public enum GraphError: Failure, Equatable {
  /// An operation was given tensors that do not fit together.
  case shapeMismatch(operation: String, expected: String, found: String)
  /// A tensor was read or written with another number of elements than it has.
  case countMismatch(tensor: String, expected: Int, found: Int)
  /// A tensor was used before its memory was allocated, or an arena was changed after.
  case outOfOrder(String)
  /// A graph or arena has no room for one more tensor.
  case capacityExceeded(limit: Int)
  /// The memory for tensors could not be had.
  case outOfMemory(what: String, bytes: Int)
  /// The backend gave up while computing.
  case computeFailed(status: Int)
  /// A dense product could not be computed.
  case productFailed(what: String, status: Int)

  public var code: String {
    switch self {
    case .shapeMismatch: "runtime.graph_shape_mismatch"
    case .countMismatch: "runtime.graph_count_mismatch"
    case .outOfOrder: "runtime.graph_out_of_order"
    case .capacityExceeded: "runtime.graph_capacity_exceeded"
    case .outOfMemory: "runtime.graph_out_of_memory"
    case .computeFailed: "runtime.graph_compute_failed"
    case .productFailed: "runtime.graph_product_failed"
    }
  }

  public var kind: FailureKind {
    if case .outOfMemory = self { .exhausted } else { .internal }
  }

  public var message: String {
    switch self {
    case .shapeMismatch(let operation, let expected, let found):
      "The graph operation '\(operation)' expects \(expected); found \(found)."
    case .countMismatch(let tensor, let expected, let found):
      "The tensor '\(tensor)' has \(expected) elements; found \(found)."
    case .outOfOrder(let what):
      "A tensor graph was used out of order: \(what)."
    case .capacityExceeded(let limit):
      "A tensor graph was made for \(limit) tensors; it needs more."
    case .outOfMemory(let what, let bytes):
      "No memory for \(what): \(bytes) bytes were asked for."
    case .computeFailed(let status):
      "The backend could not compute the graph (ggml status \(status))."
    case .productFailed(let what, let status):
      "A dense product failed: \(what) (oneDNN status \(status))."
    }
  }

  public var advice: String? {
    if case .outOfMemory = self {
      "Use a smaller batch or a smaller model, or free memory on this machine."
    } else {
      nil
    }
  }
}
