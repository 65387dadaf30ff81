import JSON

/// What the text of a PostgreSQL value means, by its type.
indirect enum PostgresType: Equatable, Sendable {
  case boolean, number, text, json, bytes, timestamp, zonedTimestamp
  case array(PostgresType)

  /// - Parameter identifier: the OID of a built-in type; what is not known is text.
  init(identifier: UInt32) {
    self = PostgresType.known[identifier] ?? .text
  }

  // pg_type.dat: the type, then the array of it.
  private static let known: [UInt32: PostgresType] = {
    let types: [(PostgresType, type: UInt32, array: UInt32)] = [
      (.boolean, 16, 1000), (.bytes, 17, 1001),
      // char, name, text, bpchar, varchar.
      (.text, 18, 1002), (.text, 19, 1003), (.text, 25, 1009), (.text, 1042, 1014),
      (.text, 1043, 1015),
      // int8, int2, int4, oid, float4, float8, numeric.
      (.number, 20, 1016), (.number, 21, 1005), (.number, 23, 1007), (.number, 26, 1028),
      (.number, 700, 1021), (.number, 701, 1022), (.number, 1700, 1231),
      (.json, 114, 199), (.json, 3802, 3807),
      // date, time, timetz, interval, uuid: texts as ISO 8601 writes them.
      (.text, 1082, 1182), (.text, 1083, 1183), (.text, 1266, 1270), (.text, 1186, 1187),
      (.text, 2950, 2951),
      (.timestamp, 1114, 1115), (.zonedTimestamp, 1184, 1185),
    ]
    var known: [UInt32: PostgresType] = [:]
    for (type, identifier, array) in types {
      known[identifier] = type
      known[array] = .array(type)
    }
    return known
  }()

  /// The value of a text as the server writes it in this session.
  func cell(_ bytes: UnsafeRawBufferPointer) -> Cell {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .defect("is not valid UTF-8")
    }
    return cell(text)
  }

  func cell(_ text: String) -> Cell {
    switch self {
    case .text: return .value(.string(text))
    case .boolean: return .value(.bool(text == "t"))
    case .number:
      // Every digit is kept; NaN and the infinities are no JSON.
      guard let value = try? JSONValue(parsing: text), value.double != nil else {
        return .defect("is \(text.prefix(40)), which JSON has no number for")
      }
      return .value(value)
    case .json:
      do throws(JSONSyntaxError) {
        return .value(try JSONValue(parsing: text))
      } catch {
        return .defect("holds JSON that is not read: \(error.reason)")
      }
    case .timestamp: return .value(.string(PostgresType.timestamp(text)))
    case .zonedTimestamp:
      let stamp = PostgresType.timestamp(text)
      // The session's zone is UTC.
      return .value(
        .string(stamp != text && stamp.hasSuffix("+00") ? stamp.dropLast(3) + "Z" : stamp))
    case .bytes:
      return PostgresType.bytes(text).map { .bytes($0) } ?? .defect("holds bytes that are no hex")
    case .array(let element):
      var literal = PostgresArrayLiteral(text, element)
      return literal.cell()
    }
  }

  /// RFC 3339's `T` between date and time; other texts (`infinity`, years before Christ) stay.
  private static func timestamp(_ text: String) -> String {
    guard text.utf8.count >= 19, text.utf8.dropFirst(10).first == 0x20, !text.hasSuffix("BC") else {
      return text
    }
    return text.prefix(10) + "T" + text.dropFirst(11)
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.starts(with: [0x5C, 0x78]), digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2 - 1)
    for index in stride(from: 2, to: digits.count, by: 2) {
      guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    case 0x41...0x46: digit - 0x37
    default: nil
    }
  }
}
