internal import CDNNL
internal import CLlama
internal import Synchronization

/// What a kernel of a graph works on, on one of the threads.
public struct KernelCall {
  /// Which part of the work this is, and of how many.
  public let part: Int
  public let parts: Int
  /// The memory of the result.
  public let output: UnsafeMutableRawPointer
  /// The memory of each input.
  public let inputs: [UnsafeMutableRawPointer]
  /// This thread's products.
  public let products: DenseProducts

  /// This thread's share of `count` things, cut at multiples of `step`.
  public func share(of count: Int, step: Int = 1) -> Range<Int> {
    let steps = (count + step - 1) / step
    let first = steps * part / parts * step
    let end = steps * (part + 1) / parts * step
    return min(first, count)..<min(end, count)
  }
}

/// The work of a kernel; called once by each thread, all of which have ended before the next
/// operation begins.
public typealias Kernel = (KernelCall) throws -> Void

extension TensorGraph {
  /// Appends an operation of our own, computed on the CPU.
  ///
  /// - Parameters:
  ///   - inputs: 1 to 10 contiguous tensors.
  ///   - work: writes the whole result, whose memory holds anything before.
  /// - Returns: a tensor of `shape`.
  public func kernel(
    _ name: String, _ shape: TensorShape, _ element: GraphElement = .f32, inputs: [GraphTensor],
    _ work: @escaping Kernel
  ) throws -> GraphTensor {
    let box = KernelBox(name, work, products: try backend.products(), inputs: 0..<inputs.count)
    let fits =
      (1...Int(GGML_MAX_SRC)).contains(inputs.count) && inputs.allSatisfy(\.isContiguous)
      && shape.isRepresentable
    let output = try append(
      name, inputs, expecting: "1 to \(GGML_MAX_SRC) contiguous tensors", where: fits
    ) {
      var handles: [UnsafeMutablePointer<ggml_tensor>?] = inputs.map(\.handle)
      return ggml_custom_4d(
        context, element.ggmlType, Int64(shape[0]), Int64(shape[1]), Int64(shape[2]),
        Int64(shape[3]), &handles, Int32(handles.count), runKernel, GGML_N_TASKS_MAX,
        Unmanaged.passUnretained(box).toOpaque())
    }
    keep(box)
    return output
  }

  /// Appends an operation of our own that changes a tensor where it lies, which takes no memory.
  ///
  /// - Parameters:
  ///   - target: of an arena; it is the output of the work, and holds what it held before.
  ///   - inputs: at most 8 contiguous tensors.
  /// - Returns: the target after the change.
  public func kernel(
    _ name: String, updating target: GraphTensor, inputs: [GraphTensor], _ work: @escaping Kernel
  ) throws -> GraphTensor {
    let box = KernelBox(
      name, work, products: try backend.products(), inputs: 1..<inputs.count + 1)
    // ggml counts the target among the sources, and wants one less than their limit.
    let limit = Int(GGML_MAX_SRC) - 2
    let output = try append(
      name, [target] + inputs, expecting: "a contiguous target and at most \(limit) such tensors",
      where: inputs.count <= limit && ([target] + inputs).allSatisfy(\.isContiguous)
    ) {
      var handles: [UnsafeMutablePointer<ggml_tensor>?] = inputs.map(\.handle)
      return ggml_custom_inplace(
        context, target.handle, &handles, Int32(handles.count), runKernel, GGML_N_TASKS_MAX,
        Unmanaged.passUnretained(box).toOpaque())
    }
    keep(box)
    return output
  }
}

/// A kernel as ggml calls it, the first error of its threads, and what it took.
final class KernelBox: Sendable {
  /// Written by one thread only.
  private struct Meter {
    var runs = 0
    var time = Duration.zero
    var productOperations = 0.0
  }

  let name: String
  nonisolated(unsafe) private let work: Kernel
  nonisolated(unsafe) private let products: [DenseProducts]
  /// Which of the sources the work is given.
  private let inputs: Range<Int>
  private let failure = Mutex<(any Error)?>(nil)
  /// One for each thread; read between runs.
  nonisolated(unsafe) private let meters: UnsafeMutableBufferPointer<Meter>

  init(_ name: String, _ work: @escaping Kernel, products: [DenseProducts], inputs: Range<Int>) {
    self.name = name
    meters = .allocate(capacity: products.count)
    meters.initialize(repeating: Meter())
    self.work = work
    self.products = products
    self.inputs = inputs
  }

  deinit { meters.deallocate() }

  var runs: Int { meters.reduce(0) { max($0, $1.runs) } }

  /// In the mean over the threads.
  var seconds: Double {
    meters.reduce(0) { $0 + $1.time / .seconds(1) } / Double(max(meters.count, 1))
  }

  var productOperations: Double { meters.reduce(0) { $0 + $1.productOperations } }

  func run(_ tensor: UnsafeMutablePointer<ggml_tensor>, part: Int, parts: Int) {
    guard let output = tensor.pointee.data, part < products.count else { return }
    let sources = tensor.pointee.src
    let all = [
      sources.0, sources.1, sources.2, sources.3, sources.4, sources.5, sources.6, sources.7,
      sources.8, sources.9,
    ]
    let call = KernelCall(
      part: part, parts: parts, output: output,
      inputs: all[inputs].compactMap { $0?.pointee.data },
      products: products[part])
    // A graph of one thread runs outside OpenMP, where oneDNN would start threads of its own.
    let threads = omp_get_max_threads()
    if parts == 1 { omp_set_num_threads(1) }
    defer { if parts == 1 { omp_set_num_threads(threads) } }
    let (start, before) = (ContinuousClock.now, products[part].operations)
    do {
      try work(call)
    } catch {
      failure.withLock { first in first = first ?? error }
    }
    meters[part].runs += 1
    meters[part].time += ContinuousClock.now - start
    meters[part].productOperations += products[part].operations - before
  }

  /// The first error since the last call, taken away.
  func takeFailure() -> (any Error)? {
    failure.withLock { first in
      defer { first = nil }
      return first
    }
  }
}

private func runKernel(
  _ tensor: UnsafeMutablePointer<ggml_tensor>?, _ part: Int32, _ parts: Int32,
  _ box: UnsafeMutableRawPointer?
) {
  guard let tensor, let box else { return }
  Unmanaged<KernelBox>.fromOpaque(box).takeUnretainedValue()
    .run(tensor, part: Int(part), parts: Int(parts))
}
