import ArgumentParser
import Foundation
import MLOpsCore

/// Parses `--kind`.
enum KindArgument {
  static func parse(_ text: String) throws -> ArtifactKind {
    if let kind = ArtifactKind(rawValue: text) { return kind }
    let known = ArtifactKind.allCases.map(\.rawValue)
    let hint = Spelling.nearest(to: text, in: known).map { " Did you mean '\($0)'?" } ?? ""
    throw ValidationError(
      "'\(text)' is no kind of artifact; expected one of \(known.joined(separator: ", ")).\(hint)")
  }
}

/// Parses `key=value`.
enum PairArgument {
  static func parse(_ text: String, as form: String) throws -> (key: String, value: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("Expected \(form), found '\(text)'.")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}

/// Parses one of a few words.
enum WordArgument {
  static func parse<Word: RawRepresentable & CaseIterable>(
    _ text: String, as option: String, of type: Word.Type
  ) throws -> Word where Word.RawValue == String {
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let hint = Spelling.nearest(to: text, in: words).map { " Did you mean '\($0)'?" } ?? ""
    throw ValidationError(
      "\(option) is one of \(words.joined(separator: ", ")), not '\(text)'.\(hint)")
  }
}

/// A file that a report goes to: looked at before the work.
enum ReportFile {
  /// - Parameter inputs: What the command reads, which no report may take the place of: paths, `-`, or
  ///   anything else.
  static func check(_ path: String, option: String, sparing inputs: [String] = []) throws {
    if let input = inputs.first(where: { isSame(path, as: $0) }) {
      throw ValidationError("\(option): '\(path)' is read by this command, as '\(input)'.")
    }
    let target: OutputFile.Target
    do {
      target = try OutputFile.target(of: path)
    } catch let failure as OutputFailure {
      throw ValidationError("\(option): \(failure.message)")
    }
    if case .stream = target { return }
    let folder = URL(fileURLWithPath: target.path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("\(option): the folder '\(folder)' is not there or not writable.")
    }
  }

  /// Whether two paths lead to one regular file, by whatever links.
  private static func isSame(_ path: String, as input: String) -> Bool {
    var (own, other) = (stat(), stat())
    guard stat(path, &own) == 0, own.st_mode & S_IFMT == S_IFREG,
      (input == "-" ? fstat(STDIN_FILENO, &other) : stat(input, &other)) == 0
    else { return false }
    return own.st_dev == other.st_dev && own.st_ino == other.st_ino
  }
}

/// Parses `1%` or `0.01`; a bare 1 could mean either end, so it is refused.
enum ShareArgument {
  static func parse(_ text: String) throws -> Double {
    let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
    guard let number, (0...1).contains(number) else {
      throw ValidationError("Expected a share such as 1% or 0.01, found '\(text)'.")
    }
    if number == 1, !text.hasSuffix("%") {
      throw ValidationError(
        "Expected a share such as 1% or 0.01, found '\(text)'; did you mean 1% or 100%?")
    }
    return number
  }
}
