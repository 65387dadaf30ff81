import JSON
import MLOpsCore

/// Writes texts from templates whose slots are fields of the row or words of lists.
struct TemplatesStep: AugmentationStep {
  static let name = "templates"

  let common: CommonSettings
  private let templates: [SlotTemplate]
  private let lists: [String: [String]]
  /// The field that gets the text.
  private let target: JSONPointer
  /// The fields of the source that stay; nil for all.
  private let kept: [FieldUse]?

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(
      keys: CommonSettings.keys + ["templates", "into", "lists", "keep"])
    common = try CommonSettings(members)
    lists = try members["lists"].map(TemplatesStep.lists) ?? [:]
    guard let into = members["into"], let texts = members["templates"] else {
      throw setting.failure(expected: "a mapping with templates and into")
    }
    target = try into.pointer()
    kept = try members["keep"]?.fields()
    var templates: [SlotTemplate] = []
    for element in try texts.elements() {
      let template = try SlotTemplate(element, lists: Set(lists.keys))
      guard !template.isRunning else {
        throw element.failure(expected: "a template without running slots; those belong into set")
      }
      templates.append(template)
    }
    guard !templates.isEmpty else { throw texts.failure(expected: "at least one template") }
    self.templates = templates
  }

  private static func lists(_ setting: Setting) throws(DatasetsError) -> [String: [String]] {
    guard let object = setting.value.object else {
      throw setting.failure(expected: "a mapping of names to lists of texts")
    }
    var lists: [String: [String]] = [:]
    for (name, value) in object {
      let list = Setting(value: value, place: "\(setting.place).\(name)")
      var words: [String] = []
      for element in try list.elements() { words.append(try element.text()) }
      guard !words.isEmpty else { throw list.failure(expected: "at least one text") }
      lists[name] = words
    }
    return lists
  }

  var settings: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "templates": .array(templates.map { .string($0.source) }),
      "into": .string(target.description),
    ]
    if !lists.isEmpty {
      object["lists"] = .object(lists.mapValues { .array($0.map { .string($0) }) })
    }
    if let kept { object["keep"] = .array(kept.map { .string($0.pointer.description) }) }
    return object
  }

  var reads: [FieldUse] { templates.flatMap(\.reads) + (kept ?? []) }
  var writes: [JSONPointer] { [target] }
  var rowsEach: Int { templates.count }

  func variants(of row: SourceRow, _ indices: Range<Int>, _ context: StepContext) -> RowVariants {
    var base = row.value
    if let kept {
      base = .object([:])
      for field in kept {
        if let value = row.value[field.pointer] {
          base.set(value, at: field.pointer.tokens[...])
        }
      }
    }
    var variants: [Variant] = []
    for index in indices {
      var random = context.random(for: row, index)
      do throws(Rejection) {
        let template = templates[index % templates.count]
        let text = try template.filled { slot throws(Rejection) in
          switch slot {
          case .field(let pointer):
            guard let text = row.value.label(at: pointer) else {
              throw Rejection(reason: "no field \(pointer)", pointer: pointer)
            }
            return text
          case .list(let name):
            let words = lists[name] ?? [""]
            return words[random.next(below: words.count)]
          case .running: return ""
          }
        }
        var value = base
        guard value.set(.string(text), at: target.tokens[...]) else {
          throw Rejection(reason: "cannot be set", pointer: target)
        }
        variants.append(Variant(index, value))
      } catch {
        variants.append(Variant(index, rejected: error))
      }
    }
    return .made(variants)
  }
}
