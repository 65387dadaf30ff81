import Foundation
import JSON

/// `docs/json.md`, read: which fields each document has by what the page says.
struct JSONPage {
  /// The fields under a heading: `a`, `a.b`, and `a[].b` for the elements of a list.
  struct Section {
    fileprivate(set) var required: Set<String> = []
    fileprivate(set) var optional: Set<String> = []

    /// What the page and a document do not agree in; empty where they do.
    ///
    /// Lists with fields on the page have to hold something, for else nothing is compared.
    func differences(from document: JSONValue) -> [String] {
      let objects = Set([""] + required.union(optional).map(Self.parent)).sorted()
      return objects.flatMap { object -> [String] in
        let found = Self.values(at: object, in: document).compactMap(\.object)
        if found.isEmpty {
          return optional.contains(object) ? [] : ["\(object) holds nothing to compare"]
        }
        let names = { (fields: Set<String>) in
          Set(fields.filter { Self.parent(of: $0) == object }.map(Self.name))
        }
        let (required, optional) = (names(required), names(optional))
        // What is above other fields needs no line of its own.
        let above = Set(objects.filter { !$0.isEmpty && Self.parent(of: $0) == object })
          .map { Self.name(of: $0).replacing("[]", with: "") }
        let told = required.union(optional).union(above)
        let lacking = found.reduce(into: Set<String>()) {
          $0.formUnion(required.subtracting($1.keys))
        }
        let untold = found.reduce(into: Set<String>()) { $0.formUnion($1.keys) }.subtracting(told)
        return lacking.sorted().map { "'\(object)' lacks \($0)" }
          + untold.sorted().map { "'\(object)' has \($0), which is not told" }
      }
    }

    private static func parent(of field: String) -> String {
      field.split(separator: ".").dropLast().joined(separator: ".")
    }

    private static func name(of field: String) -> String {
      field.split(separator: ".").last.map(String.init) ?? ""
    }

    private static func values(at path: String, in document: JSONValue) -> [JSONValue] {
      path.split(separator: ".").reduce([document]) { values, step in
        step.hasSuffix("[]")
          ? values.flatMap { $0[String(step.dropLast(2))]?.array ?? [] }
          : values.compactMap { $0[String(step)] }
      }
    }
  }

  /// By what stands in the headings: a command, or a command and the name of an event.
  let sections: [String: Section]

  private static let versionFields = [
    "name", "version", "reference", "digest", "kind", "size", "created_at", "author", "reason",
    "code", "aliases", "files", "ingredients", "metadata",
  ]

  init() throws {
    let page = try String(
      contentsOf: Program.project.appendingPathComponent("docs/json.md"), encoding: .utf8)
    var sections: [String: Section] = [:]
    var (command, heading) = ("", "")
    for line in page.split(separator: "\n") {
      let code = line.split(separator: "`").dropFirst().first.map(String.init) ?? ""
      if line.hasPrefix("## `mlops ") {
        command = String(code.dropFirst("mlops ".count))
        heading = command
      } else if line.hasPrefix("### `") {
        heading = "\(command) \(code)"
      } else if line.hasPrefix("| *version* in `") {
        sections[heading, default: Section()].required
          .formUnion(Self.versionFields.map { "\(code).\($0)" })
      } else if line.hasPrefix("| *version* |") {
        sections[heading, default: Section()].required.formUnion(Self.versionFields)
      } else if line.hasPrefix("| `") {
        if code.hasSuffix("?") {
          sections[heading, default: Section()].optional.insert(String(code.dropLast()))
        } else {
          sections[heading, default: Section()].required.insert(code)
        }
      }
    }
    self.sections = sections
  }
}
