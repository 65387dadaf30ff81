/// Which of some lettered choices a text names.
///
/// After the filter `multi_choice_regex` of lm-evaluation-harness, in this order: the first `(A)`;
/// the first place where a choice's own words stand, of several there the longest; the first letter
/// behind a colon and white space; last, which the harness does not do, a text that is nothing but
/// the letter, such as `A` or `A.`. Letters are capitals, and behind one no letter or number
/// stands: the harness takes `: Apple` for A.
struct ChoiceInText {
  /// The choices' words, of which there are at most 26; empty ones are not looked for.
  let choices: [String]

  /// `A`, `B` …; nil where the text names none.
  func letter(in text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    return inBrackets(scalars) ?? byWords(text) ?? behindColon(scalars) ?? alone(scalars)
  }

  private func inBrackets(_ text: Scalars) -> String? {
    guard text.count > 2 else { return nil }
    return (2..<text.count).lazy.filter { text[$0 - 2] == "(" && text[$0] == ")" }
      .compactMap { name(text[$0 - 1]) }.first
  }

  private func byWords(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var best: (place: Int, length: Int, index: Int)?
    for (index, choice) in choices.prefix(26).enumerated() {
      let words = Array(choice.unicodeScalars).trimmed().text
      guard !words.isEmpty, let place = ByteSearch(Array(words.utf8)).first(in: bytes) else {
        continue
      }
      let length = words.utf8.count
      if let best, (best.place, -best.length) <= (place, -length) { continue }
      best = (place, length, index)
    }
    return best.flatMap { name(Unicode.Scalar(UInt8(0x41 + $0.index))) }
  }

  private func behindColon(_ text: Scalars) -> String? {
    var isBehindColon = false
    for (index, scalar) in text.enumerated() {
      if isBehindColon, let name = name(scalar),
        index + 1 == text.count || !text[index + 1].isLetterOrNumber
      {
        return name
      }
      isBehindColon = scalar == ":" || isBehindColon && scalar.isSpace
    }
    return nil
  }

  private func alone(_ text: Scalars) -> String? {
    let rest = text.filter { !$0.isSpace && !$0.isASCIIPunctuation }
    return rest.count == 1 ? name(rest[0]) : nil
  }

  private func name(_ letter: Unicode.Scalar) -> String? {
    guard (0x41..<0x41 + UInt32(min(choices.count, 26))).contains(letter.value) else { return nil }
    return String(Character(letter))
  }
}
