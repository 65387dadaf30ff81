import Hummingbird
import NIOCore

/// What routes know of a request besides its head and body.
struct ServerRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Whether the caller is on this machine; false where that is not known.
  var isLoopback: Bool {
    switch channel.remoteAddress {
    case .v4: channel.remoteAddress?.ipAddress?.hasPrefix("127.") ?? false
    case .v6: ["::1", "::ffff:127.0.0.1"].contains(channel.remoteAddress?.ipAddress ?? "")
    default: false
    }
  }
}
