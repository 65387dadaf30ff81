internal import SystemPackage

extension GGUFFile {
  /// All metadata, in the order of the file, for a file that is made of this one.
  ///
  /// - Throws: `runtime.weights_not_convertible` where a value was too long to be kept.
  func copiedKeys() throws(RuntimeError) -> [(name: String, value: GGUFValue)] {
    for key in keys {
      guard case .omitted? = self[key]?.array?.elements else { continue }
      throw .weightsNotConvertible(
        path: path.string, reason: "its metadata '\(key)' is too long to be copied")
    }
    return keys.compactMap { key in self[key].map { (name: key, value: $0) } }
  }
}

extension [(name: String, value: GGUFValue)] {
  /// Adds a key, or replaces its value in place.
  mutating func set(_ key: String, _ value: GGUFValue) {
    if let index = firstIndex(where: { $0.name == key }) {
      self[index].value = value
    } else {
      append((key, value))
    }
  }
}
