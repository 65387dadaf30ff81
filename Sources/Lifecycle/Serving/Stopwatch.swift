/// Seconds on the monotonic clock.
enum Stopwatch {
  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let span = (ContinuousClock.now - start).components
    return Double(span.seconds) + Double(span.attoseconds) / 1e18
  }
}
