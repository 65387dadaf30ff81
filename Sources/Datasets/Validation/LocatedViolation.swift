public import JSON
import JSONSchema
import MLOpsCore

/// A violation and where in which file it stands.
public struct LocatedViolation: Sendable, Hashable {
  public let file: String
  /// From 1.
  public let line: Int
  /// In Unicode scalars, from 1.
  public let column: Int
  /// Into the row.
  public let pointer: String
  /// The keyword's place in the schema; empty for a row that is no JSON.
  public let schemaPointer: String
  /// `syntax` for a row that is no JSON.
  public let keyword: String
  /// Such as `expected a string, found 5 (an integer)`.
  public let reason: String
  /// For `anyOf` and `oneOf`: the branch that the value came nearest to.
  public var nearest: LocatedBranch?
  /// The group that it is counted in; nil where violations are not counted by kind.
  var kind: ViolationKind?

  /// `file:line:column: /pointer: reason`.
  public var text: String { "\(file):\(line):\(column): \(sentence)" }

  /// `/pointer: reason`, with escapes for what a terminal would obey, and long names cut: names of
  /// members come from the data.
  var sentence: String {
    TerminalText.escaped(
      pointer.isEmpty ? reason : "\(ShownName.cut(pointer: pointer)): \(reason)")
  }

  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "file": .string(file), "line": .integer(line), "column": .integer(column),
      "pointer": .string(pointer), "schema_pointer": .string(schemaPointer),
      "keyword": .string(keyword), "reason": .string(reason),
    ]
    object["nearest"] = nearest?.json
    return .object(object)
  }
}

/// The branch of an `anyOf` or `oneOf` that a value came nearest to, with what is wrong there.
public struct LocatedBranch: Sendable, Hashable {
  /// From 1.
  public let branch: Int
  /// The property that tells it apart and fits, such as `kind = "circle"`; nil where none does.
  public let tag: String?
  /// Where the branch is in the schema, references followed.
  public let schemaPointer: String
  /// At most ten.
  public let violations: [LocatedViolation]

  fileprivate static let violationLimit = 10

  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "branch": .integer(branch), "schema_pointer": .string(schemaPointer),
      "violations": .array(violations.map(\.json)),
    ]
    object["tag"] = tag.map { .string($0) }
    return .object(object)
  }
}

extension LocatedViolation {
  /// A row's violations as a reader of the row comes by them; those of one place stay as they are.
  static func inOrder(_ violations: [LocatedViolation]) -> [LocatedViolation] {
    violations.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset)
        < ($1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
  }

  /// A row that is no JSON, or no row of its table.
  init(_ defect: RowDefect, of file: String, keyword: String = "syntax") {
    self.init(
      file: file, line: defect.line, column: defect.column, pointer: "", schemaPointer: "",
      keyword: keyword, reason: defect.reason)
    kind = ViolationKind(defect: keyword)
  }

  /// A row's violations with their places, in the order in which they were found.
  static func all(_ violations: [SchemaViolation], in row: Row, of file: String)
    -> [LocatedViolation]
  {
    let places = row.places(of: violations.flatMap { $0.instances(depth: branchDepth) })
    return violations.map { LocatedViolation($0, places, of: file, depth: branchDepth) }
  }

  /// How many branches inside branches are told; the reasons tell of more.
  private static let branchDepth = 3

  private init(
    _ violation: SchemaViolation, _ places: [JSONPointer: TextPlace], of file: String, depth: Int
  ) {
    let place = places[violation.instance] ?? TextPlace(line: 1, column: 1)
    self.init(
      file: file, line: place.line, column: place.column,
      pointer: violation.instance.description, schemaPointer: violation.keywordPlace.text,
      keyword: violation.keyword, reason: violation.reason)
    kind = ViolationKind(violation)
    guard depth > 0, let nearest = violation.nearest else { return }
    self.nearest = LocatedBranch(
      branch: nearest.index + 1, tag: nearest.tag, schemaPointer: nearest.place,
      violations: nearest.violations.prefix(LocatedBranch.violationLimit).map {
        LocatedViolation($0, places, of: file, depth: depth - 1)
      })
  }
}

extension SchemaViolation {
  /// Where it is, and where those are that are told of its nearest branch.
  fileprivate func instances(depth: Int) -> [JSONPointer] {
    guard depth > 0, let nearest else { return [instance] }
    return [instance]
      + nearest.violations.prefix(LocatedBranch.violationLimit).flatMap {
        $0.instances(depth: depth - 1)
      }
  }
}
