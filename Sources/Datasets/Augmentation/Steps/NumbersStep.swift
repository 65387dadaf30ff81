import JSON

/// Puts other numbers into texts, the same for the same throughout a row.
struct NumbersStep: AugmentationStep {
  static let name = "numbers"

  let common: CommonSettings
  private let fields: [FieldUse]
  private let variation: NumberVariation
  private let answer: AnswerRule

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(
      keys: CommonSettings.keys + AnswerRule.keys + [
        "fields", "range", "spread", "digits", "order", "except",
      ])
    common = try CommonSettings(members)
    guard let fields = members["fields"] else {
      throw setting.failure(expected: "a mapping with fields")
    }
    self.fields = try fields.fields()
    answer = try AnswerRule(members, written: self.fields.map(\.pointer))
    variation = NumberVariation(
      span: try NumbersStep.span(setting, members),
      keepsDigits: try members["digits"]?.word(of: Bond.self) != .free
        && (members["digits"] != nil || members["range"] == nil),
      keepsOrder: try members["order"]?.word(of: Bond.self) != .free,
      excepted: try members["except"].map(NumbersStep.numbers) ?? [])
  }

  private enum Bond: String, CaseIterable { case keep, free }

  private static func span(_ setting: Setting, _ members: [String: Setting])
    throws(DatasetsError) -> NumberVariation.Span
  {
    guard let range = members["range"] else {
      return .spread(try members["spread"]?.number(in: 0.01...100) ?? 0.5)
    }
    guard members["spread"] == nil else {
      throw setting.failure(expected: "a mapping with range or spread, not both")
    }
    let ends = try range.elements()
    guard ends.count == 2 else {
      throw range.failure(expected: "a list of the smallest and the greatest number")
    }
    let low = try ends[0].number(in: 0...1_000_000_000)
    let high = try ends[1].number(in: 0...1_000_000_000)
    guard low < high else { throw range.failure(expected: "a list whose first number is smaller") }
    return .range(low...high)
  }

  private static func numbers(_ setting: Setting) throws(DatasetsError) -> Set<NumberKey> {
    var numbers: Set<NumberKey> = []
    for element in try setting.elements() {
      let text = element.value.string ?? element.value.canonical
      let found = NumberScanner.numbers(in: Array(text.unicodeScalars))
      guard found.count == 1, found[0].range.count == text.unicodeScalars.count else {
        throw element.failure(expected: "a number above 0 of at most 15 digits")
      }
      numbers.insert(found[0].key)
    }
    return numbers
  }

  var settings: [String: JSONValue] {
    var object = answer.json
    object["fields"] = .array(fields.map { .string($0.pointer.description) })
    switch variation.span {
    case .range(let range):
      object["range"] = [.double(range.lowerBound), .double(range.upperBound)]
    case .spread(let share): object["spread"] = .double(share)
    }
    object["digits"] = .string(variation.keepsDigits ? "keep" : "free")
    object["order"] = .string(variation.keepsOrder ? "keep" : "free")
    if !variation.excepted.isEmpty {
      object["except"] = .array(
        variation.excepted.sorted().map { .string($0.text(isGrouped: false)) })
    }
    return object
  }

  var reads: [FieldUse] { fields + answer.reads }
  var writes: [JSONPointer] { fields.map(\.pointer) }
  var rowsEach: Int { 1 }
  var draws: Int { 3 }

  func variants(of row: SourceRow, _ indices: Range<Int>, _ context: StepContext) -> RowVariants {
    let selection = FieldSelection(fields.map(\.pointer))
    var numbers: Set<NumberKey> = []
    var isPlural = false
    selection.visit(row.value) { _, text in
      for token in free(in: Array(text.unicodeScalars)) {
        numbers.insert(token.key)
        isPlural = isPlural || token.isBeforeLatinWord
      }
    }
    guard !numbers.isEmpty else { return .unsuited("no number") }
    guard !answer.forbids(row.value) else { return .unsuited("the answer has a number") }
    let keys = numbers.sorted()
    return .made(
      indices.map { index in
        var random = context.random(for: row, index)
        guard let mapping = variation.drawn(for: keys, isPlural: isPlural, &random) else {
          return Variant(index, rejected: Rejection(reason: "unchanged"))
        }
        var value = row.value
        selection.change(&value) { _, text in changed(text, mapping) }
        answer.apply(to: &value)
        return Variant(index, value)
      })
  }

  private func free(in scalars: [Unicode.Scalar]) -> [NumberToken] {
    NumberScanner.numbers(in: scalars).filter { !variation.excepted.contains($0.key) }
  }

  private func changed(_ text: String, _ mapping: [NumberKey: NumberKey]) -> String? {
    let scalars = Array(text.unicodeScalars)
    let replacements = free(in: scalars).compactMap { token -> TextEdit.Replacement? in
      guard let new = mapping[token.key], new != token.key else { return nil }
      let digits = new.text(isGrouped: token.isGrouped)
      return TextEdit.Replacement(
        range: token.range, text: digits, sound: FinalSound(number: digits))
    }
    return replacements.isEmpty ? nil : TextEdit.applied(replacements, to: scalars)
  }
}
