/// Which members and elements of a value some schema has looked at (`unevaluated…`).
struct Evaluated {
  var names: Set<String> = []
  var allNames = false
  /// The elements before this index.
  var prefix = 0
  var indices: Set<Int> = []
  var allIndices = false

  mutating func merge(_ other: Evaluated) {
    names.formUnion(other.names)
    allNames = allNames || other.allNames
    prefix = max(prefix, other.prefix)
    indices.formUnion(other.indices)
    allIndices = allIndices || other.allIndices
  }
}
