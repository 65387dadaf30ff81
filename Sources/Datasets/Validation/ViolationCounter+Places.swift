import JSON
import JSONSchema

extension ViolationCounter {
  /// Says where the kinds stand that a row was the first to have.
  ///
  /// - Parameter known: The place of a violation that is none in the row, such as one that is told of
  ///   a header.
  func setPlaces(in row: Row, known: (SchemaViolation) -> TextPlace? = { _ in nil }) {
    var offsets: [(number: Int, offset: Int)] = []
    var violations: [(number: Int, all: [SchemaViolation])] = []
    for kind in fresh {
      switch kind.place {
      case .offset(let offset): offsets.append((kind.number, offset))
      case .violations(let all): violations.append((kind.number, all))
      case .defect:
        var place = TextPlace(line: row.line, column: 1)
        if case .failure(let defect) = row.content {
          place = TextPlace(line: defect.line, column: defect.column)
        }
        setPlace(of: kind.number, line: place.line, column: place.column)
      }
    }
    offsets.sort { $0.offset < $1.offset }
    for (kind, place) in zip(offsets, row.places(of: offsets.map(\.offset))) {
      setPlace(of: kind.number, line: place.line, column: place.column)
    }
    guard !violations.isEmpty else { return }
    let places = row.places(of: violations.flatMap { $0.all.map(\.instance) })
    for (number, all) in violations {
      // The evaluator goes through members by their names.
      let first = all.compactMap { known($0) ?? places[$0.instance] }.min {
        ($0.line, $0.column) < ($1.line, $1.column)
      }
      guard let first else { continue }
      setPlace(of: number, line: first.line, column: first.column)
    }
  }

  /// Counts a row of which a walk could not tell; whether it is invalid.
  func add(_ row: Row, checkedBy schema: CompiledSchema) -> Bool {
    switch row.content {
    case .failure: addDefect("syntax")
    case .success(let value):
      let found = schema.violations(of: value)
      guard !found.violations.isEmpty else { return false }
      add(found.violations, isCut: found.isCut)
    }
    return true
  }
}

extension Row {
  /// Where in the file some of the row's bytes stand; the text is read once.
  ///
  /// - Parameter offsets: Bytes from the row's beginning, ascending.
  fileprivate func places(of offsets: [Int]) -> [TextPlace] {
    var place = TextPlace(line: line, column: column)
    var position = 0
    return offsets.map { offset in
      for byte in bytes[position..<min(offset, bytes.count)] {
        if byte == 0x0A {
          place.line += 1
          place.column = 1
        } else if byte & 0xC0 != 0x80 {
          place.column += 1
        }
      }
      position = min(offset, bytes.count)
      return place
    }
  }
}
