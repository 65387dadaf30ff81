extension SchemaProgram {
  /// How many schemas may be applied inside each other to one value: keeps the machine's stack whole.
  static let chainLimit = 1_200

  /// How the schemas of a program apply each other to one value where no value could be checked.
  enum Tangle: Equatable {
    /// A node that applies itself to the very same value for ever.
    case loop(SchemaNode.ID)
    /// A node that starts a chain of more than `chainLimit`.
    case chain(SchemaNode.ID)
  }

  /// A loop, else a chain that is too long; nil where there is neither.
  var tangle: Tangle? {
    enum Mark { case unseen, open, done }
    var marks = [Mark](repeating: .unseen, count: nodes.count)
    // How many nodes the longest chain has that starts at a node.
    var lengths = [Int](repeating: 0, count: nodes.count)
    var chain: SchemaNode.ID?
    for start in nodes.indices where marks[start] == .unseen {
      // A stack of its own: a chain of references may be longer than the machine's is deep.
      var stack: [(node: SchemaNode.ID, next: [SchemaNode.ID])] = [(start, nodes[start].inPlace)]
      marks[start] = .open
      while let top = stack.last {
        guard let next = top.next.last else {
          marks[top.node] = .done
          stack.removeLast()
          lengths[top.node] += 1
          if lengths[top.node] > SchemaProgram.chainLimit { chain = chain ?? top.node }
          if let outer = stack.last?.node {
            lengths[outer] = max(lengths[outer], lengths[top.node])
          }
          continue
        }
        stack[stack.count - 1].next.removeLast()
        switch marks[next] {
        case .done: lengths[top.node] = max(lengths[top.node], lengths[next])
        case .open: return .loop(next)
        case .unseen:
          marks[next] = .open
          stack.append((next, nodes[next].inPlace))
        }
      }
    }
    return chain.map { .chain($0) }
  }
}

extension SchemaNode {
  /// The nodes that are applied to the same value as this one.
  var inPlace: [SchemaNode.ID] {
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
