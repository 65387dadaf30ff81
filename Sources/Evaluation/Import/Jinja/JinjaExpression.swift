/// An expression of a template, with the place where it begins.
struct JinjaExpression: Sendable {
  indirect enum Form: Sendable {
    case literal(PythonValue)
    case name(String)
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case dict([(JinjaExpression, JinjaExpression)])
    case attribute(JinjaExpression, String)
    case element(JinjaExpression, JinjaExpression)
    case slice(JinjaExpression, JinjaExpression?, JinjaExpression?, JinjaExpression?)
    case call(String, JinjaArguments)
    case method(JinjaExpression, String, JinjaArguments)
    case filter(JinjaExpression, String, JinjaArguments)
    case test(JinjaExpression, String, JinjaArguments)
    case negative(JinjaExpression)
    case positive(JinjaExpression)
    case not(JinjaExpression)
    case and(JinjaExpression, JinjaExpression)
    case or(JinjaExpression, JinjaExpression)
    case binary(String, JinjaExpression, JinjaExpression)
    case compare(JinjaExpression, [(String, JinjaExpression)])
    case condition(JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?)
  }

  let form: Form
  let place: JinjaPlace
}

/// What a call gives.
struct JinjaArguments: Sendable {
  var plain: [JinjaExpression] = []
  var named: [(String, JinjaExpression)] = []
}

/// A part of a template that is rendered.
indirect enum JinjaNode: Sendable {
  case text(String)
  case output(JinjaExpression)
  case condition([(JinjaExpression, [JinjaNode])], otherwise: [JinjaNode])
  case loop(JinjaLoop)
  case assignment([String], JinjaExpression)
}

/// `{% for … in … %}`.
struct JinjaLoop: Sendable {
  let names: [String]
  let list: JinjaExpression
  let filter: JinjaExpression?
  let body: [JinjaNode]
  let otherwise: [JinjaNode]
}
