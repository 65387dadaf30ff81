import MLOpsCore
import ModelRuntime

/// Where every weight of a model lies in one flat vector, for a training that changes all of them.
///
/// Matrices come first, so that what weight decay draws towards 0 is one stretch: the weights of
/// the blocks and a vocabulary projection of its own. Embeddings, learned positions, gains and
/// biases are not decayed: a row of an embedding that no batch names would only fade.
struct FullLayout: ParameterLayout {
  /// One of the model's tensors.
  struct Entry {
    /// In GGUF.
    let name: String
    /// `[in, out]`, or `[length]`.
    let shape: TensorShape
    let role: Role
    /// Where it begins, in elements.
    let offset: Int
  }

  enum Role {
    case matrix
    /// A matrix whose result is added to the residual stream.
    case residual
    /// Embeddings and learned positions.
    case table
    case gain
    case bias

    var isDecayed: Bool { self == .matrix || self == .residual }
    /// Whether products or look-ups read it, rather than kernels for rows.
    var isMatrix: Bool { isDecayed || self == .table }
  }

  let entries: [Entry]
  let count: Int
  let extent: Int
  let decayed: Int
  /// Whether training begins with random weights rather than with the file's.
  let isFresh: Bool
  /// How many blocks add to the residual stream.
  private let blocks: Int
  private let index: [String: Int]
  private let file: GGUFFile

  /// What entries begin at multiples of, so that vector instructions find them aligned.
  private static let alignment = 16

  /// - Parameter isFresh: whether only the shapes are the file's, and the weights random.
  /// - Throws: `TrainingError.quantisedBase`.
  init(_ file: GGUFFile, _ dimensions: DecoderDimensions, isFresh: Bool) throws {
    self.file = file
    self.isFresh = isFresh
    blocks = dimensions.blocks
    let tensors = Self.tensors(of: dimensions, in: file)
    for tensor in tensors {
      if let type = file.tensor(tensor.name)?.type, !type.isFloat {
        throw TrainingError.quantisedBase(tensor: tensor.name, type: type.label)
      }
    }
    var entries: [Entry] = []
    var offset = 0
    func place(_ some: [Tensor]) {
      for tensor in some {
        entries.append(
          Entry(name: tensor.name, shape: tensor.shape, role: tensor.role, offset: offset))
        let end = offset + tensor.shape.count
        offset = (end + Self.alignment - 1) / Self.alignment * Self.alignment
      }
    }
    place(tensors.filter(\.role.isDecayed))
    decayed = Self.rows(of: offset).count
    offset = decayed
    place(tensors.filter { !$0.role.isDecayed })
    extent = offset
    count = tensors.reduce(0) { $0 + $1.shape.count }
    index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    self.entries = entries
  }

  /// The tensor of a name; nil for one that is not trained.
  subscript(name: String) -> Entry? { index[name].map { entries[$0] } }

  /// A tensor's part of a vector.
  func slice(of entry: Entry, in values: [Float]) -> [Float] {
    Array(values[entry.offset..<entry.offset + entry.shape.count])
  }

  func initialValues(seed: UInt64) throws -> [Float] {
    var values = [Float](repeating: 0, count: shape.count)
    let source = GGUFWeights(file)
    for entry in entries {
      let own =
        try isFresh
        ? FreshWeights(seed: seed, blocks: blocks).values(of: entry)
        : source.values(of: entry.name, expecting: entry.shape)
      values.replaceSubrange(entry.offset..<entry.offset + own.count, with: own)
    }
    return values
  }
}

extension FullLayout {
  private typealias Tensor = (name: String, shape: TensorShape, role: Role)

  /// All weights that the decoder reads; constants such as rotary factors are none.
  private static func tensors(of dimensions: DecoderDimensions, in file: GGUFFile) -> [Tensor] {
    let architecture = dimensions.architecture
    let (width, vocabulary) = (dimensions.width, dimensions.vocabulary)
    let isLayer = if case .layer = architecture.norm { true } else { false }
    func norm(_ name: String, _ length: Int, hasBias: Bool) -> [Tensor] {
      let gain: Tensor = ("\(name).weight", TensorShape(length), .gain)
      return hasBias ? [gain, ("\(name).bias", TensorShape(length), .bias)] : [gain]
    }
    var tensors: [Tensor] = [("token_embd.weight", TensorShape(width, vocabulary), .table)]
    if case .learned = architecture.positions {
      tensors.append(("position_embd.weight", TensorShape(width, dimensions.context), .table))
    }
    for block in 0..<dimensions.blocks {
      let prefix = "blk.\(block)"
      var norms = ["attn_norm", "ffn_norm"]
      if architecture.normsOutputs { norms += ["post_attention_norm", "post_ffw_norm"] }
      for name in norms { tensors += norm("\(prefix).\(name)", width, hasBias: isLayer) }
      if architecture.normsHeads {
        for name in ["attn_q_norm", "attn_k_norm"] {
          tensors += norm("\(prefix).\(name)", dimensions.head, hasBias: false)
        }
      }
      for module in dimensions.modules {
        let shape = dimensions.shape(of: module)
        let name = "\(prefix).\(module.rawValue)"
        let role: Role = [.output, .down].contains(module) ? .residual : .matrix
        tensors.append(("\(name).weight", shape, role))
        if file.tensor("\(name).bias") != nil {
          tensors.append(("\(name).bias", TensorShape(shape[1]), .bias))
        }
      }
    }
    tensors += norm("output_norm", width, hasBias: isLayer)
    if file.tensor("output.weight") != nil {
      tensors.append(("output.weight", TensorShape(width, vocabulary), .matrix))
    }
    return tensors
  }
}
