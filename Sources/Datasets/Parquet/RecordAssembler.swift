import JSON

/// Puts the rows of a row group together again from its columns.
///
/// All columns within a field have to agree on how often it repeats and how much of it is there.
///
/// - SeeAlso: Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets", 2010.
struct RecordAssembler {
  private let schema: ParquetSchema
  private let columns: [ParquetColumn]
  private let rowLimit: Int
  /// Bytes of the present row so far.
  private var size = 0
  /// Values and elements of the present row so far.
  private var steps = 0

  private static let disagreement = ParquetFault.damaged("columns of one group do not agree")

  /// - Parameter rowLimit: What is beyond is stepped over, in bytes; a row of more values than that
  ///   ends the reading, as a few bytes can claim any number of them.
  init(_ schema: ParquetSchema, _ columns: [ParquetColumn], rowLimit: Int) {
    self.schema = schema
    self.columns = columns
    self.rowLimit = rowLimit
  }

  /// The values of the next row, one for each top-level column.
  mutating func next() throws(ParquetFault) -> [Cell] {
    (size, steps) = (0, 0)
    var cells: [Cell] = []
    for field in schema.columns { cells.append(try read(field, 0)) }
    return size <= rowLimit ? cells : cells.map { _ in .tooLong(size / cells.count + 1) }
  }

  /// Whether every column is used up.
  func finish() throws(ParquetFault) {
    for column in columns {
      guard column.isAtEnd else {
        throw ParquetFault.damaged("it has values beyond its rows").within(column.leaf.place)
      }
      try column.close()
    }
  }

  /// - Parameter repetition: the level that the first step within has to have.
  private mutating func read(_ field: ParquetField, _ repetition: Int) throws(ParquetFault) -> Cell
  {
    let first = columns[field.leaves.lowerBound]
    if field.repetition == .required { return try content(of: field, repetition) }
    guard first.definition >= field.definition else {
      try skip(field, repetition)
      return .value(field.repetition == .repeated ? [] : .null)
    }
    if field.repetition == .optional { return try content(of: field, repetition) }
    var elements: [JSONValue] = []
    var defect: String?
    var expected = repetition
    while true {
      switch try content(of: field, expected) {
      case .value(let value): if size <= rowLimit { elements.append(value) }
      case let other: defect = defect ?? RecordAssembler.defect(other)
      }
      try step()
      guard !first.isAtEnd, first.repetition >= field.repeating else { break }
      guard first.repetition == field.repeating else { throw RecordAssembler.disagreement }
      expected = field.repeating
    }
    return defect.map { .defect($0) } ?? .value(.array(elements))
  }

  private mutating func content(of field: ParquetField, _ repetition: Int) throws(ParquetFault)
    -> Cell
  {
    switch field.content {
    case .leaf(let index): return try value(of: columns[index], field, repetition)
    case .list(let inner), .wrapper(let inner): return try read(inner, repetition)
    case .map(let inner, let keyIsText):
      let entries = try read(inner, repetition)
      guard keyIsText, case .value(.array(let pairs)) = entries else { return entries }
      return RecordAssembler.object(of: pairs, inner)
    case .structure(let fields):
      var members: [String: JSONValue] = [:]
      var defect: String?
      for inner in fields {
        switch try read(inner, repetition) {
        case .value(let value): members[inner.name] = value
        case let other: defect = defect ?? RecordAssembler.defect(other)
        }
      }
      return defect.map { .defect($0) } ?? .value(.object(members))
    }
  }

  private mutating func value(of column: ParquetColumn, _ field: ParquetField, _ repetition: Int)
    throws(ParquetFault) -> Cell
  {
    do throws(ParquetFault) {
      guard !column.isAtEnd else { throw .damaged("it has fewer values than rows") }
      guard column.repetition == repetition, column.definition >= field.definition else {
        throw RecordAssembler.disagreement
      }
      guard let primitive = try column.take() else { throw RecordAssembler.disagreement }
      try step()
      if case .bytes(let bytes) = primitive { size += bytes.count }
      // What is too long is stepped over and not looked at.
      return size <= rowLimit ? column.leaf.type.cell(primitive) : .value(.null)
    } catch {
      throw error.within(column.leaf.place)
    }
  }

  private mutating func step() throws(ParquetFault) {
    size += 1
    steps += 1
    guard steps <= rowLimit else {
      throw .unsupported("a row has more than \(rowLimit) values")
    }
  }

  /// Steps over a field that is not there, in all its columns.
  private func skip(_ field: ParquetField, _ repetition: Int) throws(ParquetFault) {
    for index in field.leaves {
      let column = columns[index]
      do throws(ParquetFault) {
        guard !column.isAtEnd else { throw .damaged("it has fewer values than rows") }
        guard column.repetition == repetition, column.definition == field.definition - 1 else {
          throw RecordAssembler.disagreement
        }
        try column.advance()
      } catch {
        throw error.within(column.leaf.place)
      }
    }
  }

  /// What is wrong with a value within another one.
  private static func defect(_ cell: Cell) -> String {
    switch cell {
    case .defect(let reason): reason
    case .bytes(let bytes): "holds \(bytes.count) bytes within it, which JSON has no value for"
    case .value, .tooLong: "holds what is not read"
    }
  }

  private static func object(of pairs: [JSONValue], _ entry: ParquetField) -> Cell {
    guard case .structure(let fields) = entry.content, fields.count == 2 else {
      return .value(.array(pairs))
    }
    var members: [String: JSONValue] = [:]
    for pair in pairs {
      guard let key = pair[fields[0].name]?.string else {
        return .defect("has a map without a key")
      }
      guard members.updateValue(pair[fields[1].name] ?? .null, forKey: key) == nil else {
        return .defect("has a map with the key '\(key)' twice")
      }
    }
    return .value(.object(members))
  }
}

extension ParquetLeaf {
  var place: String { "the column '\(path)'" }
}
