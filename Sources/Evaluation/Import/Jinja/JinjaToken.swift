/// A piece of an expression.
struct JinjaToken: Sendable {
  enum Kind: Sendable, Equatable {
    case name(String)
    case string(String)
    case number(PythonValue)
    /// An operator, a bracket or a comma.
    case sign(String)
    case end
  }

  let kind: Kind
  let place: JinjaPlace

  /// How it is named in messages.
  var label: String {
    switch kind {
    case .name(let name): "'\(name)'"
    case .string: "a text"
    case .number: "a number"
    case .sign(let sign): "'\(sign)'"
    case .end: "the end"
    }
  }
}

/// A template cut into text, outputs and tags.
enum JinjaPiece: Sendable {
  case text(String)
  case output([JinjaToken])
  case tag([JinjaToken])
}
