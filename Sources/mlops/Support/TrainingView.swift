import Foundation
import JSON
import MLOpsCore
import Synchronization
import Training

/// Shows a training as it goes: events on stdout with `--json`, else on stderr one line that is
/// drawn again where that is a terminal, or a line now and then.
final class TrainingView: Sendable {
  private struct State {
    var drawn: ContinuousClock.Instant?
    var validation: TrainingHistory.Validation?
  }

  private let state = Mutex(State())
  private let isLive: Bool
  private let terminal: Terminal

  /// - Parameter isLive: whether stderr is a terminal.
  init(isLive: Bool, terminal: Terminal) {
    self.isLive = isLive && !terminal.json
    self.terminal = terminal
  }

  func show(_ event: TrainingEvent) {
    if terminal.json { return Terminal.write(event.json.canonical, to: STDOUT_FILENO) }
    switch event {
    case .planned(let plan):
      for line in TrainingText.lines(of: plan) { terminal.note(line) }
    case .step(let step): show(step)
    case .validated(let validation):
      state.withLock { $0.validation = validation }
      if !isLive {
        terminal.note(
          "after step \(validation.step): validation loss "
            + Quantity.fixed(validation.loss, decimals: 4))
      }
    case .checkpoint(let step, let path):
      if !isLive { terminal.note("after step \(step): checkpoint \(path)") }
    case .noticed(let notice):
      finish()
      terminal.note("\(notice.level.rawValue): \(notice.message)")
    }
  }

  private func show(_ step: TrainingStep) {
    let line: String? = state.withLock { state in
      let now = ContinuousClock.now
      let pause = isLive ? Duration.milliseconds(200) : .seconds(30)
      guard state.drawn.map({ now - $0 > pause }) ?? true else { return nil }
      state.drawn = now
      return TrainingText.line(step, validation: state.validation)
    }
    guard let line else { return }
    if isLive {
      Terminal.draw("\r\u{1B}[K\(line)")
    } else {
      terminal.note(line)
    }
  }

  /// Clears the line.
  func finish() {
    if isLive { Terminal.draw("\r\u{1B}[K") }
  }
}
