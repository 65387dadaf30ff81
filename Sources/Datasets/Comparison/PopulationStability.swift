import Foundation
public import JSON

/// How much a distribution has moved, as the population stability index:
/// `Σ (q − p) · ln(q / p)` over bins, where `p` and `q` are the old and the new share of a bin.
///
/// Half a row is added to every bin of both sides, so that empty bins neither vanish nor make the
/// index infinite; with few rows and many bins this alone moves it.
///
/// - SeeAlso: Lewis, "An Introduction to Credit Scoring", 1994; Siddiqi, "Credit Risk Scorecards",
///   2006, for 0.1 and 0.25 as the usual borders.
public struct PopulationStability: Sendable, Equatable {
  public enum Verdict: String, Sendable { case stable, shifted, changed }

  /// One bin: its name and how many rows of either side are in it.
  public struct Bin: Sendable, Equatable {
    public let name: String
    public let old: Int
    public let new: Int
  }

  public let bins: [Bin]
  /// 0 or more; 0 where both sides are alike.
  public let index: Double

  public init(bins: [Bin]) {
    self.bins = bins
    let old = Double(bins.reduce(0) { $0 + $1.old }) + 0.5 * Double(bins.count)
    let new = Double(bins.reduce(0) { $0 + $1.new }) + 0.5 * Double(bins.count)
    index = bins.reduce(0) { sum, bin in
      let (p, q) = ((Double(bin.old) + 0.5) / old, (Double(bin.new) + 0.5) / new)
      return sum + (q - p) * log(q / p)
    }
  }

  /// Below 0.1 stable, below 0.25 shifted, else changed.
  public var verdict: Verdict { index < 0.1 ? .stable : index < 0.25 ? .shifted : .changed }

  /// A bin for each label of either side.
  public static func ofLabels(_ old: [String: Int], _ new: [String: Int]) -> PopulationStability {
    PopulationStability(
      bins: Set(old.keys).union(new.keys).sorted().map {
        Bin(name: $0, old: old[$0] ?? 0, new: new[$0] ?? 0)
      })
  }

  /// Ten bins with their borders at the deciles of the old side: the first takes all that is at most
  /// the first decile, and so on; equal deciles give fewer bins.
  public static func ofNumbers(_ old: ValueSample, _ new: ValueSample) -> PopulationStability {
    let (before, after) = (old.values, new.values)
    var borders: [Double] = []
    for step in 1...9 {
      guard let border = ValueSample.quantile(Double(step) / 10, of: before) else { break }
      if border != borders.last { borders.append(border) }
    }
    func counts(_ values: [Double]) -> [Int] {
      var counts = Array(repeating: 0, count: borders.count + 1)
      for value in values { counts[borders.firstIndex { value <= $0 } ?? borders.count] += 1 }
      return counts
    }
    let (left, right) = (counts(before), counts(after))
    return PopulationStability(
      bins: left.indices.map { index in
        let name =
          index < borders.count
          ? "≤ \(JSONValue.double(borders[index]).canonical)"
          : borders.last.map { "> \(JSONValue.double($0).canonical)" } ?? "all"
        return Bin(name: name, old: left[index], new: right[index])
      })
  }

  public var json: JSONValue {
    [
      "psi": .double((index * 10000).rounded() / 10000), "verdict": .string(verdict.rawValue),
      "bins": .array(
        bins.map {
          ["name": .string($0.name), "old": .integer($0.old), "new": .integer($0.new)]
        }),
    ]
  }
}
