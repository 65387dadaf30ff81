/// How a server listens, and how much it takes on.
public struct ServerConfiguration: Sendable, Hashable {
  /// The address to listen on; loopback unless told otherwise.
  public var host: String
  /// 0 takes any free port.
  public var port: Int
  /// The largest body of a request, in bytes.
  public var maxBodyBytes: Int
  /// Requests that are answered or wait at the same time; the next one is told to come back later.
  public var maxInFlight: Int
  /// A connection on which nothing happens for so long is closed; so is one that sends a request
  /// slower than that.
  public var idleTimeout: Duration
  /// The longest that one answer may take.
  public var answerTimeout: Duration
  /// Other names under which requests may ask for the environment's release.
  public var modelAliases: [String]

  public init(
    host: String = "127.0.0.1", port: Int = 8080, maxBodyBytes: Int = 4 << 20,
    maxInFlight: Int = 64, idleTimeout: Duration = .seconds(60),
    answerTimeout: Duration = .seconds(600), modelAliases: [String] = []
  ) {
    self.host = host
    self.port = port
    self.maxBodyBytes = maxBodyBytes
    self.maxInFlight = maxInFlight
    self.idleTimeout = idleTimeout
    self.answerTimeout = answerTimeout
    self.modelAliases = modelAliases
  }
}
