import JSON
import MLOpsCore

/// A text with `{slots}`: fields of the row, words of a list, or running numbers.
///
/// `{question}` is a field, `{/label/code}` the value at a pointer, `{@index}`, `{@number}`,
/// `{@step}` and `{@source}` say where the row comes from, `{@number:4}` has leading zeros; `{{` and
/// `}}` stand for braces. What a slot brings in is not read again. A particle that is written with
/// both its forms behind a slot, such as `(은/는)`, takes the one that fits.
struct SlotTemplate: Sendable, Equatable {
  enum Slot: Sendable, Equatable {
    case field(JSONPointer)
    case list(String)
    case running(RunningValue, width: Int)
  }

  private enum Piece: Sendable, Equatable {
    case text(String)
    case slot(Slot)
  }

  let source: String
  private let pieces: [Piece]
  private let place: String

  /// - Parameter lists: The names of lists, which go before fields of the same name.
  init(_ setting: Setting, lists: Set<String> = []) throws(DatasetsError) {
    source = try setting.text()
    place = setting.place
    var pieces: [Piece] = []
    var literal = ""
    var rest = Substring(source)
    while let next = rest.first {
      if rest.hasPrefix("{{") || rest.hasPrefix("}}") {
        literal.append(next)
        rest = rest.dropFirst(2)
      } else if next == "{" {
        guard let end = rest.dropFirst().firstIndex(where: { $0 == "}" || $0 == "{" }),
          rest[end] == "}"
        else { throw SlotTemplate.unbalanced(setting, "'{' without its '}'") }
        pieces.append(.text(literal))
        literal = ""
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        pieces.append(.slot(try SlotTemplate.slot(name, lists, setting)))
        rest = rest[rest.index(after: end)...]
      } else if next == "}" {
        throw SlotTemplate.unbalanced(setting, "'}' without its '{'")
      } else {
        literal.append(next)
        rest = rest.dropFirst()
      }
    }
    self.pieces = pieces + [.text(literal)]
  }

  var slots: [Slot] { pieces.compactMap { if case .slot(let slot) = $0 { slot } else { nil } } }

  /// The only slot of a template that has nothing else.
  var onlySlot: Slot? {
    let isBare = pieces.allSatisfy { if case .text(let text) = $0 { text.isEmpty } else { true } }
    return isBare && slots.count == 1 ? slots[0] : nil
  }

  /// The fields that it names.
  var reads: [FieldUse] {
    slots.compactMap { slot in
      if case .field(let pointer) = slot { FieldUse(place: place, pointer: pointer) } else { nil }
    }
  }

  /// Whether it gives another text for every row that is made.
  var isRunning: Bool {
    slots.contains { if case .running = $0 { true } else { false } }
  }

  /// The text, with the values that `value` gives for slots.
  func filled<Failure: Error>(_ value: (Slot) throws(Failure) -> String) throws(Failure) -> String {
    var text = ""
    var isAfterSlot = false
    for piece in pieces {
      switch piece {
      case .slot(let slot):
        text += try value(slot)
        isAfterSlot = true
      case .text(let literal):
        text += isAfterSlot ? KoreanParticle.chosen(in: literal, after: text) : literal
        isAfterSlot = false
      }
    }
    return text
  }

  private static func slot(_ name: String, _ lists: Set<String>, _ setting: Setting)
    throws(DatasetsError) -> Slot
  {
    if lists.contains(name) { return .list(name) }
    if name.hasPrefix("@") {
      let parts = name.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      let word = parts.first.map(String.init) ?? ""
      let width = parts.count == 2 ? Int(parts[1]) : parts.count == 1 ? 0 : nil
      guard let value = RunningValue(rawValue: word), let width, (0...20).contains(width) else {
        let names = RunningValue.allCases.map { "@\($0.rawValue)" }
        throw .malformedSetting(
          place: setting.place,
          expected: "a template whose running slots are \(names.joined(separator: ", "))",
          found: "{\(name)}",
          suggestion: Spelling.nearest(to: "@\(word)", in: names).map { "{\($0)}" })
      }
      return .running(value, width: width)
    }
    let pointer = name.hasPrefix("/") ? JSONPointer(name) : JSONPointer([name])
    guard let pointer, !name.isEmpty, name != "/" else {
      throw setting.failure(expected: "a template whose slots name fields")
    }
    return .field(pointer)
  }

  private static func unbalanced(_ setting: Setting, _ found: String) -> DatasetsError {
    .malformedSetting(
      place: setting.place,
      expected: "a template with balanced braces; '{{' and '}}' stand for braces", found: found,
      suggestion: nil)
  }
}

/// What is known of a row that is being made.
enum RunningValue: String, Sendable, CaseIterable {
  /// Which draw of its source it is, from 1.
  case index
  /// How many rows the step has made, this one included.
  case number
  /// The step's name.
  case step
  /// The first 8 hexadecimal digits of the source's digest.
  case source
}
