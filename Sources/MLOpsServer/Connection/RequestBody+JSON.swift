import HTTPTypes
import Hummingbird
import JSON

extension Request {
  /// The body as JSON.
  ///
  /// - Throws: `ServerError` with code `server.body_too_large`, `server.malformed_body` or
  ///   `server.malformed_json`.
  func json(limit: Int) async throws -> JSONValue {
    var bytes: [UInt8] = []
    var length = 0
    do {
      for try await buffer in body {
        length += buffer.readableBytes
        if length <= limit { bytes += buffer.readableBytesView }
        // A client that is still sending does not look for an answer: what is a little too large
        // is read to its end and thrown away.
        if length > 8 * limit { break }
      }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw ServerError.malformedBody
    }
    guard length <= limit else { throw ServerError.bodyTooLarge(limit: limit) }
    do {
      return try JSONValue(parsing: bytes, limits: JSONLimits(depth: 64, bytes: limit))
    } catch {
      throw ServerError.malformedJSON(
        reason: error.reason, line: error.line, column: error.column)
    }
  }
}
