import Foundation
import JSON

extension TextBeginning {
  /// What may be the matter with the text as a whole.
  ///
  /// - Parameters:
  ///   - report: What was found.
  ///   - shape: How it was read.
  ///   - isTold: Whether its name and beginning decided that.
  func hints(on report: ValidationReport, readAs shape: RowShape, isTold: Bool) -> [String] {
    if isAll, head.allSatisfy(TextBeginning.isSpace) {
      return [head.isEmpty ? "the file is empty" : "the file has nothing but blank lines"]
    }
    let isBroken = report.groups.contains { $0.keyword == "syntax" }
    switch shape {
    case .ndjson where isBroken: return [brokenLines(isTold)].compactMap { $0 }
    case .ndjson: return [arrayOfOneLine(report, isTold)].compactMap { $0 }
    case .document where isBroken && isTold: return [tableHint ?? valuesHint].compactMap { $0 }
    default: return []
    }
  }

  /// What may be the matter with rows one a line of which some are no JSON.
  private func brokenLines(_ isTold: Bool) -> String? {
    if !head.contains(0x0A), head.dropLast().contains(0x0D) {
      return "its lines end with a carriage return alone, which ends no row: convert them with "
        + #"tr '\r' '\n'"#
    }
    if let better = documentShape {
      let why = isTold ? " (its name says one row a line)" : ""
      return "the file \(isAll ? "is" : "seems to be") one JSON value over several lines\(why): "
        + "read it with --shape \(better.rawValue)"
    }
    if endsLinesWithCommas {
      return
        "its lines end with commas, which belong between the elements of an array: remove them "
        + "with sed 's/,[[:space:]]*$//'"
    }
    return valuesHint ?? (isTold ? tableHint : nil)
  }

  /// For several values that each go over several lines.
  private var valuesHint: String? {
    let lines = firstLines
    guard lines.first == "{" || lines.first == "[", lines.contains("}") || lines.contains("]")
    else { return nil }
    return "the file seems to be several JSON values over several lines each: write each on a line "
      + "of its own with jq -c ."
  }

  /// For the whole array on the only line of what its name says are rows one a line.
  private func arrayOfOneLine(_ report: ValidationReport, _ isTold: Bool) -> String? {
    guard isTold, report.rows == 1, report.invalid == 1, content.first == UInt8(ascii: "[") else {
      return nil
    }
    return "its only line is an array (its name says one row a line): read its elements as rows "
      + "with --shape array"
  }

  /// For what begins like a table, whose name does not say so.
  private var tableHint: String? {
    let lines = firstLines
    guard lines.count >= 2, !lines[0].hasPrefix("{"), !lines[0].hasPrefix("[") else { return nil }
    for (separator, advice) in [
      ("\t", "--shape tsv"), (",", "--shape csv"),
      (";", "--shape csv, with a line sep=; before it"),
    ] {
      let counts = lines.prefix(2).map { $0.components(separatedBy: separator).count }
      guard counts[0] > 1, counts[0] == counts[1] else { continue }
      return "its first lines look like those of a table: read it with \(advice)"
    }
    return nil
  }

  /// Whether what stands before the comma at the end of the first line is a whole value.
  private var endsLinesWithCommas: Bool {
    guard let line = firstLines.first, line.hasSuffix(",") else { return false }
    return (try? JSONValue(parsing: String(line.dropLast()))) != nil
  }

  /// The first lines that are not blank, without white space around them; at most a thousand.
  private var firstLines: [String] {
    content.split(separator: 0x0A, maxSplits: 1_000).prefix(1_000).compactMap { line in
      let text = line.drop(while: TextBeginning.isSpace)
      let end = text.lastIndex { !TextBeginning.isSpace($0) }
      return end.map { String(decoding: text[...$0], as: UTF8.self) }
    }
  }

  /// How a text is to be read that is one value; nil where it is not, or not to be seen.
  private var documentShape: RowShape? {
    let shape: RowShape = content.first == UInt8(ascii: "[") ? .array : .document
    if isAll { return (try? JSONValue(parsing: Array(content))) == nil ? nil : shape }
    // Of a longer text: the first line opens what only later ones close.
    let line = content.prefix { $0 != 0x0A }.filter { !TextBeginning.isSpace($0) }
    guard line == [UInt8(ascii: "{")] || line == [UInt8(ascii: "[")] else { return nil }
    // A line that closes it says that there are several.
    return valuesHint == nil || line == [UInt8(ascii: "[")] ? shape : nil
  }

  /// The text behind a byte-order mark and white space.
  private var content: ArraySlice<UInt8> {
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    return text.drop(while: TextBeginning.isSpace)
  }
}
