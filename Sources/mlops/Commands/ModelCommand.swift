import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import ModelRuntime

/// `mlops model`
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Make models of models: merge an adapter in, quantise.",
    subcommands: [Merge.self, Quantize.self])

  /// `mlops model merge`
  struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge", abstract: "Add an adapter to its base's weights for good.",
      discussion: """
        W' = W + (alpha / rank) · B·A for each adapted weight, computed in F32; everything else is \
        copied byte for byte. A merged weight keeps the type of the base's where that is a float's. \
        A quantised weight would have to be rounded again, which can lose more than a small adapter \
        changes, so its type must be named: f16 keeps nearly all of it, q4_0 may keep little.

        Exit codes: 0 registered, 65 the adapter does not fit or the type cannot hold the result.
        """)

    @Option(help: "The model.")
    var base: String

    @Option(help: "The adapter.")
    var adapter: String

    @Option(help: "The merged model's name.")
    var name: String

    @Option(help: "The type of the weights that change: f32, f16, bf16, q8_0, q6_k, q5_k, q4_k …")
    var type: String?

    @Option(help: "Why, for the history.")
    var reason = ""

    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let tensorType = try type.map { try TensorTypeArgument.parse($0) }
      let registry = try global.openWorkspace().registry()
      let bar = ProgressBar()
      let outcome = try await MergeModel(registry: registry).run(
        MergeModel.Request(
          base: base, adapter: adapter, name: try ArtifactName(name), type: tensorType,
          reason: reason),
        progress: bar.handler)
      bar.finish()
      let (terminal, record, summary) = (global.terminal, outcome.model.record, outcome.summary)
      if summary.retyped > 0, let type = summary.type, !type.isFloat {
        terminal.note(
          "note: rounded \(Quantity.count(Int64(summary.retyped), of: "weight")) to "
            + "\(type.label); compare the model with base and adapter ('mlops evaluate') before it serves"
        )
      }
      let facts = [
        ["merged", Quantity.count(Int64(summary.merged), of: "tensor")],
        ["copied", Quantity.count(Int64(summary.copied), of: "tensor")],
        ["size", Quantity.bytes(record.manifest.size)], ["run", outcome.run.description],
      ]
      terminal.result(
        outcome.document,
        text: (outcome.model.isNew ? "merged " : "merged again, same bytes as ")
          + "\(terminal.bold(record.label))\n\(terminal.pairs(facts))\n"
          + terminal.dim(record.digest.description))
    }
  }

  /// `mlops model quantize`
  struct Quantize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "quantize", abstract: "Round a model's weights to fewer bits.",
      discussion: """
        libllama does it, and chooses the type of each matrix: a mixture such as q4_k_m keeps some in \
        more bits. Matrices whose rows fit no block of the type get the nearest one that fits. Only \
        F32, F16 and BF16 models are taken: rounding twice loses more than once.

        Exit codes: 0 registered, 65 the model is quantised already or damaged.
        """)

    @Argument(help: "A model in F32, F16 or BF16.")
    var reference: String

    @Option(
      help:
        "One of \(ModelQuantisation.Mixture.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: String

    @Option(help: "The quantised model's name.")
    var name: String

    @Option(help: "Threads (default: one per core).")
    var threads: Int?

    @Option(help: "Why, for the history.")
    var reason = ""

    @OptionGroup var global: GlobalOptions

    func run() async throws {
      let mixture = try WordArgument.parse(
        type.lowercased(), as: "--type", of: ModelQuantisation.Mixture.self)
      let registry = try global.openWorkspace().registry()
      let bar = ProgressBar()
      let outcome = try await QuantizeModel(registry: registry).run(
        reference, to: mixture, name: try ArtifactName(name), threads: threads, reason: reason,
        progress: bar.handler)
      bar.finish()
      let (terminal, record, summary) = (global.terminal, outcome.model.record, outcome.summary)
      let types = summary.types.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        .map { "\($0.value) × \($0.key.label)" }
      let facts = [
        ["matrices", types.joined(separator: ", ")],
        ["size", "\(Quantity.bytes(summary.before)) → \(Quantity.bytes(summary.after))"],
        ["run", outcome.run.description],
      ]
      terminal.result(
        outcome.document,
        text: (outcome.model.isNew ? "quantised " : "quantised again, same bytes as ")
          + "\(terminal.bold(record.label))\n\(terminal.pairs(facts))\n"
          + terminal.dim(record.digest.description))
    }
  }
}

/// Parses the type of a tensor, `q4_k` or `Q4_K`.
enum TensorTypeArgument {
  static func parse(_ text: String) throws -> TensorType {
    let known = ModelMerge.types
    if let type = known.first(where: { $0.label == text.uppercased() }) { return type }
    throw ValidationError(
      "--type is one of \(known.map { $0.label.lowercased() }.joined(separator: ", ")), "
        + "not '\(text)'.")
  }
}
