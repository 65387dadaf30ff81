import Deployment
import ServiceLifecycle

/// Runs a follower as long as the server takes requests.
struct FollowerService: Service {
  let follower: GenerationFollower

  func run() async throws {
    await cancelWhenGracefulShutdown { await follower.run() }
  }
}
