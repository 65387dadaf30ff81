/// The arithmetic by which numbers prove themselves; every function takes digits 0 to 9.
enum Checksums {
  /// ISO/IEC 7812-1, annex B.
  static func luhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let doubled = index % 2 == 1 ? digit * 2 : digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  /// The check digit of resident numbers issued before October 2020, which have no meaning since.
  static func resident(_ digits: [Int]) -> Bool {
    guard digits.count == 13 else { return false }
    let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
    let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 }
    let base = (11 - sum % 11) % 10
    return digits[12] == ((5...8).contains(digits[6]) ? (base + 2) % 10 : base)
  }

  /// Korean business registration numbers.
  static func business(_ digits: [Int]) -> Bool {
    guard digits.count == 10 else { return false }
    let weights = [1, 3, 7, 1, 3, 7, 1, 3, 5]
    let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 } + digits[8] * 5 / 10
    return (10 - sum % 10) % 10 == digits[9]
  }

  /// Whether the first seven digits of a resident number are a day and a century, up to 2040.
  static func isBirth(_ digits: [Int]) -> Bool {
    guard digits.count >= 7 else { return false }
    let centuries = [1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800]
    let year = centuries[digits[6]] + digits[0] * 10 + digits[1]
    let month = digits[2] * 10 + digits[3]
    let day = digits[4] * 10 + digits[5]
    // A bound on the year tells most barcodes, which begin with 880 in Korea, from births.
    guard (1...12).contains(month), year <= 2040 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }
}
