import Kernels
import ModelRuntime

/// Weights that see the same input and whose outputs lie side by side: query, key and value, or
/// gate and up, or one alone.
struct LinearGroup {
  struct Member {
    let weight: FrozenMatrix
    /// F32, `outputs` numbers; nil for none.
    var bias: GraphTensor?
    /// Nil where the weight has no adapter.
    var adapter: DenseAdapter?
    /// Where its own gradients go; nil where the weight is not trained itself.
    var slots: LinearSlots?
  }

  let members: [Member]

  var inputs: Int { members[0].weight.inputs }
  /// Whether the weights themselves are trained.
  var isTrained: Bool { members.contains { $0.slots != nil } }
  var outputs: Int { members.reduce(0) { $0 + $1.weight.outputs } }
  /// The ranks of all members together.
  var rank: Int { members.reduce(0) { $0 + ($1.adapter?.rank ?? 0) } }

  /// Each member with where its outputs and its ranks begin.
  var places: [(member: Member, output: Int, rank: Int)] {
    var (output, rank) = (0, 0)
    return members.map { member in
      defer {
        output += member.weight.outputs
        rank += member.adapter?.rank ?? 0
      }
      return (member, output, rank)
    }
  }
}

/// Where the gradients of a weight and its bias go.
struct LinearSlots {
  let weight: GradientSlot
  /// Nil for a weight without a bias.
  let bias: GradientSlot?
}

/// The low-rank update of one weight: where its numbers lie.
///
/// - SeeAlso: Hu et al., arXiv:2106.09685, §4.1.
struct DenseAdapter {
  let rank: Int
  /// alpha / rank.
  let scale: Float
  /// Where A `[in, rank]` begins in parameters and gradient, in elements.
  let a: Int
  /// Where B `[rank, out]` begins.
  let b: Int
  /// Leaves out inputs of A; nil for none.
  var dropout: DenseDropout?
}

/// Which inputs of one adapter are left out in each step.
///
/// As PEFT has it: the input of A is dropped, that of the frozen weight is not, and each adapter
/// leaves out others.
struct DenseDropout {
  let probability: Float
  let seed: UInt64

  /// The numbers of one step.
  func draw(step: Int) -> Dropout {
    Dropout(probability: probability, key: seed &+ UInt64(step) &* 0xA076_1D64_78BD_642F)
  }
}
