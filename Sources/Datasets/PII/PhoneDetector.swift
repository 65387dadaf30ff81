/// Recognises Korean telephone numbers.
enum PhoneDetector {
  static func phone(_ window: NumberWindow) -> PIIKind? {
    isNumber(window) ? .phone : nil
  }

  private static func isNumber(_ window: NumberWindow) -> Bool {
    let text = window.text
    let digits = window.digits
    let lengths = window.lengths
    let isNamed = { text.hasWord(of: .phone, near: window.range) }
    if lengths.first == 2, digits.starts(with: [8, 2]), isInternational(window) { return true }
    if lengths == [4, 4], window.isHyphenated, window.isTight {
      // `1588-1234` is a difference as well, so somebody must speak of a telephone.
      return isNationwide(digits) && isNamed()
    }
    if lengths.count == 3, lengths[2] == 4, (3...4).contains(lengths[1]) {
      let area = prefix(digits, lengths[0])
      if isMobile(area) { return window.joint != nil }
      guard isArea(area) else { return false }
      // After a parenthesis comes a hyphen, else the signs must agree.
      let isParenthesised = window.groups.first?.joint == 0x29
      return isParenthesised || window.joint == 0x2D || window.joint == 0x2E || isNamed()
    }
    if lengths.count == 1, digits.first == 0, (9...11).contains(digits.count) {
      // Numbers in base two begin with 0 too.
      guard digits.contains(where: { $0 > 1 }) else { return false }
      if digits.count == 11, digits.starts(with: [0, 1, 0]) { return true }
      return (2...4).contains { isMobile(prefix(digits, $0)) || isArea(prefix(digits, $0)) }
        && isNamed()
    }
    return false
  }

  /// `82` with a plus sign before it or a mobile number after it.
  private static func isInternational(_ window: NumberWindow) -> Bool {
    let rest = window.digits.dropFirst(2)
    let national = Array(rest.first == 0 ? rest : [0] + rest)
    guard window.lengths.count > 1, (9...11).contains(national.count) else { return false }
    let isCalled = window.text[window.range.lowerBound - 1] == 0x2B
    if isMobile(prefix(national, 3)) { return isCalled || window.isHyphenated }
    return isCalled && (2...4).contains { isArea(prefix(national, $0)) }
  }

  private static func prefix(_ digits: [Int], _ count: Int) -> String {
    digits.prefix(count).map(String.init).joined()
  }

  private static func isMobile(_ area: String) -> Bool {
    ["010", "011", "016", "017", "018", "019"].contains(area)
  }

  private static func isArea(_ area: String) -> Bool { areas.contains(area) }

  private static let areas: Set<String> = [
    "02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055",
    "061", "062", "063", "064", "070", "080", "060", "0502", "0503", "0504", "0505", "0506",
    "0507", "0508",
  ]

  /// 15xx, 16xx and 18xx.
  private static func isNationwide(_ digits: [Int]) -> Bool {
    digits[0] == 1 && [5, 6, 8].contains(digits[1])
  }
}
