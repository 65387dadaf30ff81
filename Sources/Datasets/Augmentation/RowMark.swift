public import JSON
public import MLOpsCore

/// What a synthetic row says of itself: from which row it was made, by which step.
public struct RowMark: Sendable, Equatable {
  /// The member of a row that holds the mark, where no other is chosen.
  public static let defaultName = "_synthetic"

  /// The SHA-256 of the source row's canonical text, without a line end.
  public let source: Digest
  /// The step's name, with `#2` where it is the second of that name.
  public let step: String
  /// Which of the step's draws of that row it is, from 1.
  public let index: Int
  /// The model that wrote it; nil for steps without one.
  public let model: Digest?

  init(source: Digest, step: String, index: Int, model: Digest? = nil) {
    self.source = source
    self.step = step
    self.index = index
    self.model = model
  }

  /// The mark of a row; nil where it has none, or something else under that name.
  public init?(of row: JSONValue, name: String = RowMark.defaultName) {
    guard let mark = row[name], let source = mark["from"]?.string.flatMap(Digest.init(hex:)),
      let step = mark["step"]?.string, let index = mark["index"]?.int, index >= 1
    else { return nil }
    self.init(
      source: source, step: step, index: index,
      model: mark["model"]?.string.flatMap { try? Digest($0) })
  }

  /// `{"from", "step", "index"}`, and `model` where there is one.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "from": .string(source.hex), "step": .string(step), "index": .integer(index),
    ]
    if let model { object["model"] = .string(model.description) }
    return .object(object)
  }
}

extension JSONValue {
  /// What marks call the row: the SHA-256 of its canonical text.
  public var rowDigest: Digest { Digest(of: self) }

  /// The row without its mark.
  public func withoutMark(_ name: String) -> JSONValue {
    guard case .object(var members) = self else { return self }
    members[name] = nil
    return .object(members)
  }

  /// The row with a mark; a value that is no object cannot have one and stays as it is.
  func marked(_ mark: RowMark, as name: String) -> JSONValue {
    guard case .object(var members) = self else { return self }
    members[name] = mark.json
    return .object(members)
  }
}
