#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The functions of PostgreSQL's client library that are used here.
///
/// It is loaded when a database is asked and not linked: it brings Kerberos, LDAP and TLS along,
/// which every other command would wait for at its start.
struct LibPQ {
  typealias Connection = OpaquePointer
  typealias Answer = OpaquePointer
  typealias Text = UnsafePointer<CChar>

  let connect: @convention(c) (UnsafePointer<Text?>?, UnsafePointer<Text?>?, CInt) -> Connection?
  let finish: @convention(c) (Connection?) -> Void
  let status: @convention(c) (Connection?) -> CInt
  let errorMessage: @convention(c) (Connection?) -> Text?
  let password: @convention(c) (Connection?) -> Text?
  let socket: @convention(c) (Connection?) -> CInt
  let needsPassword: @convention(c) (Connection?) -> CInt
  let setNoticeProcessor:
    @convention(c) (
      Connection?, (@convention(c) (UnsafeMutableRawPointer?, Text?) -> Void)?,
      UnsafeMutableRawPointer?
    ) -> UnsafeRawPointer?
  let send:
    @convention(c) (
      Connection?, Text?, CInt, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?,
      UnsafeRawPointer?, CInt
    ) -> CInt
  let setSingleRowMode: @convention(c) (Connection?) -> CInt
  let consumeInput: @convention(c) (Connection?) -> CInt
  let isBusy: @convention(c) (Connection?) -> CInt
  let nextAnswer: @convention(c) (Connection?) -> Answer?
  let getCancel: @convention(c) (Connection?) -> OpaquePointer?
  let cancel: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, CInt) -> CInt
  let freeCancel: @convention(c) (OpaquePointer?) -> Void
  let answerStatus: @convention(c) (Answer?) -> CInt
  let answerField: @convention(c) (Answer?, CInt) -> UnsafePointer<CChar>?
  let clear: @convention(c) (Answer?) -> Void
  let rowCount: @convention(c) (Answer?) -> CInt
  let columnCount: @convention(c) (Answer?) -> CInt
  let columnName: @convention(c) (Answer?, CInt) -> UnsafePointer<CChar>?
  let columnType: @convention(c) (Answer?, CInt) -> UInt32
  let value: @convention(c) (Answer?, CInt, CInt) -> UnsafePointer<CChar>?
  let length: @convention(c) (Answer?, CInt, CInt) -> CInt
  let isNull: @convention(c) (Answer?, CInt, CInt) -> CInt

  /// `ExecStatusType`, as far as it is told apart.
  enum Status {
    static let commandOK: CInt = 1
    static let tuplesOK: CInt = 2
    static let singleTuple: CInt = 9
  }

  private static let names = [
    "libpq.so.5", "libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
  ]

  /// - Throws: `datasets.missing_library`.
  init(for source: String) throws(DatasetsError) {
    guard let library = LibPQ.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
    else {
      throw .sourceFailed(
        .missingLibrary, source: source,
        reason: "asking PostgreSQL needs its client library libpq, which is not installed",
        advice: "Install it: apt-get install libpq5 (Debian, Ubuntu) or brew install libpq (macOS)."
      )
    }
    let symbols = Symbols(library: library, source: source)
    connect = try symbols["PQconnectdbParams"]
    finish = try symbols["PQfinish"]
    status = try symbols["PQstatus"]
    errorMessage = try symbols["PQerrorMessage"]
    password = try symbols["PQpass"]
    socket = try symbols["PQsocket"]
    needsPassword = try symbols["PQconnectionNeedsPassword"]
    setNoticeProcessor = try symbols["PQsetNoticeProcessor"]
    send = try symbols["PQsendQueryParams"]
    setSingleRowMode = try symbols["PQsetSingleRowMode"]
    consumeInput = try symbols["PQconsumeInput"]
    isBusy = try symbols["PQisBusy"]
    nextAnswer = try symbols["PQgetResult"]
    getCancel = try symbols["PQgetCancel"]
    cancel = try symbols["PQcancel"]
    freeCancel = try symbols["PQfreeCancel"]
    answerStatus = try symbols["PQresultStatus"]
    answerField = try symbols["PQresultErrorField"]
    clear = try symbols["PQclear"]
    rowCount = try symbols["PQntuples"]
    columnCount = try symbols["PQnfields"]
    columnName = try symbols["PQfname"]
    columnType = try symbols["PQftype"]
    value = try symbols["PQgetvalue"]
    length = try symbols["PQgetlength"]
    isNull = try symbols["PQgetisnull"]
  }

  /// Looks up functions by name; what they are is said by where they are put.
  private struct Symbols {
    let library: UnsafeMutableRawPointer
    let source: String

    subscript<Function>(name: String) -> Function {
      get throws(DatasetsError) {
        guard let symbol = dlsym(library, name) else {
          throw .sourceFailed(
            .missingLibrary, source: source,
            reason: "the installed libpq has no \(name), so it is older than PostgreSQL 9.2",
            advice: "Install a newer libpq5.")
        }
        return unsafeBitCast(symbol, to: Function.self)
      }
    }
  }
}
