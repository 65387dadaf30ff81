/// What Python's texts can do, scalar by scalar.
enum PythonText {
  typealias Scalars = [Unicode.Scalar]

  /// `str.isspace()` of one character.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  enum Ends { case left, right, both }

  /// `strip`, `lstrip` and `rstrip`; white space where no characters are named.
  static func stripped(_ text: String, _ ends: Ends = .both, of characters: String? = nil) -> String
  {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? isSpace(scalar) }
    var rest = Array(text.unicodeScalars)[...]
    if ends != .right { rest = rest.drop(while: goes) }
    if ends != .left { while let last = rest.last, goes(last) { rest.removeLast() } }
    return self.text(rest)
  }

  /// The first place of a piece from a place on; nil where there is none.
  static func find(_ piece: Scalars, in text: Scalars, from start: Int = 0) -> Int? {
    guard start + piece.count <= text.count else { return nil }
    guard let first = piece.first else { return start }
    return (start...(text.count - piece.count)).first { place in
      text[place] == first && text[place..<(place + piece.count)].elementsEqual(piece)
    }
  }

  /// `split(separator, limit)`; runs of white space where there is no separator.
  static func split(_ text: String, by separator: String?, limit: Int = -1) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var pieces: [String] = []
    if let separator {
      let mark = Array(separator.unicodeScalars)
      var start = 0
      while limit < 0 || pieces.count < limit, let place = find(mark, in: scalars, from: start) {
        pieces.append(self.text(scalars[start..<place]))
        start = place + mark.count
      }
      return pieces + [self.text(scalars[start...])]
    }
    var rest = scalars.drop(while: isSpace)
    while !rest.isEmpty {
      guard limit < 0 || pieces.count < limit else {
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        pieces.append(self.text(rest))
        break
      }
      let word = rest.prefix { !isSpace($0) }
      pieces.append(self.text(word))
      rest = rest[word.endIndex...].drop(while: isSpace)
    }
    return pieces
  }

  /// `replace(old, new, limit)`; nil where the result would be longer than `most` scalars.
  static func replaced(
    _ text: String, _ old: String, by new: String, limit: Int = -1, atMost most: Int
  ) -> String? {
    let (scalars, mark, put) = (
      Array(text.unicodeScalars), Array(old.unicodeScalars), Array(new.unicodeScalars)
    )
    var (result, start, count) = (Scalars(), 0, 0)
    while limit < 0 || count < limit, let place = find(mark, in: scalars, from: start) {
      result += scalars[start..<place] + put
      count += 1
      start = place + mark.count
      if mark.isEmpty {
        guard place < scalars.count else { return self.text(result) }
        result.append(scalars[place])
        start = place + 1
      }
      guard result.count <= most else { return nil }
    }
    result += scalars[min(start, scalars.count)...]
    return result.count <= most ? self.text(result) : nil
  }

  /// `capitalize()`: the first character as a title's, all others in lower case.
  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping
      + self.text(text.unicodeScalars.dropFirst()).lowercased()
  }

  /// Jinja's filter `title`: words begin behind white space, hyphens and opening brackets.
  static func titled(_ text: String) -> String {
    var (result, word) = ("", String.UnicodeScalarView())
    func close() {
      let first = word.first.map { String($0).uppercased() } ?? ""
      result += first + String(String.UnicodeScalarView(word.dropFirst())).lowercased()
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar) {
        close()
        result.unicodeScalars.append(scalar)
      } else {
        word.append(scalar)
      }
    }
    close()
    return result
  }
}
