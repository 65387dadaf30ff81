import SystemPackage

/// The file `packed-refs`: `<40 hex> <reference>` lines sorted by reference, and below an annotated
/// tag `^<40 hex>`, the commit that it stands for.
struct PackedReferences {
  private struct Target {
    var id: String
    var peeled: String?
  }

  private static let header = "# pack-refs with: peeled fully-peeled sorted \n"
  private var targets: [String: Target] = [:]

  /// Empty where there is no file.
  init(parsing path: FilePath) throws {
    guard try FileSystem.status(path) != nil else { return }
    let text = String(decoding: try References.content(of: path), as: UTF8.self)
    var last: String?
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("^"), let last {
        targets[last]?.peeled = String(line.dropFirst())
      } else if let space = line.firstIndex(of: " ") {
        let reference = String(line[line.index(after: space)...])
        targets[reference] = Target(id: String(line[..<space]))
        last = reference
      }
    }
  }

  subscript(reference: String) -> ObjectID? {
    get { targets[reference].flatMap { ObjectID(hex: $0.id) } }
    set {
      // A tag packed earlier keeps what git noted of it.
      if let newValue, targets[reference]?.id != newValue.description {
        targets[reference] = Target(id: newValue.description)
      }
    }
  }

  var content: [UInt8] {
    var bytes = Array(PackedReferences.header.utf8)
    let sorted = targets.map { (Array($0.key.utf8), $0.value) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    for (reference, target) in sorted {
      bytes += Array(target.id.utf8) + [0x20] + reference + [0x0A]
      if let peeled = target.peeled { bytes += [0x5E] + Array(peeled.utf8) + [0x0A] }
    }
    return bytes
  }
}
