import CGit2

extension Author {
  /// Who git's own configuration (system, XDG and `~/.gitconfig`) says the user is; nil where it
  /// does not say.
  static func fromGitConfiguration() -> Author? {
    Libgit2.start()
    var opened: OpaquePointer?
    guard git_config_open_default(&opened) == 0 else { return nil }
    defer { git_config_free(opened) }
    guard let name = text("user.name", in: opened), let email = text("user.email", in: opened)
    else { return nil }
    return Author(name: name, email: email)
  }

  private static func text(_ key: String, in configuration: OpaquePointer?) -> String? {
    var buffer = git_buf()
    guard git_config_get_string_buf(&buffer, configuration, key) == 0, let start = buffer.ptr else {
      return nil
    }
    defer { git_buf_dispose(&buffer) }
    let text = String(cString: start)
    return text.isEmpty ? nil : text
  }
}
