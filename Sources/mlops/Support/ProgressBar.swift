import Foundation
import MLOpsCore
import Synchronization

/// A progress line on stderr with rate and time left, for work of more than a second.
///
/// Nothing is drawn where stderr is no terminal or the work is over sooner.
final class ProgressBar: Sendable {
  private struct State {
    var label = ""
    var started = ContinuousClock.now
    var drawn = ContinuousClock.now
    var isVisible = false
  }

  private let state = Mutex(State())
  private let isEnabled: Bool

  init(isEnabled: Bool = isatty(STDERR_FILENO) == 1) { self.isEnabled = isEnabled }

  /// What the work calls.
  var handler: ProgressHandler { { [self] update in show(update) } }

  /// Clears the line.
  func finish() {
    state.withLock { state in
      guard state.isVisible else { return }
      state.isVisible = false
      Terminal.draw("\r\u{1B}[K")
    }
  }

  private func show(_ update: ProgressUpdate) {
    guard isEnabled else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if state.label != update.label {
        state.label = update.label
        state.started = now
      }
      guard now - state.started > .seconds(1), now - state.drawn > .milliseconds(100) else {
        return
      }
      state.drawn = now
      state.isVisible = true
      Terminal.draw("\r\u{1B}[K" + ProgressBar.line(update, after: now - state.started))
    }
  }

  /// `hashing  ███████░░░  71 %  1.9 GB/s  0:03 left`
  static func line(_ update: ProgressUpdate, after elapsed: Duration) -> String {
    let seconds = max(
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, 0.001)
    let rate = Double(update.done) / seconds
    var line = "\(update.label)  "
    if let total = update.total, total > 0 {
      let share = min(Double(update.done) / Double(total), 1)
      let filled = Int(share * 24)
      line += String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      line += "  \(Int(share * 100)) %  \(Quantity.rate(rate, unit: update.unit))"
      if rate > 0 {
        line += "  \(Quantity.clock(Double(total - update.done) / rate)) left"
      }
    } else {
      line += "\(Quantity.count(update.done, unit: update.unit))  "
      line += Quantity.rate(rate, unit: update.unit)
    }
    return line
  }
}
