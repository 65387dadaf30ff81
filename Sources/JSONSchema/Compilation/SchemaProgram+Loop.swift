extension SchemaProgram {
  /// A node that applies itself to the very same value for ever; nil where there is none.
  var loop: SchemaNode.ID? {
    enum Mark { case unseen, open, done }
    var marks = [Mark](repeating: .unseen, count: nodes.count)
    for start in nodes.indices where marks[start] == .unseen {
      // A stack of its own: a chain of references may be longer than the machine's is deep.
      var stack: [(node: SchemaNode.ID, next: [SchemaNode.ID])] = [(start, nodes[start].inPlace)]
      marks[start] = .open
      while let top = stack.last {
        guard let next = top.next.last else {
          marks[top.node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next.removeLast()
        switch marks[next] {
        case .done: continue
        case .open: return next
        case .unseen:
          marks[next] = .open
          stack.append((next, nodes[next].inPlace))
        }
      }
    }
    return nil
  }
}

extension SchemaNode {
  /// The nodes that are applied to the same value as this one.
  fileprivate var inPlace: [SchemaNode.ID] {
    assertions.flatMap { assertion -> [SchemaNode.ID] in
      switch assertion.rule {
      case .reference(let node), .not(let node): [node]
      case .all(let nodes), .any(let nodes), .exactlyOne(let nodes): nodes
      case .conditional(let test, let then, let otherwise):
        [test, then, otherwise].compactMap { $0 }
      case .dependentSchemas(let list): list.map(\.1)
      default: []
      }
    }
  }
}
