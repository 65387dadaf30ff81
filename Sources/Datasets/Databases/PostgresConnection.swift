#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A connection that reads only: its session and its one transaction are read-only.
final class PostgresConnection {
  let library: LibPQ
  private let handle: LibPQ.Connection
  private let label: String
  /// Never shown, not even within what the library or the server says.
  private let secret: String
  private var isWorking = false

  /// Seconds until a server that does not answer is given up; the address may say otherwise.
  private static let connectPatience = "10"
  /// Milliseconds between two looks at whether the caller gave up.
  private static let lookEvery: CInt = 100

  /// Connects and begins the transaction, which sees one state of the database to its end.
  ///
  /// - Throws: `datasets.missing_library`, `datasets.unreachable_source`.
  init(_ address: PostgresAddress) throws(DatasetsError) {
    let library = try LibPQ(for: address.label)
    self.library = library
    label = address.label
    // The address comes after what it may overrule and before what it may not.
    let settings = [
      ("connect_timeout", PostgresConnection.connectPatience),
      ("fallback_application_name", "mlops"), ("dbname", address.url),
      ("client_encoding", "UTF8"),
    ]
    guard let handle = PostgresConnection.connect(library, settings) else {
      throw .sourceFailed(
        .unreachableSource, source: address.label, reason: "there is no memory to connect",
        advice: nil)
    }
    self.handle = handle
    secret = library.password(handle).map { String(cString: $0) } ?? ""
    guard library.status(handle) == 0 else { throw connectionFailure() }
    _ = library.setNoticeProcessor(handle, { _, _ in }, nil)
    for statement in [
      "SET default_transaction_read_only = on", "SET TimeZone = 'UTC'",
      "SET DateStyle = 'ISO, YMD'", "SET IntervalStyle = 'iso_8601'", "SET bytea_output = 'hex'",
      "SET extra_float_digits = 3",
    ] {
      try run(statement)
    }
    // Servers from version 14 then notice by themselves that nobody waits any more.
    try? run("SET client_connection_check_interval = '2s'")
    try run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try run("SET LOCAL cursor_tuple_fraction = 1.0")
  }

  deinit {
    if isWorking { cancel() }
    library.finish(handle)
  }

  /// Runs one statement whose answer has no rows.
  func run(_ statement: String, offset: Int = 0) throws(DatasetsError) {
    try send(statement)
    var failure: DatasetsError?
    while let answer = try nextAnswer() {
      defer { library.clear(answer) }
      if library.answerStatus(answer) != LibPQ.Status.commandOK, failure == nil {
        failure = self.failure(of: answer, offset: offset)
      }
    }
    if let failure { throw failure }
  }

  /// Sends one statement whose rows are then taken one by one.
  func stream(_ statement: String) throws(DatasetsError) {
    try send(statement)
    guard library.setSingleRowMode(handle) == 1 else { throw connectionFailure() }
  }

  /// The next part of an answer, to be cleared; nil at the end. Waits, and stops waiting when the
  /// task is cancelled.
  func nextAnswer() throws(DatasetsError) -> LibPQ.Answer? {
    while library.isBusy(handle) != 0 {
      if Task.isCancelled {
        cancel()
        throw .interrupted(label)
      }
      var waiting = pollfd(fd: library.socket(handle), events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, PostgresConnection.lookEvery) >= 0 || errno == EINTR else {
        throw connectionFailure()
      }
      if waiting.revents != 0, library.consumeInput(handle) == 0 { throw connectionFailure() }
    }
    let answer = library.nextAnswer(handle)
    isWorking = answer != nil
    return answer
  }

  /// One statement and no more: this form of sending takes no second one.
  private func send(_ statement: String) throws(DatasetsError) {
    isWorking = library.send(handle, statement, 0, nil, nil, nil, nil, 0) == 1
    guard isWorking else { throw connectionFailure() }
  }

  /// Asks the server to stop what it does for this connection.
  private func cancel() {
    guard let ticket = library.getCancel(handle) else { return }
    var reason = [CChar](repeating: 0, count: 256)
    _ = library.cancel(ticket, &reason, CInt(reason.count))
    library.freeCancel(ticket)
    isWorking = false
  }

  private static func connect(_ library: LibPQ, _ settings: [(String, String)])
    -> LibPQ.Connection?
  {
    let texts = settings.map { (strdup($0.0), strdup($0.1)) }
    defer {
      for (key, value) in texts {
        free(key)
        free(value)
      }
    }
    let keys = texts.map { UnsafePointer($0.0) } + [nil]
    let values = texts.map { UnsafePointer($0.1) } + [nil]
    return library.connect(keys, values, 1)
  }

  /// What the server says is wrong with a statement.
  ///
  /// - Parameter offset: Characters that stand before the person's own text.
  func failure(of answer: LibPQ.Answer, offset: Int) -> DatasetsError {
    func field(_ name: Character) -> String? {
      library.answerField(answer, CInt(name.asciiValue ?? 0)).map { String(cString: $0) }
    }
    guard let state = field("C"), let message = field("M") else { return connectionFailure() }
    let place = field("P").flatMap { Int($0) }.map { $0 - offset }.flatMap { $0 > 0 ? $0 : nil }
    let reason =
      "the server says: \(PostgresConnection.sentence(message))"
      + (field("D").map { " (\(PostgresConnection.sentence($0)))" } ?? "")
      + (place.map { ", at character \($0) of the query" } ?? "") + " [\(state)]"
    return .sourceFailed(
      PostgresAdvice.fault(of: state), source: label, reason: hidden(reason),
      advice: (field("H") ?? PostgresAdvice.advice(for: state)).map(hidden))
  }

  private func connectionFailure() -> DatasetsError {
    let text = library.errorMessage(handle).map { String(cString: $0) } ?? ""
    let needsPassword = library.needsPassword(handle) != 0
    return .sourceFailed(
      .unreachableSource, source: label,
      reason: hidden(text.isEmpty ? "the connection was lost" : PostgresConnection.sentence(text)),
      advice: needsPassword || text.contains("password")
        ? "Give the password in PGPASSWORD or ~/.pgpass."
        : "Is the server there, and does it let you in? 'pg_isready' and 'psql' tell more.")
  }

  private func hidden(_ text: String) -> String {
    secret.isEmpty ? text : text.replacing(secret, with: "…")
  }

  /// Several lines as one clause without a full stop.
  private static func sentence(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      var line = line.drop(while: \.isWhitespace)
      while line.last?.isWhitespace == true || line.last == "." || line.last == "?" {
        line.removeLast()
      }
      return String(line)
    }
    return lines.joined(separator: "; ")
  }
}
