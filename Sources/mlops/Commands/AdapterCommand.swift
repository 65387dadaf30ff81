import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops adapter`
struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Take LoRA adapters to and from other programs: PEFT's folders and llama.cpp's GGUF.",
    subcommands: [Export.self, Import.self])

  /// `mlops adapter export`
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write an adapter as a PEFT folder or as a GGUF file.",
      discussion: """
        A PEFT folder holds adapter_config.json and adapter_model.safetensors, for the model that \
        the base was converted from: PeftModel.from_pretrained(model, folder). An adapter that was \
        imported from PEFT comes out as it came in. The GGUF is what 'llama-server --lora' takes.

        Known to PEFT's side: llama, qwen2, qwen3, gemma, gemma2, gemma3, phi3 and gpt2.
        Exit codes: 0 written, 64 the target is there already, 65 not representable.
        """)

    @Argument(help: "An adapter.")
    var reference: String

    @Option(
      help: ArgumentHelp("A folder that does not exist yet, or is empty.", valueName: "folder"))
    var peft: String?

    @Option(help: ArgumentHelp("A file that does not exist yet.", valueName: "file"))
    var gguf: String?

    @Option(
      help: ArgumentHelp(
        "What adapter_config.json is to call the base, such as Qwen/Qwen2.5-0.5B.",
        valueName: "name"))
    var baseModel: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
      guard (peft == nil) != (gguf == nil) else {
        throw ValidationError("Name one of --peft <folder> and --gguf <file>.")
      }
      guard baseModel == nil || peft != nil else {
        throw ValidationError("--base-model is for --peft: a GGUF adapter has no such field.")
      }
    }

    func run() throws {
      let export = ExportAdapter(registry: try global.openWorkspace().registry())
      let outcome =
        if let peft {
          try export.peft(reference, to: peft, baseName: baseModel)
        } else {
          try export.gguf(reference, to: gguf ?? "")
        }
      let terminal = global.terminal
      terminal.result(
        outcome.document,
        text: "exported \(terminal.bold(outcome.adapter.label))\n"
          + terminal.table(
            ["PATH", "SIZE>"], outcome.files.map { [$0.path, Quantity.bytes($0.size)] }))
    }
  }

  /// `mlops adapter import`
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Register a PEFT folder or a GGUF adapter for a base.",
      discussion: """
        The adapter is checked against the base: every module must be there, with its shape, and an \
        adapter that names another base is refused. What GGUF cannot say (DoRA, modules_to_save, \
        embeddings, biases) is refused and named. Pickles (.bin) are never opened.

        Exit codes: 0 registered, 65 damaged, not fitting or not representable.
        """)

    @Argument(
      help: "A folder with adapter_config.json and adapter_model.safetensors, or a GGUF file.")
    var path: String

    @Option(help: "The model that it was made for.")
    var base: String

    @Option(help: "The adapter's name.")
    var name: String

    @Option(help: "Why, for the history.")
    var reason = ""

    @OptionGroup var global: GlobalOptions

    func run() throws {
      let outcome = try ImportAdapter(registry: try global.openWorkspace().registry()).run(
        path: path, base: base, name: try ArtifactName(name), reason: reason)
      let terminal = global.terminal
      let record = outcome.adapter.record
      let gguf = record.manifest.metadata["gguf"]
      let facts = [
        ["base", outcome.base.label],
        ["adapts", Quantity.count(Int64(outcome.adapted), of: "weight")],
        ["rank", gguf?["adapter_rank"]?.int.map(String.init) ?? "–"],
        ["alpha", gguf?["adapter_alpha"]?.double.map { Quantity.fixed($0, decimals: 1) } ?? "–"],
      ]
      terminal.result(
        outcome.document,
        text: (outcome.adapter.isNew ? "imported " : "unchanged: this content is ")
          + "\(terminal.bold(record.label))\n\(terminal.pairs(facts))\n"
          + terminal.dim(record.digest.description))
    }
  }
}
