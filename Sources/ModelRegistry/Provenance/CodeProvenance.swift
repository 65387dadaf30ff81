import CGit2
import Foundation
public import SystemPackage

/// Looks at the code repository around a folder, through libgit2 and without changing anything.
public enum CodeProvenance {
  /// The state of the repository that a folder lies in.
  ///
  /// - Returns: nil outside a repository, and in one without any commit.
  /// - Throws: `HistoryError` where there is a repository that cannot be read.
  public static func inspect(folder: FilePath) throws -> CodeState? {
    Libgit2.start()
    var opened: OpaquePointer?
    let found = git_repository_open_ext(&opened, folder.string, 0, nil)
    if found == GIT_ENOTFOUND.rawValue { return nil }
    try Libgit2.check(found, "be opened", folder)
    guard let repository = opened else { return nil }
    defer { git_repository_free(repository) }

    var head: OpaquePointer?
    let code = git_repository_head(&head, repository)
    if code == GIT_EUNBORNBRANCH.rawValue || code == GIT_ENOTFOUND.rawValue { return nil }
    try Libgit2.check(code, "look up HEAD", folder)
    defer { git_reference_free(head) }
    guard let id = git_reference_target(head) else { return nil }
    let isBranch = git_reference_is_branch(head) == 1
    return CodeState(
      commit: ObjectID(id.pointee).description,
      branch: isBranch ? git_reference_shorthand(head).map { String(cString: $0) } : nil,
      isDirty: try isDirty(repository, folder),
      remote: remote(of: repository).map(withoutCredentials))
  }

  private static func isDirty(_ repository: OpaquePointer, _ folder: FilePath) throws -> Bool {
    if git_repository_is_bare(repository) == 1 { return false }
    var options = git_status_options()
    git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION))
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
    // No untracked files: a data folder of a million files must not cost a walk through it.
    options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES.rawValue
    var list: OpaquePointer?
    try Libgit2.check(git_status_list_new(&list, repository, &options), "be compared", folder)
    defer { git_status_list_free(list) }
    return git_status_list_entrycount(list) > 0
  }

  private static func remote(of repository: OpaquePointer) -> String? {
    var names = git_strarray()
    guard git_remote_list(&names, repository) == 0 else { return nil }
    defer { git_strarray_dispose(&names) }
    let all = (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
    guard let name = all.contains("origin") ? "origin" : all.first else { return nil }
    var remote: OpaquePointer?
    guard git_remote_lookup(&remote, repository, name) == 0 else { return nil }
    defer { git_remote_free(remote) }
    return git_remote_url(remote).map { String(cString: $0) }
  }

  /// Removes user names, passwords and tokens from an address.
  ///
  /// `https://user:token@host/x?token=1` becomes `https://host/x`; the user of ssh addresses
  /// (`git@host:x`, `ssh://git@host/x`) is no secret and stays, its password goes.
  static func withoutCredentials(_ address: String) -> String {
    guard let scheme = address.range(of: "://") else { return address }
    let rest = address[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
    var host = authority[...]
    if let at = authority.lastIndex(of: "@") {
      host = authority[authority.index(after: at)...]
      if address.hasPrefix("ssh://") || address.hasPrefix("git+ssh://") {
        host = authority[..<at].prefix { $0 != ":" } + "@" + host
      }
    }
    return String(address[..<scheme.upperBound]) + String(host) + String(path)
  }
}
