import SystemPackage

/// Reads little-endian values from a file, in order, never past its end.
///
/// Reading through a window instead of a mapping: a file that somebody truncates meanwhile is then an
/// error and not a signal.
struct GGUFCursor {
  private let descriptor: FileDescriptor
  private let path: String
  /// Bytes in the file when it was opened.
  let size: Int64
  /// Bytes from the start of the file to the next value.
  private(set) var offset: Int64 = 0

  private var window: [UInt8] = []
  private var windowStart: Int64 = 0
  private static let windowSize = 1 << 18

  init(_ descriptor: FileDescriptor, path: String) throws(RuntimeError) {
    self.descriptor = descriptor
    self.path = path
    do {
      size = try descriptor.seek(offset: 0, from: .end)
    } catch {
      throw .fileUnreadable(path: path, reason: "\(error)")
    }
  }

  var remaining: Int64 { size - offset }

  func malformed(_ reason: String) -> RuntimeError {
    .malformedGGUF(path: path, reason: reason, offset: offset)
  }

  /// The next `count` bytes; `what` names them in the sentence about a truncated file.
  mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws(RuntimeError)
    -> ArraySlice<UInt8>
  {
    guard count >= 0, Int64(count) <= remaining else {
      throw malformed("it ends inside \(what()): \(count) bytes expected, \(remaining) left")
    }
    let start = Int(offset - windowStart)
    if start < 0 || start + count > window.count { try fill(atLeast: count) }
    let first = Int(offset - windowStart)
    offset += Int64(count)
    return window[first..<first + count]
  }

  private mutating func fill(atLeast count: Int) throws(RuntimeError) {
    let wanted = Int(min(Int64(max(count, Self.windowSize)), remaining))
    var filled = 0
    let descriptor = descriptor
    let offset = offset
    do {
      window = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
        while filled < wanted {
          let read = try descriptor.read(
            fromAbsoluteOffset: offset + Int64(filled),
            into: UnsafeMutableRawBufferPointer(
              rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
          if read == 0 { break }
          filled += read
        }
        initialized = filled
      }
    } catch {
      throw .fileUnreadable(path: path, reason: "\(error)")
    }
    windowStart = offset
    guard filled >= count else { throw malformed("it was shortened while it was read") }
  }

  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, _ what: @autoclosure () -> String
  ) throws(RuntimeError) -> Value {
    let slice = try bytes(MemoryLayout<Value>.size, what())
    return slice.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
  }

  /// A count that the rest of the file can back, at `minimum` bytes for each.
  mutating func count(_ what: String, minimum: Int) throws(RuntimeError) -> Int {
    let value = try integer(UInt64.self, what)
    guard let count = Int(exactly: value), Int64(count) <= remaining / Int64(minimum) else {
      throw malformed(
        "it announces \(value) \(what), more than the \(remaining) bytes left can hold")
    }
    return count
  }

  /// The bytes of a string: a 64-bit length, then as many bytes.
  mutating func string(_ what: @autoclosure () -> String) throws(RuntimeError) -> ArraySlice<UInt8>
  {
    let length = try integer(UInt64.self, what())
    guard let count = Int(exactly: length), Int64(count) <= remaining else {
      throw malformed("\(what()) has length \(length), but only \(remaining) bytes are left")
    }
    return try bytes(count, what())
  }

  mutating func skip(_ count: Int64, _ what: String) throws(RuntimeError) {
    guard count >= 0, count <= remaining else {
      throw malformed("it ends inside \(what): \(count) bytes expected, \(remaining) left")
    }
    offset += count
  }
}
