import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// How versions read in tables and headings.
enum VersionText {
  /// The two or three facts that a person wants first: `llama, 4.9M parameters, F16`.
  static func summary(_ record: VersionRecord) -> [String] {
    let metadata = record.manifest.metadata
    if let gguf = metadata["gguf"] {
      return [
        gguf["architecture"]?.string,
        gguf["parameters"]?.int.map { "\(parameters($0)) parameters" },
        gguf["quantisation"]?.string,
      ].compactMap { $0 }
    }
    if let tensors = metadata["safetensors"], let count = tensors["parameters"]?.int {
      return ["safetensors", "\(parameters(count)) parameters"]
    }
    if let rows = metadata["rows"]?.int { return [Quantity.count(Int64(rows), of: "row")] }
    if let verdict = metadata["verdict"]?.string { return [verdict] }
    if let schema = metadata["json_schema"] {
      return ["draft", "title"].compactMap { schema[$0]?.string }
    }
    if record.kind == .release {
      return record.manifest.ingredients.isEmpty
        ? [] : [record.manifest.ingredients.map(\.role).joined(separator: " + ")]
    }
    return []
  }

  /// `4.9M`, `1.2B`.
  static func parameters(_ count: Int) -> String {
    switch Double(count) {
    case 1e9...: Quantity.fixed(Double(count) / 1e9, decimals: 1) + "B"
    case 1e6...: Quantity.fixed(Double(count) / 1e6, decimals: 1) + "M"
    case 1e3...: Quantity.fixed(Double(count) / 1e3, decimals: 0) + "k"
    default: "\(count)"
    }
  }

  /// `2026-11-20 14:03` in UTC.
  static func time(_ date: Date) -> String {
    String(date.stamp.prefix(16)).replacingOccurrences(of: "T", with: " ")
  }

  /// `3 minutes ago`, for tables.
  static func age(_ date: Date, now: Date = Date()) -> String {
    let seconds = max(now.timeIntervalSince(date), 0)
    return switch seconds {
    case ..<60: "just now"
    case ..<3600: "\(Int(seconds / 60)) min ago"
    case ..<86_400: "\(Int(seconds / 3600)) h ago"
    default: "\(Int(seconds / 86_400)) d ago"
    }
  }
}
