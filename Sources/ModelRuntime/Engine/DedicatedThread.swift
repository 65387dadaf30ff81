import Foundation

/// An executor with a thread of its own: blocking C runs on it and never starves the cooperative pool.
///
/// One thread for good, and not whichever a queue lends, because OpenMP keeps a team of workers for
/// every thread that ever called it.
final class DedicatedThread: SerialExecutor {
  private let queue = JobQueue()

  init(name: String) {
    let queue = queue
    let thread = Thread { queue.run() }
    thread.name = name
    // Some tokenisers use std::regex, which recurses once for each character.
    thread.stackSize = 64 << 20
    thread.start()
  }

  deinit { queue.close() }

  func enqueue(_ job: consuming ExecutorJob) {
    queue.append(UnownedJob(job), on: asUnownedSerialExecutor())
  }
}

/// Jobs in order, handed from any thread to the one that runs them.
///
/// `@unchecked Sendable`: every access to the stored properties holds `condition`.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
  private var isClosed = false

  func append(_ job: UnownedJob, on executor: UnownedSerialExecutor) {
    condition.withLock {
      jobs.append((job, executor))
      condition.signal()
    }
  }

  func close() {
    condition.withLock {
      isClosed = true
      condition.signal()
    }
  }

  func run() {
    while let batch = next() {
      for (job, executor) in batch { job.runSynchronously(on: executor) }
    }
  }

  /// Waits for jobs; nil when there are none and never will be.
  private func next() -> [(UnownedJob, UnownedSerialExecutor)]? {
    condition.withLock {
      while jobs.isEmpty && !isClosed { condition.wait() }
      defer { jobs.removeAll() }
      return jobs.isEmpty ? nil : jobs
    }
  }
}
