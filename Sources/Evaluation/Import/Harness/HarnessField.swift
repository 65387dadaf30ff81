/// What a task makes of each document: the column that a text names, a template, or a fixed value.
struct HarnessField {
  private enum Form {
    case fixed(PythonValue)
    case text(String, JinjaTemplate)
  }

  let key: String
  private let form: Form
  private let setting: HarnessSettings.Setting

  init(_ key: String, _ setting: HarnessSettings.Setting) throws(EvaluationError) {
    self.key = key
    self.setting = setting
    switch setting.value {
    case .string(let text):
      do {
        form = .text(text, try JinjaTemplate(text))
      } catch {
        throw setting.fault(
          "'\(key)', line \(error.line), column \(error.column) of the template: \(error.reason)")
      }
    case .int, .bool, .list, .dict: form = .fixed(setting.value)
    default: throw setting.fault("'\(key)' must be a text, a whole number or a list")
    }
  }

  /// The value for a document, and whether a template made it.
  func value(of document: HarnessDocument, columns: Set<String>) throws(EvaluationError)
    -> (value: PythonValue, isRendered: Bool)
  {
    switch form {
    case .fixed(let value): return (value, false)
    case .text(let name, _) where columns.contains(name):
      guard let value = document.fields[name] else {
        throw fault("the document has no column '\(name)'", document)
      }
      return (value, false)
    case .text(_, let template):
      do {
        return (.string(try JinjaRenderer.render(template, document.fields)), true)
      } catch {
        throw fault(
          "line \(error.line), column \(error.column) of the template: \(error.reason)", document)
      }
    }
  }

  func fault(_ reason: String, _ document: HarnessDocument) -> EvaluationError {
    setting.fault("'\(key)' for \(document.label): \(reason)")
  }

  /// A text of digits alone is a place among choices.
  func place(_ text: String) -> PythonValue? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return try? PythonLiteral.value(of: text)
  }
}

/// A row of a task's data.
struct HarnessDocument: Sendable, Equatable {
  let split: String
  /// From 1.
  let number: Int
  let fields: [String: PythonValue]

  /// How it is named in messages.
  var label: String { "document \(number) of the split '\(split)'" }

  static func == (left: HarnessDocument, right: HarnessDocument) -> Bool {
    left.fields == right.fields
  }
}
