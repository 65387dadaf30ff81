/// Rows of cases that belong together, such as the questions on one passage, added up.
///
/// Cases of one cluster are not independent: what is drawn, left out or swapped is then a whole
/// cluster. Because a statistic only sees sums, a cluster is just a case with larger numbers.
///
/// - SeeAlso: Davison and Hinkley, Bootstrap Methods and their Application (1997), section 3.8;
///   Miller, arXiv:2411.00640 (2024), for evaluations of language models.
enum ClusterSums {
  /// One row for each cluster, in the order of their first cases; nil unless each case has an id.
  ///
  /// - Parameters:
  ///   - rows: `width` numbers for each case, case after case.
  ///   - clusters: for each case the id of its cluster.
  static func of(_ rows: [Double], width: Int, clusters: [Int]) -> [Double]? {
    guard width > 0, rows.count == clusters.count * width else { return nil }
    var places: [Int: Int] = [:]
    var sums: [Double] = []
    for (index, cluster) in clusters.enumerated() {
      let place = places[cluster, default: places.count]
      if place == places.count {
        places[cluster] = place
        sums.append(contentsOf: repeatElement(0, count: width))
      }
      for column in 0..<width { sums[place * width + column] += rows[index * width + column] }
    }
    return sums
  }
}
