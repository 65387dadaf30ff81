import JSON
import MLOpsCore

/// Writes quantities in other units: converted exactly, or, where asked for, with the number as it is.
struct UnitsStep: AugmentationStep {
  static let name = "units"

  enum Mode: String, Sendable, CaseIterable {
    /// `3 km` becomes `3000 m`: the amount stays.
    case convert
    /// `3 km` becomes `3 m`: the number stays, so that it is another amount.
    case swap
  }

  let common: CommonSettings
  private let fields: [FieldUse]
  private let mode: Mode
  /// For each unit's name the units it may become.
  private let targets: [String: [MeasureUnit]]
  private let pairs: JSONValue
  /// Decimals that a converted number may have, 0 to 6.
  private let decimals: Int
  private let answer: AnswerRule

  init(_ setting: Setting) throws(DatasetsError) {
    let members = try setting.members(
      keys: CommonSettings.keys + AnswerRule.keys + ["fields", "mode", "pairs", "decimals"])
    common = try CommonSettings(members)
    guard let fields = members["fields"] else {
      throw setting.failure(expected: "a mapping with fields")
    }
    self.fields = try fields.fields()
    mode = try members["mode"]?.word(of: Mode.self) ?? .convert
    decimals = try members["decimals"]?.whole(in: 0...6) ?? 2
    answer = try AnswerRule(members, written: self.fields.map(\.pointer))
    let list = members["pairs"] ?? UnitsStep.usualPairs
    pairs = list.value
    targets = try UnitsStep.targets(list)
  }

  private static let usualPairs = Setting(
    value: [
      ["km", "m"], ["m", "cm"], ["cm", "mm"], ["kg", "g"], ["L", "mL"], ["시간", "분"], ["분", "초"],
      ["천 원", "원"], ["만 원", "원"],
    ], place: "pairs")

  /// Reads a list of pairs, each of which goes both ways, or a mapping, which goes one way.
  private static func targets(_ setting: Setting) throws(DatasetsError) -> [String: [MeasureUnit]] {
    var targets: [String: [MeasureUnit]] = [:]
    func add(_ from: MeasureUnit, _ to: MeasureUnit, _ place: Setting) throws(DatasetsError) {
      guard from != to, from.dimension == to.dimension else {
        throw place.failure(expected: "two units of the same kind, such as km and m")
      }
      if targets[from.name]?.contains(to) != true { targets[from.name, default: []].append(to) }
    }
    if let object = setting.value.object {
      for (from, to) in object.sorted(by: { $0.key < $1.key }) {
        let place = Setting(value: to, place: "\(setting.place).\(from)")
        try add(
          try unit(Setting(value: .string(from), place: setting.place)), try unit(place), place)
      }
    } else {
      for pair in try setting.elements() {
        let units = try pair.elements()
        guard units.count == 2 else { throw pair.failure(expected: "a list of two units") }
        let (left, right) = (try unit(units[0]), try unit(units[1]))
        try add(left, right, pair)
        try add(right, left, pair)
      }
    }
    guard !targets.isEmpty else { throw setting.failure(expected: "at least one pair of units") }
    return targets
  }

  private static func unit(_ setting: Setting) throws(DatasetsError) -> MeasureUnit {
    let text = try setting.text()
    guard let unit = Units.named(text) else {
      throw setting.failure(
        expected: "a unit: \(Units.all.map(\.name).joined(separator: ", "))",
        suggestion: Spelling.nearest(to: text, in: Units.spellings))
    }
    return unit
  }

  var settings: [String: JSONValue] {
    answer.json.merging([
      "fields": .array(fields.map { .string($0.pointer.description) }),
      "mode": .string(mode.rawValue), "pairs": pairs, "decimals": .integer(decimals),
    ]) { $1 }
  }

  var reads: [FieldUse] { fields + answer.reads }
  var writes: [JSONPointer] { fields.map(\.pointer) }
  var rowsEach: Int { 1 }
  var draws: Int { 3 }

