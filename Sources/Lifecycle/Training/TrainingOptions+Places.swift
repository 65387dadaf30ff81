import MLOpsCore
import Training

extension TrainingOptions {
  /// Does what may find an option unusable.
  ///
  /// - Throws: what `body` throws; for an option that a file said `LifecycleError.badConfiguration`
  ///   with its place, since the person does not have it on the command line.
  func placing<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw placed(error)
    }
  }

  /// An error that names the place of the option that it is about, where a file said that.
  func placed(_ error: any Error) -> any Error {
    switch error {
    case LifecycleError.badOption(let name, let reason):
      badConfiguration(name, "is not usable: \(reason)") ?? error
    case LifecycleError.badReference(let name, let cause):
      badConfiguration(name.replacing("-", with: "_"), "is not usable: \(cause.message.clause)")
        ?? error
    case TrainingError.invalidConfiguration(let name, let expected, let found):
      badConfiguration(name, "must be \(expected); found \(found)") ?? error
    default: error
    }
  }

  private func badConfiguration(_ name: String, _ clause: String) -> LifecycleError? {
    guard let option = TrainingOption(rawValue: name), let place = places[option] else {
      return nil
    }
    return .badConfiguration(
      file: place.file, place: place.position, reason: "'\(name)' \(clause)")
  }
}

extension String {
  /// A sentence without its full stop.
  fileprivate var clause: String { hasSuffix(".") ? String(dropLast()) : self }
}
