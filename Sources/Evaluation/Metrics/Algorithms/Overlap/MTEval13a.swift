/// The tokenizer `13a`: that of NIST's mteval-v13a.pl, as sacrebleu (`Tokenizer13a`) applies it.
///
/// 1. `<skipped>` and `-` before a line's end go, line ends become spaces, and the entities
///    `&quot;`, `&amp;`, `&lt;`, `&gt;` become their characters, in this order; a space is put on
///    either end.
/// 2. Spaces go around each of ASCII's symbols but `'`, `,`, `-` and `.`
/// 3. and around `.` and `,` behind anything but a digit,
/// 4. and around `.` and `,` before anything but a digit,
/// 5. and around `-` behind a digit. Each of 3 to 5 goes once from left to right over pairs.
/// 6. What white space separates is a token.
///
/// All that it looks for is ASCII, so Korean is separated by spaces and punctuation alone.
enum MTEval13a {
  static func tokens(of scalars: Scalars) -> [ArraySlice<Unicode.Scalar>] {
    var line = scalars
    for (old, new) in replacements { line = line.replacing(Array(old.unicodeScalars), with: new) }
    line = [" "] + line + [" "]
    var spaced = Scalars()
    spaced.reserveCapacity(2 * line.count)
    for scalar in line {
      if isAlwaysToken(scalar) {
        spaced += [" ", scalar, " "]
      } else {
        spaced.append(scalar)
      }
    }
    spaced = pairs(of: spaced, where: { !$0.isDigit && $1.isPoint }) { [$0, " ", $1, " "] }
    spaced = pairs(of: spaced, where: { $0.isPoint && !$1.isDigit }) { [" ", $0, " ", $1] }
    spaced = pairs(of: spaced, where: { $0.isDigit && $1 == "-" }) { [$0, " ", $1, " "] }
    return spaced.words()
  }

  private static let replacements: [(String, Scalars)] = [
    ("<skipped>", []), ("-\n", []), ("\n", [" "]), ("&quot;", ["\""]), ("&amp;", ["&"]),
    ("&lt;", ["<"]), ("&gt;", [">"]),
  ]

  private static func isAlwaysToken(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "'", ",", "-", ".": false
    case " ": true
    default: scalar.isASCIIPunctuation
    }
  }

  /// Replaces pairs of neighbours that do not overlap, the leftmost first.
  private static func pairs(
    of scalars: Scalars, where isMeant: (Unicode.Scalar, Unicode.Scalar) -> Bool,
    become replacement: (Unicode.Scalar, Unicode.Scalar) -> Scalars
  ) -> Scalars {
    var result = Scalars()
    result.reserveCapacity(scalars.count)
    var index = 0
    while index < scalars.count {
      if index + 1 < scalars.count, isMeant(scalars[index], scalars[index + 1]) {
        result += replacement(scalars[index], scalars[index + 1])
        index += 2
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isPoint: Bool { self == "." || self == "," }
}

extension Scalars {
  /// All places of a stretch, from left to right and without overlaps, replaced by another.
  fileprivate func replacing(_ old: Scalars, with new: Scalars) -> Scalars {
    guard contains(old[0]) else { return self }
    var result = Scalars()
    var index = 0
    while index < count {
      if self[index] == old[0], self[index...].starts(with: old) {
        result += new
        index += old.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
