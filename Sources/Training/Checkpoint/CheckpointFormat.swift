import Foundation
import JSON
import MLOpsCore

/// A checkpoint as the bytes of one file.
///
/// A line `mlops checkpoint 1`, the length of the header in decimal on a line, the header as
/// canonical JSON, the numbers in little-endian order (F32 parameters, mean, variance, best; F64
/// losses, then pairs of step and loss of the validations), and the 64 digits of the SHA-256 of
/// all that.
enum CheckpointFormat {
  private static let title = Array("mlops checkpoint 1\n".utf8)
  private static let digestLength = 64

  /// Whether bytes begin as those of a checkpoint do.
  static func begins(_ bytes: Data) -> Bool { bytes.starts(with: title) }

  static func encode(_ checkpoint: Checkpoint) -> Data {
    let history = checkpoint.history
    func bits(_ value: Float) -> JSONValue { .integer(value.bitPattern) }
    let header: JSONValue = [
      "identity": .object(checkpoint.identity), "request": checkpoint.request,
      "step": .integer(checkpoint.step), "parameters": .integer(checkpoint.parameters.count),
      "best": .integer(checkpoint.best.count), "losses": .integer(history.losses.count),
      "validations": .integer(history.validations.count),
      "smoothed": checkpoint.watch.smoothed.map(bits) ?? .null,
      "lowest": bits(checkpoint.watch.lowest),
    ]
    let text = header.canonicalBytes
    let floats = [checkpoint.parameters, checkpoint.mean, checkpoint.variance, checkpoint.best]
    let losses = history.losses.count + 2 * history.validations.count
    // At once: growing by halves would take twice as much.
    var bytes = Data(
      capacity: floats.reduce(0) { $0 + 4 * $1.count } + 8 * losses + text.count + 128)
    bytes.append(contentsOf: title)
    bytes.append(contentsOf: "\(text.count)\n".utf8)
    bytes.append(contentsOf: text)
    for floats in floats {
      floats.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    let validations = history.validations.flatMap { [Double($0.step), $0.loss] }
    for doubles in [history.losses, validations] {
      doubles.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: digest(of: bytes).utf8)
    return bytes
  }

  /// - Throws: `Defect` where the bytes are no whole checkpoint.
  static func decode(_ bytes: Data) throws(Defect) -> Checkpoint {
    let (header, start) = try header(of: bytes)
    guard bytes.count >= start + digestLength else { throw Defect("it ends too early") }
    let end = bytes.count - digestLength
    guard
      digest(of: bytes.prefix(end)) == String(decoding: bytes.suffix(digestLength), as: UTF8.self)
    else { throw Defect("its bytes are not those that were written, or some are missing") }
    func count(_ key: String) throws(Defect) -> Int {
      guard let count = header[key]?.int, (0...bytes.count).contains(count) else {
        throw Defect("its header has no '\(key)'")
      }
      return count
    }
    let (parameters, best) = (try count("parameters"), try count("best"))
    let (losses, validations) = (try count("losses"), try count("validations"))
    guard end - start == (3 * parameters + best) * 4 + (losses + 2 * validations) * 8,
      let identity = header["identity"]?.object, let step = header["step"]?.int,
      let request = header["request"], let lowest = float(header["lowest"])
    else { throw Defect("its header does not fit its content") }

    var offset = start
    func take<Value>(_ count: Int, _ zero: Value) -> [Value] {
      var values = [Value](repeating: zero, count: count)
      let length = count * MemoryLayout<Value>.stride
      _ = values.withUnsafeMutableBytes { target in
        bytes.copyBytes(to: target, from: offset..<offset + length)
      }
      offset += length
      return values
    }
    let floats = [parameters, parameters, parameters, best].map { take($0, Float(0)) }
    var history = TrainingHistory()
    history.losses = take(losses, 0.0)
    let pairs = take(2 * validations, 0.0)
    for index in 0..<validations {
      guard let step = Int(exactly: pairs[2 * index]) else {
        throw Defect("a validation has no whole step")
      }
      history.validations.append(.init(step: step, loss: pairs[2 * index + 1]))
    }
    return Checkpoint(
      identity: identity, request: request, step: step, history: history,
      watch: DivergenceWatch(smoothed: float(header["smoothed"]), lowest: lowest),
      parameters: floats[0], mean: floats[1], variance: floats[2], best: floats[3])
  }

  /// What makes bytes no checkpoint: a clause about the file.
  struct Defect: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private static func header(of bytes: Data) throws(Defect) -> (JSONValue, contentStart: Int) {
    guard begins(bytes) else { throw Defect("it does not begin like a checkpoint") }
    let rest = bytes.dropFirst(title.count)
    guard let line = rest.prefix(20).firstIndex(of: 0x0A),
      let length = Int(String(decoding: rest[..<line], as: UTF8.self)), length > 0,
      length <= bytes.count - line - 1
    else { throw Defect("it ends within its header") }
    let start = line + 1
    guard let header = try? JSONValue(parsing: [UInt8](bytes[start..<start + length])) else {
      throw Defect("its header is no JSON")
    }
    return (header, start + length)
  }

  private static func float(_ value: JSONValue?) -> Float? {
    value?.int.flatMap { UInt32(exactly: $0) }.map { Float(bitPattern: $0) }
  }

  private static func digest(of bytes: Data) -> String {
    var hasher = Digest.Hasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish().hex
  }
}
