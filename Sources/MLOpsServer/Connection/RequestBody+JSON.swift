import HTTPTypes
import Hummingbird
import JSON

extension Request {
  /// The body as JSON.
  ///
  /// - Throws: `ServerError` with code `server.body_too_large` or `server.malformed_json`.
  func json(limit: Int) async throws -> JSONValue {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw ServerError.bodyTooLarge(limit: limit)
    }
    var bytes: [UInt8] = []
    for try await buffer in body {
      guard bytes.count + buffer.readableBytes <= limit else {
        throw ServerError.bodyTooLarge(limit: limit)
      }
      bytes += buffer.readableBytesView
    }
    do {
      return try JSONValue(parsing: bytes, limits: JSONLimits(depth: 64, bytes: limit))
    } catch {
      throw ServerError.malformedJSON(
        reason: error.reason, line: error.line, column: error.column)
    }
  }
}
