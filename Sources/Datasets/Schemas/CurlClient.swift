import Foundation
import JSON
import MLOpsCore

/// Asks for one URL by the program `curl`: it has TLS, certificates and proxies as the machine has
/// them, and costs nothing where nothing is fetched.
///
/// - SeeAlso: https://curl.se/docs/manpage.html
struct CurlClient: Sendable {
  /// What a server said. Redirects are answers too.
  struct Answer: Sendable {
    let status: Int
    /// The header `Content-Type`; empty where there is none.
    let type: String
    /// Where a redirect leads, as an absolute URL.
    let target: String?
    let body: [UInt8]
  }

  /// - Parameter seconds: How long it may take.
  /// - Throws: What kept an answer from coming.
  func get(_ url: String, limits: RemoteDocuments.Limits, seconds: Double) throws(RemoteError)
    -> Answer
  {
    guard let program = CurlClient.program else { throw .noProgram }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments(url, limits: limits, seconds: seconds)
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { throw .noStart(error.localizedDescription) }
    // Servers need not say how long a document is, so what arrives is measured as well.
    let bytes = CurlClient.read(output.fileHandleForReading, limit: limits.bytes + (1 << 20))
    // A signal that cannot be blocked: whoever started this may have blocked the others.
    if bytes == nil { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    guard let bytes, let end = bytes.lastIndex(of: 0x0A) else {
      throw bytes == nil
        ? .tooLarge(url, limit: limits.bytes) : .unreachable(url, "curl said nothing")
    }
    let report = (try? JSONValue(parsing: Array(bytes[(end + 1)...]))) ?? .null
    let body = Array(bytes[..<end])
    switch process.terminationStatus {
    case 0: break
    case 28: throw .slow(url, seconds: limits.seconds)
    case 63: throw .tooLarge(url, limit: limits.bytes)
    default:
      throw .unreachable(
        url, report["errormsg"]?.string ?? "curl ended with \(process.terminationStatus)")
    }
    guard body.count <= limits.bytes else { throw .tooLarge(url, limit: limits.bytes) }
    return Answer(
      status: report["http_code"]?.int ?? 0, type: report["content_type"]?.string ?? "",
      target: report["redirect_url"]?.string, body: body)
  }

  private func arguments(_ url: String, limits: RemoteDocuments.Limits, seconds: Double)
    -> [String]
  {
    [
      // First, or a person's .curlrc would be read.
      "--disable", "--silent", "--globoff", "--proto", "=http,https",
      "--max-time", String(format: "%.1f", seconds),
      "--connect-timeout", String(format: "%.1f", min(seconds, 10)),
      "--max-filesize", String(limits.bytes),
      "--header", "Accept: application/schema+json, application/json;q=0.9, */*;q=0.1",
      "--user-agent", "mlops/\(BuildVersion.current)",
      // One line behind the body.
      "--write-out", "\\n%{json}", "--url", url,
    ]
  }

  /// All bytes; nil where there are more than a limit.
  private static func read(_ handle: FileHandle, limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while let piece = try? handle.read(upToCount: 256 << 10), !piece.isEmpty {
      bytes += piece
      if bytes.count > limit { return nil }
    }
    return bytes
  }

  /// The first `curl` on the PATH.
  private static var program: URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { URL(fileURLWithPath: String($0)).appendingPathComponent("curl") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
