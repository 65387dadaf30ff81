/// Particles that have one form behind a consonant and another behind a vowel.
enum KoreanParticle {
  private struct Pair {
    let closed: [Unicode.Scalar]
    let open: [Unicode.Scalar]
    /// Whether ㄹ counts as a vowel, as for 로.
    let takesRieulAsOpen: Bool
    /// Syllables that may follow within the word; with any other it is no particle, as in `3가지`.
    let tails: Set<Unicode.Scalar>

    init(_ closed: String, _ open: String, tails: String = "", rieul: Bool = false) {
      self.closed = Array(closed.unicodeScalars)
      self.open = Array(open.unicodeScalars)
      self.tails = Set(tails.unicodeScalars)
      takesRieulAsOpen = rieul
    }

    /// Whether the text goes on with a slash and one of the forms, as behind `을` in `을/를`.
    func isAlternative(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
      guard place < scalars.count, scalars[place] == "/" else { return false }
      let rest = scalars[(place + 1)...]
      return rest.starts(with: closed) || rest.starts(with: open)
    }

    func form(after sound: FinalSound) -> [Unicode.Scalar] {
      sound == .vowel || sound == .rieul && takesRieulAsOpen ? open : closed
    }
  }

  /// Longer ones first, since 이라 begins like 이.
  private static let pairs = [
    Pair("으로", "로", tails: "부는도서써만의", rieul: true), Pair("이라", "라", tails: "고는면"),
    Pair("이랑", "랑"), Pair("이나", "나"), Pair("은", "는"), Pair("을", "를"),
    Pair("과", "와", tails: "의는도만"), Pair("이", "가"),
  ]

  /// The particle that begins at a place and the form it takes after a sound; nil for none.
  ///
  /// What is written with both forms, such as `은(는)` and `은/는`, is left alone.
  static func fitting(_ scalars: [Unicode.Scalar], at place: Int, after sound: FinalSound)
    -> (range: Range<Int>, form: [Unicode.Scalar])?
  {
    for pair in pairs {
      for form in [pair.closed, pair.open] {
        let end = place + form.count
        guard end <= scalars.count, scalars[place..<end].elementsEqual(form) else { continue }
        if pair.isAlternative(scalars, at: end) { continue }
        if end < scalars.count {
          let next = scalars[end]
          if next == "(" || isSyllable(next) && !pair.tails.contains(next) { continue }
        }
        return (place..<end, pair.form(after: sound))
      }
    }
    return nil
  }

  /// A text that may begin with a particle in both its forms, such as `(은/는)`, with the one that
  /// fits behind what stands before it; as it is where that cannot be told.
  static func chosen(in text: String, after word: String) -> String {
    guard text.hasPrefix("("), let end = text.firstIndex(of: ")"),
      let sound = FinalSound(word: word)
    else { return text }
    let inside = text[text.index(after: text.startIndex)..<end]
    for pair in pairs + [Pair("이", "")] {
      let both = String(scalars: pair.closed) + "/" + String(scalars: pair.open)
      if inside == both {
        return String(scalars: pair.form(after: sound)) + text[text.index(after: end)...]
      }
    }
    return text
  }

  static func isSyllable(_ scalar: Unicode.Scalar) -> Bool {
    (0xAC00...0xD7A3).contains(scalar.value)
  }
}

extension String {
  /// A string of scalars.
  init(scalars: some Sequence<Unicode.Scalar>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}
