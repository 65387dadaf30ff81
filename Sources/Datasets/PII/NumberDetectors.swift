/// Recognises numbers of people: each looks at some groups of digits and says whether they are one.
enum NumberDetectors {
  /// How many groups the detectors look at, the longest first.
  static let widths = [4, 3, 2, 1]

  static func kind(of window: NumberWindow) -> PIIKind? {
    guard window.groups.allSatisfy({ $0.count <= 16 }), window.standsAlone else { return nil }
    return residentNumber(window) ?? driverLicence(window) ?? businessNumber(window)
      ?? card(window) ?? PhoneDetector.phone(window) ?? account(window)
  }

  private static func residentNumber(_ window: NumberWindow) -> PIIKind? {
    let digits = window.digits
    guard digits.count == 13, Checksums.isBirth(digits) else { return nil }
    switch window.lengths {
    case [6, 7] where window.isHyphenated: break
    case [13], [6, 7]:
      guard
        Checksums.resident(digits)
          || window.text.hasWord(of: .resident, near: window.range)
      else { return nil }
    default: return nil
    }
    return (5...8).contains(digits[6]) ? .foreignerNumber : .residentNumber
  }

  /// Region 11 to 28, year, serial number, check digits: `11-12-123456-12`.
  private static func driverLicence(_ window: NumberWindow) -> PIIKind? {
    let digits = window.digits
    guard window.lengths == [2, 2, 6, 2], window.isHyphenated,
      (11...28).contains(digits[0] * 10 + digits[1])
    else { return nil }
    return .driverLicence
  }

  private static func businessNumber(_ window: NumberWindow) -> PIIKind? {
    let isNamed = { window.text.hasWord(of: .business, near: window.range) }
    switch window.lengths {
    case [3, 2, 5] where window.isHyphenated:
      return Checksums.business(window.digits) || isNamed() ? .businessNumber : nil
    case [10]: return Checksums.business(window.digits) && isNamed() ? .businessNumber : nil
    default: return nil
    }
  }

  private static func card(_ window: NumberWindow) -> PIIKind? {
    switch window.lengths {
    case [4, 4, 4, 4], [4, 6, 5]:
      guard window.joint == 0x2D || window.joint == 0x20 else { return nil }
    case [15], [16]: break
    default: return nil
    }
    let digits = window.digits
    guard Checksums.luhn(digits), hasCardPrefix(digits) else { return nil }
    return .card
  }

  /// Visa, Mastercard, American Express, JCB, UnionPay, Discover, and 9 for cards of Korea only.
  private static func hasCardPrefix(_ digits: [Int]) -> Bool {
    let four = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
    if digits.count == 15 { return four / 100 == 34 || four / 100 == 37 }
    return switch four {
    case 4000...4999, 5100...5599, 2221...2720, 3528...3589, 6000...6299, 6440...6599, 9000...9999:
      true
    default: false
    }
  }

  /// Two to four groups with 10 to 16 digits in all, or 10 to 14 without hyphens.
  private static func account(_ window: NumberWindow) -> PIIKind? {
    let lengths = window.lengths
    let count = lengths.reduce(0, +)
    let isPlausible =
      lengths.count == 1
      ? (10...14).contains(count)
      : window.isHyphenated && window.isTight && (10...16).contains(count)
        && lengths.allSatisfy { $0 <= 8 }
    guard isPlausible, window.text.hasWord(of: .account, near: window.range) else { return nil }
    return .account
  }
}
