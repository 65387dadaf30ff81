import Kernels
import ModelRuntime

/// The queries of a batch, cut into tiles, each with the stretch of keys it sees.
struct AttentionTiles {
  struct Tile {
    let firstRow: Int
    let rows: Int
    let firstKey: Int
    let keys: Int
  }

  /// A thread's memory for one tile.
  struct Scratch {
    /// F32 `[keys, rows]`.
    let scores: UnsafeMutableRawPointer
    /// `[keys, rows]` of the element.
    let probabilities: UnsafeMutableRawPointer
    let slopes: UnsafeMutableRawPointer

    func free() {
      scores.deallocate()
      probabilities.deallocate()
      slopes.deallocate()
    }
  }

  private let x: UnsafeMutableRawPointer
  private let starts: UnsafePointer<Int32>
  private let extents: AttentionExtents
  private let element: GraphElement
  private let tiles: [Tile]

  /// Queries of a tile; the first key is a multiple of it, so that few shapes of products arise.
  private static let size = 64

  init(
    _ x: UnsafeMutableRawPointer, starts: UnsafeMutableRawPointer, _ tokens: Int,
    _ extents: AttentionExtents, _ element: GraphElement
  ) {
    let starts = UnsafePointer(starts.assumingMemoryBound(to: Int32.self))
    self.x = x
    self.starts = starts
    self.extents = extents
    self.element = element
    tiles = stride(from: 0, to: tokens, by: Self.size).map { first in
      let rows = min(Self.size, tokens - first)
      // Starts never fall from one query to the next.
      let key = Int(starts[first]) / Self.size * Self.size
      return Tile(firstRow: first, rows: rows, firstKey: key, keys: first + rows - key)
    }
  }

  var count: Int { tiles.count }

  subscript(index: Int) -> Tile { tiles[index] }

  func scratch() -> Scratch {
    let most = tiles.map { $0.rows * $0.keys }.max() ?? 0
    func memory(_ size: Int) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer.allocate(byteCount: max(most * size, 1), alignment: 64)
    }
    return Scratch(
      scores: memory(4), probabilities: memory(element.size), slopes: memory(element.size))
  }

  /// A row's numbers from `place` on.
  func at(_ row: Int, _ place: Int) -> UnsafeMutableRawPointer {
    x + (row * extents.width + place) * element.size
  }

  func window(_ tile: Tile) -> AttentionTile.Window {
    AttentionTile.Window(starts: starts + tile.firstRow, query: tile.firstRow, key: tile.firstKey)
  }

  /// Leaves `softmax(scale · q·kᵀ)` of a head in the scratch's probabilities.
  func probabilities(
    _ tile: Tile, head: Int, _ scratch: Scratch, _ products: DenseProducts
  ) throws {
    try products.multiply(
      ProductLayout(
        rows: tile.rows, columns: tile.keys, depth: extents.head, a: (extents.width, 1),
        b: (1, extents.width), c: tile.keys, element: element, result: .f32),
      at(tile.firstRow, extents.query(head)),
      at(tile.firstKey, extents.key(extents.keyHead(of: head))), into: scratch.scores)
    AttentionTile.softmax(
      scratch.scores, queries: tile.rows, keys: tile.keys, window(tile), scale: extents.scale,
      into: scratch.probabilities, element.kernel)
  }
}
