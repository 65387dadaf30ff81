import Deployment
import HTTPTypes
import Hummingbird
import Logging
import MLOpsCore

/// Makes an OpenAI error of whatever a route throws, and stamps every answer with the release.
struct AnswerEverything: RouterMiddleware {
  let releases: ReleaseSwitch

  func handle(
    _ request: Request, context: ServerRequestContext,
    next: (Request, ServerRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context).stamped(releases.serving)
    } catch {
      let error = translated(error, request)
      let report = FailureReport(error)
      // Prompts are in no message: routes put parameters' names and types there, never their text.
      if report.kind == .internal || report.kind == .corrupted {
        context.logger.error(
          "request failed",
          metadata: ["error.code": "\(report.code)", "error.message": "\(report.message)"])
      }
      let isTrusted = request.uri.path.hasPrefix(ControlRoutes.prefix) && !(error is ServerError)
      return OpenAIError(error, isTrusted: isTrusted).response.stamped(releases.serving)
    }
  }

  private func translated(_ error: any Error, _ request: Request) -> any Error {
    switch (error as? HTTPError)?.status {
    case .notFound, .methodNotAllowed:
      ServerError.routeUnknown(method: request.method.rawValue)
    default: error
    }
  }
}
