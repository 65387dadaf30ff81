import JSON

/// The state of the code as one line: `4f1c2d9 on main, with uncommitted changes`.
enum CodeText {
  static func line(_ code: JSONValue) -> String {
    var line = String((code["commit"]?.string ?? "no commit").prefix(12))
    if let branch = code["branch"]?.string { line += " on \(branch)" }
    if code["is_dirty"]?.bool == true { line += ", with uncommitted changes" }
    return line
  }
}
