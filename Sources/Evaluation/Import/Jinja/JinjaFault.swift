/// Why a template cannot be read or rendered.
struct JinjaFault: Error, Equatable {
  /// In the template, from 1.
  let line: Int
  /// In Unicode scalars, from 1.
  let column: Int
  /// A clause without a full stop that names the construct.
  let reason: String
}

/// A place in a template.
struct JinjaPlace: Sendable, Equatable {
  var line = 1
  var column = 1

  func fault(_ reason: String) -> JinjaFault {
    JinjaFault(line: line, column: column, reason: reason)
  }

  mutating func pass(_ scalar: Unicode.Scalar) {
    if scalar == "\n" {
      line += 1
      column = 1
    } else {
      column += 1
    }
  }
}

/// What a template may cost at most, whoever wrote it.
enum JinjaLimits {
  /// Scalars of a template.
  static let template = 1 << 20
  /// How deep expressions and blocks may be nested.
  static let depth = 60
  /// Operations and elements of one rendering.
  static let steps = 1_000_000
  /// Scalars of a text, of the output too, and elements of a list.
  static let size = 1 << 22
}
