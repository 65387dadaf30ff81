/// Joins candidates whose exact similarity reaches the threshold.
struct ClusterBuilder {
  private let store: ShingleStore
  private let threshold: Double
  private var sets: UnionFind
  private var pairs: [(first: Int, second: Int, similarity: Double)] = []
  private var comparisons = 0
  private var skipped = 0
  /// Whether an earlier row has the very same shingles, so that it need not be compared again.
  private var isRepeated: [Bool]

  /// With how many rows of one band a row is compared at most: keeps data made from one template
  /// from costing the square of its rows.
  private static let comparisonLimit = 2000

  init(store: ShingleStore, threshold: Double) {
    self.store = store
    self.threshold = threshold
    sets = UnionFind(count: store.count)
    isRepeated = Array(repeating: false, count: store.count)
  }

  /// Joins rows with equal shingles first: many copies of a row would else be compared pairwise.
  mutating func joinEqualSets() {
    var first: [UInt64: Int32] = [:]
    for row in 0..<store.count where !store.range(row).isEmpty {
      var hash: UInt64 = 0
      for shingle in store[row] { hash = mixed(hash &+ UInt64(shingle)) }
      guard let earlier = first[hash] else {
        first[hash] = Int32(row)
        continue
      }
      guard store[Int(earlier)] == store[row] else { continue }
      isRepeated[row] = true
      note(Int(earlier), row, 1)
    }
  }

  /// Joins what is alike in a band; ends early where the task was cancelled.
  ///
  /// - Parameter keys: of a band, ascending.
  mutating func join(_ keys: [UInt64]) {
    var start = 0
    var bucket: [Int] = []
    while start < keys.count {
      if Task.isCancelled { return }
      let hash = keys[start] >> 32
      var end = start + 1
      while end < keys.count, keys[end] >> 32 == hash { end += 1 }
      if end - start > 1 {
        bucket.removeAll(keepingCapacity: true)
        for key in keys[start..<end] {
          let row = Int(key & 0xFFFF_FFFF)
          if !isRepeated[row], !store.range(row).isEmpty { bucket.append(row) }
        }
        if bucket.count > 1 { join(bucket: bucket) }
      }
      start = end
    }
  }

  /// Compares each row with those before it that are in other clusters, cluster by cluster, so that
  /// a row like many that are already together needs one comparison and not many.
  private mutating func join(bucket: [Int]) {
    var groups: [[Int]] = []
    for row in bucket {
      var home: Int?
      var budget = ClusterBuilder.comparisonLimit
      var index = 0
      while index < groups.count {
        guard budget > 0 else {
          skipped += 1
          break
        }
        budget -= 1
        if sets.first(of: groups[index][0]) == sets.first(of: row)
          || isSimilar(row, to: groups[index], &budget)
        {
          if let target = home {
            groups[target] += groups[index]
            groups.swapAt(index, groups.count - 1)
            groups.removeLast()
            continue
          }
          home = index
        }
        index += 1
      }
      if let home { groups[home].append(row) } else { groups.append([row]) }
    }
  }

  /// Whether any row of a group is similar; joins the first that is.
  private mutating func isSimilar(_ row: Int, to group: [Int], _ budget: inout Int) -> Bool {
    for other in group where budget > 0 {
      budget -= 1
      comparisons += 1
      let similarity = store.similarity(other, row, atLeast: threshold)
      if similarity > 0 {
        note(other, row, similarity)
        return true
      }
    }
    return false
  }

  private mutating func note(_ left: Int, _ right: Int, _ similarity: Double) {
    if sets.join(left, right) {
      pairs.append((min(left, right), max(left, right), similarity))
    }
  }

  /// - Parameter lines: of the rows.
  consuming func report(lines: [Int]) -> NearDuplicateReport {
    var members: [Int: [Int]] = [:]
    for row in 0..<store.count {
      let first = sets.first(of: row)
      if first != row { members[first, default: [lines[first]]].append(lines[row]) }
    }
    pairs.sort { ($0.second, $0.first) < ($1.second, $1.first) }
    var links: [Int: NearDuplicateLink] = [:]
    for pair in pairs {
      // A row may be linked only to a later one that the first row of the cluster is like.
      for (row, other) in [(pair.second, pair.first), (pair.first, pair.second)]
      where links[row] == nil && sets.first(of: row) != row {
        links[row] = NearDuplicateLink(line: lines[other], similarity: pair.similarity)
      }
    }
    return NearDuplicateReport(
      rows: store.count, empty: (0..<store.count).count { store.range($0).isEmpty },
      pairs: pairs.map {
        .init(first: lines[$0.first], second: lines[$0.second], similarity: $0.similarity)
      },
      clusters: members.sorted { $0.key < $1.key }.map(\.value), comparisons: comparisons,
      skipped: skipped, links: links)
  }
}
