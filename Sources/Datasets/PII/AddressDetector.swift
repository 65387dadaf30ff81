/// Recognises Korean addresses by road name (`서울특별시 강남구 테헤란로 152`) and by lot number
/// (`서울 강남구 역삼동 736-1`), as far as rules without a gazetteer can.
///
/// An address begins with a province, or with a town and district, since words that merely end like
/// a road (`세로 3`) stand in every mathematics problem.
enum AddressDetector {
  static func matches(in text: FoldedText) -> [PIIMatch] {
    let words = AddressWords(text)
    var matches: [PIIMatch] = []
    var index = 0
    while index < words.count {
      if let (range, next) = address(from: index, words) {
        matches.append(PIIMatch(kind: .address, range: range))
        index = next
      } else {
        index += 1
      }
    }
    return matches
  }

  private static func address(from index: Int, _ words: AddressWords) -> (Range<Int>, Int)? {
    var next = index
    let hasProvince = words.isProvince(next)
    if hasProvince { next += 1 }
    var districts = 0
    while districts < 3, words.isDistrict(next) {
      next += 1
      districts += 1
    }
    // 세종시 has no districts.
    guard districts > 0 || hasProvince && words.isSejong(index) else { return nil }
    // A single word such as 친구 or 야구 looks like a district, so one alone must be beyond doubt.
    let isCertain = hasProvince || districts >= 2
    while words.isVillage(next), words.isVillage(next + 1) || words.isRoad(next + 1) { next += 1 }
    var end: Int
    if words.isRoad(next), let number = words.houseNumber(after: next) {
      guard isCertain || words.isLongRoad(next) && !words.isMeasure(after: number) else {
        return nil
      }
      (end, next) = number
    } else if words.isVillage(next), let number = words.houseNumber(after: next) {
      guard isCertain || words.hasLotWord(at: number.end) else { return nil }
      (end, next) = number
      if words.hasLotWord(at: end) { end += 2 }
    } else {
      return nil
    }
    let (detailEnd, after) = words.detail(from: next, end)
    return (words.start(of: index)..<detailEnd, max(after, index + 1))
  }
}
