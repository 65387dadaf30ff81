public import JSON

/// The state of the code repository that a run was started in.
public struct CodeState: Sendable, Hashable {
  /// The commit that is checked out: 40 hexadecimal digits.
  public var commit: String
  /// Nil on a detached head.
  public var branch: String?
  /// Whether tracked files differ from the commit; untracked files do not count, as in
  /// `git describe --dirty`.
  public var isDirty: Bool
  /// The address of `origin`, or else of the first remote, without credentials.
  public var remote: String?

  public init(commit: String, branch: String?, isDirty: Bool, remote: String?) {
    self.commit = commit
    self.branch = branch
    self.isDirty = isDirty
    self.remote = remote
  }

  /// `{"branch": …, "commit": …, "dirty": …, "remote": …}`; members that are unknown are left out.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["commit": .string(commit), "dirty": .bool(isDirty)]
    if let branch { members["branch"] = .string(branch) }
    if let remote { members["remote"] = .string(remote) }
    return .object(members)
  }
}
