import JSON

/// Decides for every group of a stratified split where it goes, in two passes over the rows.
///
/// Within a stratum the groups stand in the order of their hashes, and parts take their shares of
/// that order: so each part has its share of each stratum to within one group, and which groups they
/// are depends on the hashes alone, not on the order of rows.
struct StratifiedAssignment {
  private var stratumOfGroup: [RowFingerprint: String] = [:]
  private var partOfGroup: [RowFingerprint: Int] = [:]

  /// Notes a row in the first pass. A group whose rows are of several strata belongs to the one
  /// that is first by its text, whatever the order of the rows.
  mutating func note(_ group: RowFingerprint, stratum: String) {
    if let known = stratumOfGroup[group], known <= stratum { return }
    stratumOfGroup[group] = stratum
  }

  /// Ends the first pass.
  mutating func assign(_ ends: [Double]) {
    var groups: [String: [RowFingerprint]] = [:]
    for (group, stratum) in stratumOfGroup { groups[stratum, default: []].append(group) }
    for members in groups.values {
      let ordered = members.sorted()
      for (index, group) in ordered.enumerated() {
        let place = (Double(index) + 0.5) / Double(ordered.count)
        partOfGroup[group] = ends.firstIndex { place < $0 } ?? ends.count - 1
      }
    }
    stratumOfGroup = [:]
  }

  /// The part of a group that was noted; the first for others.
  func part(of group: RowFingerprint) -> Int { partOfGroup[group] ?? 0 }
}
