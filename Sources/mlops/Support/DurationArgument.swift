import ArgumentParser

/// A time that an option names: `30d`, `12h`, `45m`, `90s`.
enum DurationArgument {
  /// - Parameter examples: of the option, for the message.
  static func parse(_ text: String, _ examples: String) throws -> Duration {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last, let unit = units[last], let count = Int(text.dropLast()),
      (0...100_000).contains(count)
    else { throw ValidationError("Expected a time such as \(examples), found '\(text)'.") }
    return .seconds(count * unit)
  }
}
