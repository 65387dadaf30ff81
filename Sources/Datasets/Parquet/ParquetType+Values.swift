import JSON

extension ParquetType {
  /// What a stored value is in JSON; a phrase where it is nothing.
  func cell(_ primitive: ParquetPrimitive) -> Cell {
    if meaning == .null { return .value(.null) }
    switch primitive {
    case .boolean(let value): return .value(.bool(value))
    case .integer(let value): return integer(value)
    case .double(let value): return ParquetType.number(value, text: "\(value)")
    case .float(let value):
      // The shortest text that reads back as the same float.
      return ParquetType.number(Double("\(value)") ?? Double(value), text: "\(value)")
    case .bytes(let bytes): return self.bytes(bytes)
    }
  }

  private static func number(_ value: Double, text: String) -> Cell {
    value.isFinite ? .value(.double(value)) : .defect("is \(text), which JSON has no number for")
  }

  private func integer(_ value: Int64) -> Cell {
    let text: String?
    switch meaning {
    case .date: text = CivilTime.date(days: value)
    case .time(let unit, let isUTC):
      text = CivilTime.time(value, digits: unit.rawValue).map { isUTC ? $0 + "Z" : $0 }
    case .timestamp(let unit, let isUTC):
      text = CivilTime.timestamp(value, digits: unit.rawValue, isUTC: isUTC)
    case .decimal(let scale): return .value(DecimalText.value("\(value)", scale: scale))
    case .integer(let bits, isSigned: false) where value < 0:
      let unsigned =
        bits == 64 ? UInt64(bitPattern: value) : UInt64(UInt32(truncatingIfNeeded: value))
      return .value(DecimalText.value("\(unsigned)", scale: 0))
    default: return .value(.integer(value))
    }
    return text.map { .value(.string($0)) }
      ?? .defect("holds a time outside the years 0000 to 9999")
  }

  private func bytes(_ bytes: ArraySlice<UInt8>) -> Cell {
    switch meaning {
    case .string, .enumeration:
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .defect("is not valid UTF-8")
      }
      return .value(.string(text))
    case .json:
      do throws(JSONSyntaxError) {
        return .value(try JSONValue(parsing: Array(bytes)))
      } catch {
        return .defect("holds JSON that is not read: \(error.reason)")
      }
    case .decimal(let scale):
      guard bytes.count <= ParquetType.decimalBytes else {
        return .defect("holds a decimal number of \(bytes.count) bytes")
      }
      return .value(DecimalText.value(DecimalText.digits(of: bytes), scale: scale))
    case .uuid where bytes.count == 16: return .value(.string(ParquetType.uuid(Array(bytes))))
    case .half where bytes.count == 2:
      let value = ParquetType.half(
        UInt16(bytes[bytes.startIndex]) | UInt16(bytes[bytes.startIndex + 1]) << 8)
      return ParquetType.number(Double("\(value)") ?? Double(value), text: "\(value)")
    default:
      return physical == .int96 ? ParquetType.julian(Array(bytes)) : .bytes(Array(bytes))
    }
  }

  /// Nanoseconds of a day and a Julian day, as Impala and Spark once wrote timestamps.
  private static func julian(_ bytes: [UInt8]) -> Cell {
    var cursor = ByteCursor(bytes)
    guard let nanoseconds = try? cursor.unsigned(bytes: 8),
      let day = try? cursor.unsigned(bytes: 4), nanoseconds < 86_400_000_000_000,
      let date = CivilTime.date(days: Int64(day) - 2_440_588),
      let time = CivilTime.time(Int64(nanoseconds), digits: 9)
    else { return .defect("holds a time outside the years 0000 to 9999") }
    return .value(.string("\(date)T\(time)"))
  }

  private static func uuid(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append("-") }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  /// IEEE 754's binary16.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}
