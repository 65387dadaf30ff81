import Foundation

/// A regular expression of Python in ICU's spelling.
struct HarnessPattern {
  let source: String
  private let expression: NSRegularExpression
  /// How many groups it has that capture.
  var groups: Int { expression.numberOfCaptureGroups }

  init(_ python: String, _ setting: HarnessSettings.Setting) throws(EvaluationError) {
    source = HarnessPattern.translated(python)
    do throws(InvalidPattern) {
      _ = try BoundedPattern(source)
    } catch {
      throw setting.fault("'\(python)' cannot be imported: \(error.reason)")
    }
    guard let expression = try? NSRegularExpression(pattern: source) else {
      throw setting.fault("'\(python)' is no regular expression")
    }
    self.expression = expression
  }

  /// Named groups and the end of a text are spelled differently.
  private static func translated(_ python: String) -> String {
    var (result, rest) = (String.UnicodeScalarView(), Array(python.unicodeScalars)[...])
    while let scalar = rest.popFirst() {
      if scalar == "\\", let next = rest.popFirst() {
        // ICU's \Z lets a last line end stand behind it, as Python's does not.
        result.append(contentsOf: [scalar, next == "Z" ? "z" : next])
      } else if scalar == "(", rest.starts(with: "?P<".unicodeScalars) {
        rest = rest.dropFirst(3)
        result.append(contentsOf: "(?<".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// A text without all matches; nil where the search was too costly.
  func removed(from text: String) -> String? {
    guard text.utf16.count <= BoundedPattern.longestText else { return nil }
    let whole = text as NSString
    var (result, end, reports, gaveUp) = ("", 0, 0, false)
    expression.enumerateMatches(
      in: text, options: [.reportProgress], range: NSRange(location: 0, length: whole.length)
    ) { match, flags, stop in
      if let range = match?.range {
        result += whole.substring(with: NSRange(location: end, length: range.location - end))
        end = range.location + range.length
      }
      if flags.contains(.progress) { reports += 1 }
      if flags.contains(.internalError) || reports > text.utf16.count + 2_000 {
        gaveUp = true
        stop.pointee = true
      }
    }
    return gaveUp ? nil : result + whole.substring(from: end)
  }
}
