import SystemPackage

/// What inputs are called in a quarantine and in lineage: so that they can be told apart, and so that
/// nothing is told of the folders around them that was not said.
///
/// A relative path is a name as it was given. Of an absolute one the last part is, with as many of the
/// folders before it as tell it from the other inputs.
public enum InputNames {
  /// One name for each input, in their order; the same input given twice has one name.
  public static func of(_ inputs: [RowInput]) -> [String] {
    let paths = inputs.map { $0.path?.lexicallyNormalized() }
    var lengths = paths.map { $0?.isAbsolute == true ? 1 : 0 }
    while true {
      let names = zip(inputs, zip(paths, lengths)).map { input, place in
        name(input, place.0, parts: place.1)
      }
      var isChanged = false
      for (index, path) in paths.enumerated() {
        guard let path, lengths[index] > 0, lengths[index] < path.components.count else { continue }
        // Two paths of one name: each that is absolute says one folder more.
        let isShared = names.indices.contains { other in
          names[other] == names[index] && paths[other] != path
        }
        if isShared {
          lengths[index] += 1
          isChanged = true
        }
      }
      if !isChanged { return names }
    }
  }

  /// - Parameter parts: how many of the last parts of a path are told; 0 for all of it.
  private static func name(_ input: RowInput, _ path: FilePath?, parts: Int) -> String {
    guard let path else { return input.name }
    guard parts > 0 else { return path.string }
    return path.components.suffix(parts).map(\.string).joined(separator: "/")
  }
}
