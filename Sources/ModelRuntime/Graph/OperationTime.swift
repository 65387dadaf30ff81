/// What the kernels of a graph that share a name took in all its runs.
public struct OperationTime: Sendable, Hashable {
  public let name: String
  /// How often one of them ran.
  public private(set) var runs = 0
  /// Seconds of work, in the mean over the threads: what one thread waits for another is not in it.
  public private(set) var seconds = 0.0
  /// Floating-point operations of its dense products, two for each multiplication and addition.
  public private(set) var productOperations = 0.0

  init(_ name: String) { self.name = name }

  mutating func add(_ kernel: KernelBox) {
    runs += kernel.runs
    seconds += kernel.seconds
    productOperations += kernel.productOperations
  }
}

extension TensorGraph {
  /// What its own kernels took, by name, in the order in which the names first appeared.
  public var operationTimes: [OperationTime] {
    var places: [String: Int] = [:]
    var times: [OperationTime] = []
    for kernel in kernels {
      let place = places[kernel.name] ?? times.count
      if place == times.count {
        places[kernel.name] = place
        times.append(OperationTime(kernel.name))
      }
      times[place].add(kernel)
    }
    return times
  }
}
