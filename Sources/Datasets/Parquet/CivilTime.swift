/// Days and times as RFC 3339 writes them.
enum CivilTime {
  /// - Parameter days: since 1970-01-01.
  /// - Returns: nil outside the years 0000 to 9999.
  static func date(days: Int64) -> String? {
    // 0000-01-01 and 9999-12-31.
    guard (-719_528...2_932_896).contains(days) else { return nil }
    // Years of this reckoning begin in March, so that the leap day is the last.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// - Parameters:
  ///   - value: since midnight, in units of ten to the power of minus `digits` seconds.
  /// - Returns: nil where it is no time of a day.
  static func time(_ value: Int64, digits: Int) -> String? {
    let perSecond = unit(digits)
    guard value >= 0, value < 86_400 * perSecond else { return nil }
    let second = value / perSecond
    let clock =
      "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    var fraction = padded(value % perSecond, digits)
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? clock : "\(clock).\(fraction)"
  }

  /// - Parameters:
  ///   - value: since 1970, in units of ten to the power of minus `digits` seconds.
  ///   - isUTC: whether it is an instant; the time of some clock is written without offset.
  static func timestamp(_ value: Int64, digits: Int, isUTC: Bool) -> String? {
    let perDay = 86_400 * unit(digits)
    let rest = value % perDay
    let days = value / perDay - (rest < 0 ? 1 : 0)
    guard let date = date(days: days),
      let time = time(rest < 0 ? rest + perDay : rest, digits: digits)
    else { return nil }
    return "\(date)T\(time)\(isUTC ? "Z" : "")"
  }

  private static func unit(_ digits: Int) -> Int64 {
    (0..<digits).reduce(1) { unit, _ in unit * 10 }
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
