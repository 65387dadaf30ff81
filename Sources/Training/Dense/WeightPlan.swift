import ModelRuntime

/// Where a base's weights lie while it is trained on, and what that takes.
struct WeightPlan {
  /// What `--weights auto` expands at most, in bytes of the copies.
  static let expandedByDefault: Int64 = 512 << 20

  let element: GraphElement
  /// Bytes of weights that products read from the file as they are, vectors included.
  let mapped: Int64
  /// Bytes, in the file, of tables whose rows are only looked up.
  let tables: Int64
  /// Bytes, in the file, of weights that have to be converted.
  let stored: Int64
  /// Bytes of their copies in `element`.
  let copies: Int64
  /// The most bytes that one thread converts at once.
  let tile: Int64

  /// What the weights take.
  func bytes(_ form: WeightForm, threads: Int) -> Int64 {
    let scratch = Int64(threads) * tile
    return switch form {
    case .mapped: mapped + tables
    case .expanded: mapped + tables + copies + scratch
    case .packed: mapped + tables + stored + scratch
    }
  }

  /// - Parameter fits: whether a training fits with the weights in a form.
  func form(_ wanted: TrainingConfiguration.Weights, fits: (WeightForm) -> Bool) -> WeightForm {
    if stored == 0 { return .mapped }
    return switch wanted {
    case .expanded: .expanded
    case .packed: .packed
    case .automatic: copies <= Self.expandedByDefault && fits(.expanded) ? .expanded : .packed
    }
  }
}

extension WeightPlan {
  init(_ file: GGUFFile, element: GraphElement) {
    var (mapped, tables, stored, copies, tile) = (Int64(0), Int64(0), Int64(0), Int64(0), 0)
    let isTied = file.tensor("output.weight") == nil
    for tensor in file.tensors {
      if tensor.dimensions.count < 2 || element.reads(tensor.type) {
        mapped += tensor.size
      } else if tensor.name == "position_embd.weight"
        || tensor.name == "token_embd.weight" && !isTied
      {
        tables += tensor.size
      } else {
        stored += tensor.size
        copies += tensor.elements * Int64(element.size)
        tile = max(tile, WeightTiles.bytes(of: tensor, element))
      }
    }
    self.init(
      element: element, mapped: mapped, tables: tables, stored: stored, copies: copies,
      tile: Int64(tile))
  }
}

/// How a base's weights lie in memory; see `TrainingConfiguration.Weights`.
public enum WeightForm: String, Sendable, CaseIterable {
  /// Products read all of them in the mapped file.
  case mapped
  case expanded
  case packed
}
