import Crypto
import Foundation
import GRDB
import JSON
import MLOpsCore

/// The feedback of a store: records are added and, when a person asks for it, emptied; never changed.
///
/// It lies in `feedback.db`, apart from the catalog: what people said is no version, takes no part in
/// the history, and what is deleted here is gone from the disk.
public struct FeedbackLog: Sendable {
  let file: Catalog
  private let key: SymmetricKey

  init(_ layout: StoreLayout) throws {
    file = try Catalog.log(
      layout.feedback, in: layout, by: FeedbackTables.migrator, format: FeedbackTables.format,
      overwrites: true, lost: .feedbackLost(layout.feedback))
    let bytes = try file.read {
      try Data.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'key'")
    }
    guard let bytes else {
      throw RegistryError.catalogDamaged(reason: "feedback.db has lost its key.")
    }
    key = SymmetricKey(data: bytes)
  }

  /// What stands for a person in this store: equal names have equal pseudonyms, and only the store's
  /// own key leads from one to the other.
  ///
  /// - Returns: 32 hexadecimal digits.
  public func pseudonym(of name: String) -> String {
    let name = Data(FeedbackLog.normalised(name).utf8)
    let code = HMAC<SHA256>.authenticationCode(for: name, using: key)
    return code.prefix(16).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }
}

extension FeedbackLog {
  /// A person's name as it is compared: composed, without spaces around it.
  public static func normalised(_ name: String) -> String {
    name.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
  }
}

extension Registry {
  /// The store's feedback, to add to.
  ///
  /// - Throws: `registry.read_only`, `registry.format_too_new`, `registry.catalog_damaged`.
  public func feedback() throws -> FeedbackLog {
    if catalog.isReadOnly, try FileSystem.status(layout.feedback) == nil {
      throw RegistryError.readOnly(root)
    }
    return try FeedbackLog(layout)
  }

  /// The store's feedback; nil where there never was any.
  public func feedbackIfAny() throws -> FeedbackLog? {
    guard try FileSystem.status(layout.feedback) != nil else { return nil }
    return try FeedbackLog(layout)
  }
}
