/// Metrics in the mean over the steps that told them.
struct MetricMeans {
  private var sums: [String: (sum: Double, count: Int)] = [:]

  mutating func add(_ metrics: [String: Double]) {
    for (name, value) in metrics {
      let (sum, count) = sums[name] ?? (0, 0)
      sums[name] = (sum + value, count + 1)
    }
  }

  var values: [String: Double] { sums.mapValues { $0.sum / Double($0.count) } }
}
