/// The words of a text as parts of an address.
struct AddressWords {
  private let text: FoldedText
  private let ranges: [Range<Int>]

  init(_ text: FoldedText) {
    self.text = text
    var ranges: [Range<Int>] = []
    var position = 0
    while position < text.count {
      let start = position
      while position < text.count, !text.isSpace(position), text[position] != 0x2C { position += 1 }
      if position > start { ranges.append(start..<position) }
      position += 1
    }
    self.ranges = ranges
  }

  var count: Int { ranges.count }

  func start(of index: Int) -> Int { ranges[index].lowerBound }

  func isProvince(_ index: Int) -> Bool {
    guard let word = hangulWord(index) else { return false }
    return AddressWords.provinces.contains(word)
  }

  func isSejong(_ index: Int) -> Bool { hangulWord(index)?.first == 0xC138 }

  /// 시, 군 or 구 after at least one syllable.
  func isDistrict(_ index: Int) -> Bool { ends(index, in: [0xC2DC, 0xAD70, 0xAD6C], from: 2) }

  /// 읍, 면, 동, 리 or 가 after at least one syllable.
  func isVillage(_ index: Int) -> Bool {
    guard let range = range(index), text.isHangul(range.lowerBound) else { return false }
    let last = text[range.upperBound - 1]
    let endings: [UInt32] = [0xC74D, 0xBA74, 0xB3D9, 0xB9AC, 0xAC00]
    return range.count >= 2 && endings.contains(last)
  }

  /// 로 or 길 after at least one syllable, a house number perhaps glued to it.
  func isRoad(_ index: Int) -> Bool { roadEnd(index) != nil }

  /// Three syllables and more, and no adverb: `앞으로`.
  func isLongRoad(_ index: Int) -> Bool {
    guard let range = range(index), let end = roadEnd(index) else { return false }
    return end - range.lowerBound >= 3 && text[end - 2] != 0xC73C
  }

  /// The end of the number after a road or village, and the word that follows it.
  func houseNumber(after index: Int) -> (end: Int, next: Int)? {
    if let end = roadEnd(index), let range = range(index), end < range.upperBound {
      return number(from: end, limit: range.upperBound).map { ($0, index + 1) }
    }
    guard let range = range(index + 1), text.isDigit(range.lowerBound),
      let end = number(from: range.lowerBound, limit: range.upperBound)
    else { return nil }
    // `99번길 12`: the number belongs to the road, and the house's comes after it.
    if text[end] == 0xBC88, text[end + 1] == 0xAE38 {
      let house = self.range(index + 2).flatMap {
        number(from: $0.lowerBound, limit: $0.upperBound)
      }
      return house.map { ($0, index + 3) } ?? (end + 2, index + 2)
    }
    return (end, index + 2)
  }

  /// 번지.
  func hasLotWord(at end: Int) -> Bool { text[end] == 0xBC88 && text[end + 1] == 0xC9C0 }

  /// Whether a unit follows the number: `3 cm`, `5개`.
  func isMeasure(after number: (end: Int, next: Int)) -> Bool {
    let position = text.isSpace(number.end) ? number.end + 1 : number.end
    if text.isLetter(position) || text[position] == 0x25 { return true }
    return position == number.end && text.isHangul(position)
  }

  /// `101동 1202호`, `3층`, `(역삼동)` after the number.
  func detail(from next: Int, _ end: Int) -> (end: Int, next: Int) {
    var (end, next) = (end, next)
    while let range = range(next), range.lowerBound - end <= 2 {
      if text[range.lowerBound] == 0x28, text[range.upperBound - 1] == 0x29 {
        end = range.upperBound
      } else if let unitEnd = unitEnd(range) {
        end = unitEnd
      } else {
        break
      }
      next += 1
    }
    return (end, next)
  }

  private func range(_ index: Int) -> Range<Int>? {
    index >= 0 && index < ranges.count ? ranges[index] : nil
  }

  private func hangulWord(_ index: Int) -> [UInt32]? {
    guard let range = range(index), range.count <= 7, range.allSatisfy({ text.isHangul($0) })
    else { return nil }
    return Array(text.scalars[range])
  }

  private func ends(_ index: Int, in syllables: [UInt32], from length: Int) -> Bool {
    guard let word = hangulWord(index), word.count >= length, let last = word.last else {
      return false
    }
    return syllables.contains(last)
  }

  /// Where the road's name ends: after the last 로 or 길 before the house number.
  private func roadEnd(_ index: Int) -> Int? {
    guard let range = range(index), text.isHangul(range.lowerBound), range.count >= 2,
      range.count <= 24
    else { return nil }
    var end = range.upperBound
    while end > range.lowerBound, text.isDigit(end - 1) || text[end - 1] == 0x2D { end -= 1 }
    guard end > range.lowerBound + 1, text[end - 1] == 0xB85C || text[end - 1] == 0xAE38,
      (range.lowerBound..<end).allSatisfy({ text.isHangul($0) || text.isDigit($0) })
    else { return nil }
    return end
  }

  /// `152` or `12-3`, up to four digits each.
  private func number(from start: Int, limit: Int) -> Int? {
    var end = start
    while end < limit, text.isDigit(end) { end += 1 }
    guard end > start, end - start <= 4 else { return nil }
    if text[end] == 0x2D, text.isDigit(end + 1) {
      var second = end + 1
      while second < limit, text.isDigit(second) { second += 1 }
      if second - end <= 5 { end = second }
    }
    return end
  }

  /// Digits or a letter and 동, 호 or 층.
  private func unitEnd(_ range: Range<Int>) -> Int? {
    var position = range.lowerBound
    while position < range.upperBound,
      text.isDigit(position) || text.isLetter(position) || text[position] == 0x2D
    {
      position += 1
    }
    guard position > range.lowerBound, position < range.upperBound,
      [0xB3D9, 0xD638, 0xCE35].contains(text[position])
    else { return nil }
    return position + 1
  }

  private static let provinces: Set<[UInt32]> = {
    let cities = ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종"]
    var names = cities + cities.map { $0 + "시" }
    names += cities.map { $0 + "광역시" } + ["서울특별시", "세종특별자치시"]
    names += [
      "경기", "경기도", "강원", "강원도", "강원특별자치도", "충북", "충청북도", "충남", "충청남도", "전북",
      "전라북도", "전북특별자치도", "전남", "전라남도", "경북", "경상북도", "경남", "경상남도", "제주", "제주도",
      "제주특별자치도",
    ]
    return Set(names.map { $0.unicodeScalars.map(\.value) })
  }()
}
