public import JSON

/// A row that a step took out, and why.
public struct DroppedRow: Error, Sendable, Equatable {
  /// Where it began in the input, from 1.
  public let line: Int
  /// The step's name; `read` for a row that is no JSON.
  public let step: String
  /// A phrase without a full stop.
  public let reason: String
  /// Into the row, to what the reason is about.
  public let pointer: JSONPointer

  /// `rows.csv:3: /t: shorter than 4 characters (filter_length)`.
  func reason(in file: String) -> String {
    let place = pointer == .root ? "" : " \(pointer):"
    return "\(file):\(line):\(place) \(reason) (\(step))"
  }

  /// One line of the stream of dropped rows.
  public var json: JSONValue {
    [
      "line": .integer(line), "step": .string(step), "reason": .string(reason),
      "pointer": .string(pointer.description),
    ]
  }
}
