/// A template of a task file: the part of Jinja that such templates use, with the settings of
/// lm-evaluation-harness (a last line end is kept, undefined values are mistakes).
struct JinjaTemplate: Sendable {
  let nodes: [JinjaNode]

  init(_ text: String) throws(JinjaFault) {
    var reader = JinjaBlockReader(pieces: try JinjaLexer.pieces(of: text))
    nodes = try reader.nodes(until: [], 0).nodes
  }
}

/// Nests the tags of a template.
private struct JinjaBlockReader {
  let pieces: [JinjaPiece]
  var position = 0

  init(pieces: [JinjaPiece]) { self.pieces = pieces }

  /// Nodes until one of some tags, and a parser that stands behind its name.
  mutating func nodes(until ends: [String], _ depth: Int) throws(JinjaFault)
    -> (nodes: [JinjaNode], end: String, rest: JinjaParser?)
  {
    var nodes: [JinjaNode] = []
    while position < pieces.count {
      let piece = pieces[position]
      position += 1
      switch piece {
      case .text(let text): nodes.append(.text(text))
      case .output(let tokens):
        var parser = JinjaParser(tokens)
        nodes.append(.output(try parser.tuple()))
        try parser.expectEnd()
      case .tag(let tokens):
        var parser = JinjaParser(tokens)
        let place = parser.next.place
        let tag = try parser.name()
        if ends.contains(tag) { return (nodes, tag, parser) }
        guard depth < JinjaLimits.depth else {
          throw place.fault("blocks are nested deeper than \(JinjaLimits.depth) levels")
        }
        nodes.append(try block(tag, &parser, at: place, depth + 1))
      }
    }
    guard ends.isEmpty else {
      let place = JinjaPlace(line: lastLine, column: 1)
      throw place.fault("'{% \(ends.last ?? "") %}' is missing")
    }
    return (nodes, "", nil)
  }

  private var lastLine: Int {
    for piece in pieces.reversed() {
      switch piece {
      case .output(let tokens), .tag(let tokens):
        if let last = tokens.last { return last.place.line }
      case .text: continue
      }
    }
    return 1
  }

  private mutating func block(
    _ tag: String, _ parser: inout JinjaParser, at place: JinjaPlace, _ depth: Int
  ) throws(JinjaFault) -> JinjaNode {
    switch tag {
    case "if": return try condition(&parser, depth)
    case "for": return try loop(&parser, depth)
    case "set":
      let names = try targets(&parser)
      guard parser.take(sign: "=") else {
        throw place.fault("only '{% set name = value %}' is understood")
      }
      let value = try parser.tuple()
      try parser.expectEnd()
      return .assignment(names, value)
    default:
      throw place.fault(
        "the tag '{% \(tag) %}' is not understood (known: if, elif, else, for, set, raw)")
    }
  }

  private mutating func condition(_ parser: inout JinjaParser, _ depth: Int) throws(JinjaFault)
    -> JinjaNode
  {
    var branches: [(JinjaExpression, [JinjaNode])] = []
    var test = try parser.tuple()
    try parser.expectEnd()
    while true {
      let (body, end, rest) = try nodes(until: ["elif", "else", "endif"], depth)
      branches.append((test, body))
      guard var rest, end != "endif" else { return .condition(branches, otherwise: []) }
      if end == "else" {
        let otherwise = try nodes(until: ["endif"], depth).nodes
        return .condition(branches, otherwise: otherwise)
      }
      test = try rest.tuple()
      try rest.expectEnd()
    }
  }

  private mutating func loop(_ parser: inout JinjaParser, _ depth: Int) throws(JinjaFault)
    -> JinjaNode
  {
    let names = try targets(&parser)
    guard parser.take(name: "in") else {
      throw parser.next.place.fault("expected 'in', found \(parser.next.label)")
    }
    let list = try parser.disjunction()
    let filter: JinjaExpression? = parser.take(name: "if") ? try parser.expression() : nil
    try parser.expectEnd()
    let (body, end, _) = try nodes(until: ["else", "endfor"], depth)
    let otherwise = end == "else" ? try nodes(until: ["endfor"], depth).nodes : []
    return .loop(
      JinjaLoop(names: names, list: list, filter: filter, body: body, otherwise: otherwise))
  }

  private func targets(_ parser: inout JinjaParser) throws(JinjaFault) -> [String] {
    let isBracketed = parser.take(sign: "(")
    var names = [try parser.name()]
    while parser.take(sign: ",") { names.append(try parser.name()) }
    if isBracketed { try parser.expect(sign: ")") }
    return names
  }
}
