extension PythonText {
  /// `str.title()`: a word begins behind anything that is no letter.
  static func pythonTitle(_ text: String) -> String {
    var (result, isInWord) = ("", false)
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      result += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
      isInWord = properties.isCased
    }
    return result
  }

  /// `str.splitlines()`.
  static func lines(_ text: String) -> [String] {
    var (lines, line): ([String], Scalars) = ([], [])
    var wasReturn = false
    for scalar in text.unicodeScalars {
      defer { wasReturn = scalar == "\r" }
      if wasReturn, scalar == "\n" { continue }
      switch scalar.value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        lines.append(self.text(line))
        line = []
      default: line.append(scalar)
      }
    }
    return line.isEmpty ? lines : lines + [self.text(line)]
  }
}
