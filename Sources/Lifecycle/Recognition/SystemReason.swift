import Foundation
import SystemPackage

/// Foundation's failures with files, in one clause.
enum SystemReason {
  static func of(_ error: any Error) -> String {
    let error = error as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      cause.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(cause.code)))
    }
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: "it is not UTF-8 text"
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or folder"
    case .fileWriteFileExists: "a file with this name is in the way"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    default: error.localizedDescription
    }
  }
}

enum TextFile {
  /// The text of a file that is to be added.
  ///
  /// - Throws: `LifecycleError` with code `lifecycle.unsafe_path`.
  static func read(_ path: FilePath) throws(LifecycleError) -> String {
    do {
      return try String(contentsOfFile: path.string, encoding: .utf8)
    } catch {
      throw .unsafePath(path.string, reason: SystemReason.of(error))
    }
  }
}