  func variants(of row: SourceRow, _ indices: Range<Int>, _ context: StepContext) -> RowVariants {
    let selection = FieldSelection(fields.map(\.pointer))
    var quantities: [MeasuredQuantity] = []
    var named: Set<String> = []
    var hasBound = false
    selection.visit(row.value) { _, text in
      let scalars = Array(text.unicodeScalars)
      let found = MeasuredQuantity.all(in: scalars)
      named.formUnion(Units.named(in: scalars, outside: found.map(\.range)).map(\.name))
      quantities += found
      hasBound = hasBound || found.count < MeasuredQuantity.candidates(in: scalars).count
    }
    let possible = choices(quantities)
    guard !possible.isEmpty else {
      guard quantities.isEmpty else { return .unsuited("no unit to change to") }
      return .unsuited(hasBound ? "the unit belongs to several numbers" : "no quantity")
    }
    let choices = withoutStanding(possible, quantities, named)
    guard !choices.isEmpty else { return .unsuited("the other unit stands there already") }
    // A converted amount is the same; only an answer that repeats its number would no longer fit.
    let changed = quantities.filter { choices[source($0).name] != nil }
      .flatMap { $0.parts.map(\.value) }
    guard !answer.forbids(row.value, changing: mode == .convert ? Set(changed) : nil) else {
      return .unsuited("the answer has a number")
    }
    return .made(
      indices.map { index in
        var random = context.random(for: row, index)
        var chosen: [String: MeasureUnit] = [:]
        for (name, units) in choices.sorted(by: { $0.key < $1.key }) {
          chosen[name] = units[random.next(below: units.count)]
        }
        var value = row.value
        selection.change(&value) { _, text in self.changed(text, chosen) }
        answer.apply(to: &value)
        return Variant(index, value)
      })
  }

  /// For each unit of the row's quantities the units that some of them can be written in.
  private func choices(_ quantities: [MeasuredQuantity]) -> [String: [MeasureUnit]] {
    var choices: [String: [MeasureUnit]] = [:]
    for quantity in quantities {
      for unit in targets[source(quantity).name] ?? []
      where new(quantity, unit) != nil && choices[source(quantity).name]?.contains(unit) != true {
        choices[source(quantity).name, default: []].append(unit)
      }
    }
    return choices
  }

  /// The choices without units that the row names already: `2000m를 m로 나타내면` asks for nothing.
  ///
  /// - Parameter named: Units that stand without a number.
  private func withoutStanding(
    _ choices: [String: [MeasureUnit]], _ quantities: [MeasuredQuantity], _ named: Set<String>
  ) -> [String: [MeasureUnit]] {
    var left: [String: [MeasureUnit]] = [:]
    for (name, units) in choices {
      // Both units of `1시간 30분` are written anew together, so its smaller one does not count.
      let others = quantities.filter { source($0).name != name }
      let standing = named.union(others.flatMap { [$0.unit.name, source($0).name] })
      let free = units.filter { !standing.contains($0.name) }
      if !free.isEmpty { left[name] = free }
    }
    return left
  }

  /// The unit by which it is chosen what a quantity becomes: of `1시간 30분` the larger one.
  private func source(_ quantity: MeasuredQuantity) -> MeasureUnit {
    quantity.largerUnit ?? quantity.unit
  }

  /// What a quantity becomes, and the unit that this ends in; nil where it has to stay.
  private func new(_ quantity: MeasuredQuantity, _ unit: MeasureUnit) -> (
    text: String, last: MeasureUnit
  )? {
    switch mode {
    case .convert: return quantity.written(in: unit, decimals: decimals)
    case .swap:
      // Two units that stand together would no longer fit one another.
      guard let part = quantity.parts.first, quantity.parts.count == 1 else { return nil }
      let swapped = MeasuredQuantity.Part(
        value: part.value, unit: unit, style: part.style, hasSpace: part.hasSpace)
      return swapped.text(isGrouped: quantity.isGrouped).map { ($0, unit) }
    }
  }

  private func changed(_ text: String, _ chosen: [String: MeasureUnit]) -> String? {
    let scalars = Array(text.unicodeScalars)
    let replacements = MeasuredQuantity.all(in: scalars).compactMap {
      quantity -> TextEdit.Replacement? in
      guard let unit = chosen[source(quantity).name], let made = new(quantity, unit) else {
        return nil
      }
      return TextEdit.Replacement(range: quantity.range, text: made.text, sound: made.last.sound)
    }
    return replacements.isEmpty ? nil : TextEdit.applied(replacements, to: scalars)
  }
}
