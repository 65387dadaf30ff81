import NIOCore
import Synchronization

/// Says of a request's connection when its client is gone.
///
/// Hummingbird reads a connection only between requests, so that a client which hangs up during a
/// long answer would be noticed at the first failing write, and without streaming never.
final class ConnectionTable: Sendable {
  private let connections = Mutex<[ObjectIdentifier: Connection]>([:])

  /// The connection of a channel; nil for channels without a socket, as in tests.
  subscript(channel: any Channel) -> Connection? {
    connections.withLock { $0[ObjectIdentifier(channel)] }
  }

  /// The handler that a new channel needs to be in the table.
  func makeHandler() -> DisconnectHandler { DisconnectHandler(self) }

  fileprivate func add(_ connection: Connection, for channel: any Channel) {
    connections.withLock { $0[ObjectIdentifier(channel)] = connection }
  }

  fileprivate func remove(_ channel: any Channel) {
    connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
  }
}

/// One connection; its requests come one after the other.
final class Connection: Sendable {
  private enum State {
    case quiet
    case watched(@Sendable () -> Void)
    case gone
  }

  private let state = Mutex(State.quiet)

  /// Calls an action once, when the client hangs up; at once where it has already.
  func whenGone(_ action: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state in
      if case .gone = state { return true }
      state = .watched(action)
      return false
    }
    if isGone { action() }
  }

  /// Forgets the action: the request has been answered.
  func forget() {
    state.withLock { if case .watched = $0 { $0 = .quiet } }
  }

  fileprivate func hangUp() {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      defer { state = .gone }
      return if case .watched(let action) = state { action } else { nil }
    }
    action?()
  }
}

/// Sees the end of the client's side of a connection.
///
/// A client that half-closes its socket and still reads counts as gone, as in most servers: the two
/// cannot be told apart.
final class DisconnectHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = Never

  private let table: ConnectionTable
  private let connection = Connection()

  init(_ table: ConnectionTable) { self.table = table }

  func handlerAdded(context: ChannelHandlerContext) { table.add(connection, for: context.channel) }

  func handlerRemoved(context: ChannelHandlerContext) { table.remove(context.channel) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { connection.hangUp() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.hangUp()
    context.fireChannelInactive()
  }
}
