extension JSONLocator {
  /// Where the values are that pointers name, without those that name none.
  ///
  /// The text is read once, however many pointers there are.
  public func ranges(of pointers: some Sequence<JSONPointer>) -> [JSONPointer: JSONRange] {
    var search = LocatorSearch(self)
    var numbers: [JSONPointer: Int] = [:]
    for pointer in pointers where numbers[pointer] == nil {
      numbers[pointer] = search.add(pointer)
    }
    search.run()
    return numbers.compactMapValues { search.ranges[$0] }
  }
}

/// A walk through a text that looks for many values.
private struct LocatorSearch {
  private let locator: JSONLocator
  /// A tree of the pointers' tokens: for each of its nodes the nodes below. The first is the root.
  private var below: [[String: Int]] = [[:]]
  /// What has been found, by node of the tree.
  private(set) var ranges: [JSONRange?] = [nil]
  /// The place that was counted last; values are come by in the order of the text.
  private var offset = 0
  private var line = 1
  private var column = 1

  init(_ locator: JSONLocator) { self.locator = locator }

  /// The node of a pointer.
  mutating func add(_ pointer: JSONPointer) -> Int {
    var node = 0
    for token in pointer.tokens {
      if let known = below[node][token] {
        node = known
      } else {
        below[node][token] = below.count
        node = below.count
        below.append([:])
        ranges.append(nil)
      }
    }
    return node
  }

  mutating func run() {
    let start = locator.valueStart(from: locator.hasByteOrderMark ? 3 : 0)
    if start < locator.bytes.count { _ = visit(0, at: start) }
  }

  /// Looks at the value of a node; gives the position after it.
  private mutating func visit(_ node: Int, at start: Int) -> Int {
    advance(to: start)
    let (line, column) = (self.line, self.column)
    let end = below[node].isEmpty ? locator.end(of: start) : visitChildren(of: node, from: start)
    ranges[node] = JSONRange(bytes: start..<end, line: line, column: column)
    return end
  }

  private mutating func visitChildren(of node: Int, from start: Int) -> Int {
    let bytes = locator.bytes
    let isObject = bytes[start] == UInt8(ascii: "{")
    guard isObject || bytes[start] == UInt8(ascii: "[") else { return locator.end(of: start) }
    var wanted = below[node].count
    var position = locator.valueStart(from: start + 1)
    var index = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "}") || bytes[position] == UInt8(ascii: "]") {
        return position + 1
      }
      var token = wanted > 0 && !isObject ? String(index) : nil
      if isObject {
        let nameEnd = locator.end(of: position)
        if wanted > 0 { token = locator.name(position..<nameEnd) }
        position = locator.valueStart(from: locator.valueStart(from: nameEnd) + 1)
      }
      let child = token.flatMap { below[node][$0] }
      if child != nil { wanted -= 1 }
      let end = child.map { visit($0, at: position) } ?? locator.end(of: position)
      guard end > position else { break }
      position = locator.valueStart(from: end)
      if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
        position = locator.valueStart(from: position + 1)
      }
      index += 1
    }
    return bytes.count
  }

  private mutating func advance(to position: Int) {
    for byte in locator.bytes[offset..<position] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    offset = position
  }
}
