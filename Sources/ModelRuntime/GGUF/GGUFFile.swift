public import SystemPackage

/// The structure of a GGUF file (versions 2 and 3): its metadata and where its tensors lie.
///
/// Nothing in it is trusted: every count, length and offset is checked against the size of the file
/// before anything is allocated. A `GGUFFile` that exists is one whose tensors lie in order, aligned,
/// without gap or overlap, inside the file. What its content means is `ModelVetting`'s business.
///
/// - SeeAlso: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFFile: Sendable {
  public struct Tensor: Sendable, Hashable {
    /// 1 to 63 bytes.
    public let name: String
    /// 1 to 4 dimensions, each at least 1, in ggml's order: the first is the length of a row.
    public let dimensions: [Int]
    public let type: TensorType
    /// Bytes from the start of the file.
    public let offset: Int64
    /// Bytes of the data, without padding.
    public let size: Int64

    /// The product of the dimensions.
    public var elements: Int64 { dimensions.reduce(1) { $0 * Int64($1) } }
  }

  public let path: FilePath
  /// 2 or 3.
  public let version: Int
  /// Bytes.
  public let size: Int64
  /// A power of two; tensors begin at multiples of it.
  public let alignment: Int
  /// Bytes from the start of the file to the first tensor.
  public let dataOffset: Int64
  /// In the order of the file.
  public let keys: [String]
  public let metadata: [String: GGUFValue]
  /// In the order of the file.
  public let tensors: [Tensor]
  private let tensorIndex: [String: Int]

  public subscript(key: String) -> GGUFValue? { metadata[key] }

  public func tensor(_ name: String) -> Tensor? { tensorIndex[name].map { tensors[$0] } }

  /// Reads and checks the structure; the data of the tensors is not read.
  ///
  /// - Throws: `runtime.malformed_gguf`, `runtime.file_unreadable`.
  public init(_ path: FilePath) throws(RuntimeError) {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(path, .readOnly)
    } catch {
      throw .fileUnreadable(path: path.string, reason: "\(error)")
    }
    defer { try? descriptor.close() }
    var parser = GGUFParser(try GGUFCursor(descriptor, path: path.string))
    try parser.parse()
    self.path = path
    version = parser.version
    size = parser.cursor.size
    alignment = parser.alignment
    dataOffset = parser.dataOffset
    keys = parser.keys
    metadata = parser.metadata
    tensors = parser.tensors
    tensorIndex = parser.tensorIndex
  }

  /// Whether the file begins as a GGUF file does; reads four bytes.
  public static func hasMagic(_ path: FilePath) -> Bool {
    guard let descriptor = try? FileDescriptor.open(path, .readOnly) else { return false }
    defer { try? descriptor.close() }
    var bytes: [UInt8] = [0, 0, 0, 0]
    let read = try? bytes.withUnsafeMutableBytes {
      try descriptor.read(fromAbsoluteOffset: 0, into: $0)
    }
    return read == 4 && bytes == GGUFParser.magic
  }
}
