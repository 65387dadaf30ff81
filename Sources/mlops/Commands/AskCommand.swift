import ArgumentParser
import Foundation
import Lifecycle
import MLOpsCore

/// `mlops ask`
struct AskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Ask a release one question.",
    discussion: """
      An environment with a running server is asked over HTTP; anything else is loaded here. The \
      question takes the place of the prompt's field.
      """)

  @Argument(help: "The question ('-' reads it from standard input).")
  var question: String

  @Option(help: "Whom to ask: a release, an environment, a model or an adapter.")
  var of = "@production"

  @OptionGroup var engine: EngineOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let terminal = global.terminal
    let isStreaming = !terminal.json && isatty(STDOUT_FILENO) == 1
    let answer = try await Ask(workspace: workspace, registry: workspace.registry()).run(
      try text(), of: of, configuration: engine.configuration
    ) { piece in
      if isStreaming { Terminal.put(piece, to: STDOUT_FILENO) }
    }
    if isStreaming {
      terminal.say("")
    } else {
      terminal.result(answer.document, text: answer.text)
    }
  }

  private func text() throws -> String {
    guard question == "-" else { return question }
    let data = FileHandle.standardInput.readDataToEndOfFile()
    guard let text = String(validating: data, as: UTF8.self), !text.isEmpty else {
      throw ValidationError("Expected a question in UTF-8 on standard input.")
    }
    return text
  }
}
