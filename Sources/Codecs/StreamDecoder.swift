/// Turns compressed bytes into plain ones, piece by piece.
public protocol StreamDecoder: AnyObject {
  /// Whether the bytes so far end where a compressed stream may end.
  var isWhole: Bool { get }

  /// Decompresses as much as there is input and room for.
  ///
  /// - Returns: how many bytes were taken and how many were made.
  /// - Throws: `codecs.damaged`.
  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError) -> (taken: Int, made: Int)
}
