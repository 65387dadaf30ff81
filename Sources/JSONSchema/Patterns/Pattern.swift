import CPCRE2

/// A compiled regular expression of ECMA-262, run by PCRE2 within fixed limits.
///
/// `nonisolated(unsafe)`: PCRE2 never changes a compiled pattern while it matches, and each match
/// brings its own match data, so any number of threads may share one.
final class Pattern: Sendable {
  /// The pattern as the schema has it.
  let source: String
  private nonisolated(unsafe) let code: OpaquePointer
  private nonisolated(unsafe) let limits: OpaquePointer
  private let isCompiledToMachineCode: Bool

  /// The outcome of a search.
  enum Outcome { case found, absent, tooCostly }

  /// How many backtracking steps one search may take: some 10 ms.
  private static let stepLimit: UInt32 = 1_000_000
  /// How much memory one search may take, in KiB.
  private static let heapLimit: UInt32 = 16_384

  /// - Throws: `PatternError`.
  init(_ source: String) throws(PatternError) {
    guard source.utf8.count <= 65_536 else {
      throw PatternError(reason: "it is longer than 65,536 bytes")
    }
    self.source = source
    let translated = Array(try ECMAPattern.translated(source).utf8)
    let options =
      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF
    var failure: Int32 = 0
    var offset = 0
    guard
      let code = pcre2_compile_8(translated, translated.count, options, &failure, &offset, nil)
    else {
      throw PatternError(
        reason: Pattern.message(failure),
        isExpression: Pattern.lookbehindFailures.contains(failure))
    }
    guard let limits = pcre2_match_context_create_8(nil) else {
      pcre2_code_free_8(code)
      throw PatternError(reason: "there is no memory for it")
    }
    pcre2_set_match_limit_8(limits, Pattern.stepLimit)
    pcre2_set_depth_limit_8(limits, Pattern.stepLimit)
    pcre2_set_heap_limit_8(limits, Pattern.heapLimit)
    // Without JIT (not built in, or no executable memory) the interpreter does the work.
    isCompiledToMachineCode = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) == 0
    self.code = code
    self.limits = limits
  }

  /// Whether a text is a regular expression of ECMA-262, even one that PCRE2 cannot run.
  static func isExpression(_ text: String) -> Bool {
    do throws(PatternError) {
      _ = try Pattern(text)
      return true
    } catch {
      return error.isExpression
    }
  }

  /// PCRE2's codes for a lookbehind that is not of fixed length, or too long: ECMA-262 has those.
  private static let lookbehindFailures: Set<Int32> = [
    PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH, PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED,
    PCRE2_ERROR_LOOKBEHIND_TOO_LONG,
  ]

  deinit {
    pcre2_match_context_free_8(limits)
    pcre2_code_free_8(code)
  }

  /// Looks for the pattern anywhere in a text.
  func search(_ text: String) -> Outcome {
    var text = text
    return text.withUTF8 { bytes in
      guard let match = pcre2_match_data_create_8(1, nil) else { return .tooCostly }
      defer { pcre2_match_data_free_8(match) }
      var empty: UInt8 = 0
      let start = bytes.baseAddress
      // Swift's strings are valid UTF-8, so PCRE2 need not check that again.
      var result = withUnsafePointer(to: &empty) {
        pcre2_match_8(
          code, start ?? $0, bytes.count, 0, PCRE2_NO_UTF_CHECK, match, limits)
      }
      if result == PCRE2_ERROR_JIT_STACKLIMIT {
        result = withUnsafePointer(to: &empty) {
          pcre2_match_8(
            code, start ?? $0, bytes.count, 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, match, limits)
        }
      }
      if result >= 0 { return .found }
      return result == PCRE2_ERROR_NOMATCH ? .absent : .tooCostly
    }
  }

  /// Looks for the pattern anywhere in valid UTF-8, without making room for the match.
  ///
  /// - Parameter match: match data of one pair, of the thread that calls.
  func search(_ bytes: UnsafePointer<UInt8>, _ length: Int, with match: OpaquePointer?) -> Outcome {
    guard let match else { return .tooCostly }
    let result =
      isCompiledToMachineCode
      ? pcre2_jit_match_8(code, bytes, length, 0, 0, match, limits)
      : pcre2_match_8(code, bytes, length, 0, PCRE2_NO_UTF_CHECK, match, limits)
    if result >= 0 { return .found }
    return result == PCRE2_ERROR_NOMATCH ? .absent : .tooCostly
  }

  private static func message(_ code: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(code, &buffer, buffer.count)
    return length > 0
      ? String(decoding: buffer.prefix(Int(length)), as: UTF8.self) : "it is malformed"
  }
}
