/// Text of others inside a prompt, between fences that it cannot close.
enum FencedText {
  /// A block with a name: `<<<answer>>>`, the text, `<<<end of answer>>>`.
  static func block(_ name: String, _ text: String) -> String {
    "<<<\(name)>>>\n\(harmless(text))\n<<<end of \(name)>>>"
  }

  /// What looks like the brackets of a fence, in any script.
  private static let brackets: Set<Unicode.Scalar> = [
    "<", ">", "＜", "＞", "﹤", "﹥", "‹", "›", "«", "»", "≪", "≫", "⋘", "⋙", "⟨", "⟩", "⟪", "⟫", "〈",
    "〉", "《", "》", "❮", "❯", "˂", "˃", "ᐸ", "ᐳ",
  ]

  /// The text with a space inside every run of three brackets, so that no fence is in it; characters
  /// that cannot be seen do not end a run.
  static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var run = 0
    for scalar in text.unicodeScalars {
      if brackets.contains(scalar) {
        if run == 2 {
          result.append(" ")
          run = 0
        }
        run += 1
      } else if !isUnseen(scalar) {
        run = 0
      }
      result.append(scalar)
    }
    return String(result)
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isDefaultIgnorableCodePoint
      || [.format, .nonspacingMark, .control].contains(scalar.properties.generalCategory)
        && scalar != "\n"
  }
}
