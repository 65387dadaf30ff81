/// Punycode (RFC 3492), in which internationalised labels travel as ASCII.
enum Punycode {
  private static let base = 36
  private static let tMin = 1
  private static let tMax = 26

  /// The label that an ASCII text stands for (without `xn--`); nil where it is malformed.
  static func decoded(_ text: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
    var output: [Unicode.Scalar] = []
    var rest = text
    if let hyphen = text.lastIndex(of: UInt8(ascii: "-")) {
      output = text[..<hyphen].map { Unicode.Scalar($0) }
      rest = text[(hyphen + 1)...]
    }
    var (n, i, bias) = (128, 0, 72)
    while !rest.isEmpty {
      let old = i
      var (weight, k) = (1, base)
      while true {
        guard let digit = rest.popFirst().flatMap(digit) else { return nil }
        let (step, overflow) = digit.multipliedReportingOverflow(by: weight)
        let (sum, sumOverflow) = i.addingReportingOverflow(step)
        if overflow || sumOverflow { return nil }
        i = sum
        let t = threshold(k, bias)
        if digit < t { break }
        let (next, weightOverflow) = weight.multipliedReportingOverflow(by: base - t)
        if weightOverflow { return nil }
        weight = next
        k += base
      }
      bias = adapted(i - old, output.count + 1, isFirst: old == 0)
      n += i / (output.count + 1)
      i %= output.count + 1
      guard let value = UInt32(exactly: n), let scalar = Unicode.Scalar(value) else { return nil }
      output.insert(scalar, at: i)
      i += 1
    }
    return output
  }

  /// The ASCII text that a label travels as, without `xn--`.
  static func encoded(_ label: [Unicode.Scalar]) -> [UInt8] {
    var output = label.filter(\.isASCII).map { UInt8($0.value) }
    let basic = output.count
    var handled = basic
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var (n, delta, bias) = (128, 0, 72)
    while handled < label.count {
      let next = label.map { Int($0.value) }.filter { $0 >= n }.min() ?? n
      delta += (next - n) * (handled + 1)
      n = next
      for scalar in label {
        if Int(scalar.value) < n { delta += 1 }
        guard Int(scalar.value) == n else { continue }
        var (q, k) = (delta, base)
        while true {
          let t = threshold(k, bias)
          if q < t { break }
          output.append(letter(t + (q - t) % (base - t)))
          q = (q - t) / (base - t)
          k += base
        }
        output.append(letter(q))
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return output
  }

  private static func threshold(_ k: Int, _ bias: Int) -> Int {
    k <= bias ? tMin : min(k - bias, tMax)
  }

  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k = 0
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + 38)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    if byte.isLetter { return Int(byte | 0x20) - 0x61 }
    return byte.isDigit ? Int(byte) - 0x30 + 26 : nil
  }

  private static func letter(_ digit: Int) -> UInt8 {
    UInt8(digit < 26 ? digit + 0x61 : digit - 26 + 0x30)
  }
}
