import Dispatch
import MLOpsCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One request and its answer over a socket of its own, on a thread of its own.
///
/// The commands need three small requests to a server on this machine; a whole HTTP client would
/// cost them more start-up time than the promotion takes.
struct LoopbackSocket {
  let host: String
  let port: Int
  /// Seconds to wait for the next bytes.
  let patience: Int

  /// - Throws: `ServingError` with code `deployment.no_answer`.
  func exchange(_ request: [UInt8]) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try exchangeBlocking(request) })
      }
    }
  }

  private func exchangeBlocking(_ request: [UInt8]) throws -> [UInt8] {
    let socket = try connected()
    return try socket.closeAfter {
      do {
        _ = try socket.writeAll(request)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
          let count = try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
          if count == 0 { return answer }
          answer += buffer[..<count]
        }
      } catch { throw failure("\(error)") }
    }
  }

  private func connected() throws -> FileDescriptor {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(reachableHost, String(port), &hints, &found) == 0, let found else {
      throw failure("'\(host)' is no address")
    }
    defer { freeaddrinfo(found) }
    let address = found.pointee
    let descriptor = socket(address.ai_family, address.ai_socktype, 0)
    guard descriptor >= 0 else { throw failure("\(Errno(rawValue: errno))") }
    let file = FileDescriptor(rawValue: descriptor)
    var timeout = timeval(tv_sec: patience, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
    guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
      let reason = "\(Errno(rawValue: errno))"
      try? file.close()
      throw failure(reason)
    }
    return file
  }

  /// A server that listens everywhere is reached on loopback.
  private var reachableHost: String {
    switch host {
    case "0.0.0.0", "localhost", "": "127.0.0.1"
    case "::": "::1"
    default: host
    }
  }

  private func failure(_ reason: String) -> ServingError {
    .noAnswer("\(host):\(port)", reason: reason)
  }
}
