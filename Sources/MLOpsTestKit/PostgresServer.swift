public import Foundation

/// A PostgreSQL server of a test's own, on a socket in a temporary folder; it ends when the process
/// that started it does.
public final class PostgresServer: Sendable {
  /// Why it could not be started.
  public struct Failure: Error { public let message: String }

  /// Whether this machine can run one; tests that need it are skipped otherwise.
  public static var isInstalled: Bool { programs != nil && (getuid() != 0 || hasServiceUser) }

  /// Holds the socket.
  public let folder: URL

  /// The user whom everybody may be, and the one who needs `PostgresServer.password`.
  public static let open = "open"
  public static let locked = "locked"
  public static let password = "Geheim-7c1f/9:@"

  /// Where Debian puts them, and where the path leads.
  private static let programs: URL? = {
    let manager = FileManager.default
    let debian = "/usr/lib/postgresql"
    let versions = (try? manager.contentsOfDirectory(atPath: debian)) ?? []
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let folders =
      versions.sorted { (Double($0) ?? 0) > (Double($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
      + paths.map(String.init)
    return folders.first { manager.isExecutableFile(atPath: "\($0)/initdb") }
      .map { URL(fileURLWithPath: $0) }
  }()

  /// The server refuses to be root.
  private static let hasServiceUser =
    getpwnam("postgres") != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  /// Starts one and runs statements as its owner.
  public init(_ statements: String) throws {
    guard let programs = PostgresServer.programs else { throw Failure(message: "not installed") }
    // A socket's path has little room, so it is not in the folder for temporary files.
    folder = URL(fileURLWithPath: "/tmp/mlops-pg-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let script = folder.appendingPathComponent("serve.sh")
    try Data(PostgresServer.script.utf8).write(to: script)
    let setup = folder.appendingPathComponent("setup.sql")
    let users = """
      CREATE ROLE \(PostgresServer.open) LOGIN;
      CREATE ROLE \(PostgresServer.locked) LOGIN PASSWORD '\(PostgresServer.password)';
      GRANT ALL ON SCHEMA public TO PUBLIC;
      """
    try Data((users + statements).utf8).write(to: setup)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      script.path, programs.path, folder.path, String(ProcessInfo.processInfo.processIdentifier),
    ]
    for handle in [\Process.standardOutput, \.standardError, \.standardInput] {
      process[keyPath: handle] = FileHandle.nullDevice
    }
    try process.run()
    let ready = folder.appendingPathComponent("ready").path
    let failed = folder.appendingPathComponent("failed").path
    for _ in 0..<600 {
      if FileManager.default.fileExists(atPath: ready) { return }
      if FileManager.default.fileExists(atPath: failed) { break }
      Thread.sleep(forTimeInterval: 0.1)
    }
    let log = (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    throw Failure(message: "the server did not start: \(log)")
  }

  /// The address of the database, with the folder of the socket as its host.
  ///
  /// - Parameter password: percent-encoded here.
  public func address(user: String = PostgresServer.open, password: String? = nil) -> String {
    let unreserved = CharacterSet.alphanumerics
    let secret = password?.addingPercentEncoding(withAllowedCharacters: unreserved)
    return "postgresql://\(user)\(secret.map { ":\($0)" } ?? "")@/postgres?host=\(folder.path)"
  }

  /// Programs, folder, the process after whose end everything goes.
  private static let script = """
    programs=$1 folder=$2 parent=$3
    as() { if [ "$(id -u)" = 0 ]; then
      setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
    sql() { as "$programs/psql" -q -X -h "$folder" -d postgres -v ON_ERROR_STOP=1 "$@"; }
    begin() {
      [ "$(id -u)" != 0 ] || chown postgres "$folder" || return
      as "$programs/initdb" -D "$folder/data" -A trust -E UTF8 --locale=C -N || return
      printf 'local all locked scram-sha-256\\nlocal all all trust\\n' > "$folder/hba" || return
      as "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o \\
        "-c listen_addresses= -c unix_socket_directories=$folder -c hba_file=$folder/hba \\
        -c fsync=off" start || return
      sql -f "$folder/setup.sql"
    }
    cd "$folder" || exit 1
    if begin > "$folder/log" 2>&1; then : > "$folder/ready"; else : > "$folder/failed"; fi
    while kill -0 "$parent" 2>/dev/null; do sleep 1; done
    as "$programs/pg_ctl" -D "$folder/data" -m immediate stop
    rm -rf "$folder"
    """
}
