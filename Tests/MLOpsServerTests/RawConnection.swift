import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A bare socket to a server on this machine, for clients that misbehave.
struct RawConnection {
  let descriptor: FileDescriptor

  init(port: Int) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    descriptor = FileDescriptor(rawValue: socket(AF_INET, kind, 0))
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor.rawValue, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  func send(_ text: String) throws { _ = try descriptor.writeAll(text.utf8) }

  /// Sends a chat request.
  func chat(_ body: String) throws {
    try send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    )
  }

  /// Up to 64 kB of what has come.
  func receive() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  func close() throws { try descriptor.close() }
}

/// Waits until something holds; false after five seconds.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
  for _ in 0..<1000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}
