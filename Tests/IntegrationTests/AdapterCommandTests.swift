import Foundation
import JSON
import Testing

/// `mlops adapter` and `mlops model`, on the tiny models of the other tests.
@Suite struct AdapterCommandTests {
  private static func fixture(_ path: String) -> String {
    Program.project.appendingPathComponent("Tests/\(path)").path
  }
  private static let peft = fixture("ModelRuntimeTests/Fixtures/peft")

  /// A registry with the tiny models, and PEFT's adapter imported for the first.
  private func program() throws -> Program {
    let program = try Program()
    #expect(try program.run("init").code == 0)
    for name in ["llama", "qwen2"] {
      let path = Self.fixture("TrainingTests/Fixtures/tiny-\(name).gguf")
      #expect(try program.run("add", path, "--name", name).code == 0)
    }
    let imported = try program.run(
      "adapter", "import", "\(Self.peft)/llama", "--base", "llama", "--name", "tuned", "--json")
    #expect(imported.code == 0, "\(imported.output)")
    return program
  }

  private func bytes(_ program: Program, _ path: String) throws -> Data {
    try Data(contentsOf: program.folder.appendingPathComponent(path))
  }

  @Test func `an imported PEFT folder comes out as it came in`() throws {
    let program = try program()
    defer { program.remove() }
    let shown = try program.run("show", "tuned", "--json").json
    #expect(
      shown["files"]?.array?.compactMap { $0["path"]?.string } == [
        "adapter.gguf", "peft/adapter_config.json", "peft/adapter_model.safetensors",
      ])
    #expect(try program.run("adapter", "export", "tuned", "--peft", "out").code == 0)
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      let original = try Data(contentsOf: URL(fileURLWithPath: "\(Self.peft)/llama/\(name)"))
      #expect(try bytes(program, "out/\(name)") == original)
    }
    let again = try program.run(
      "adapter", "import", "out", "--base", "llama", "--name", "tuned", "--json")
    #expect(try again.json["is_new"]?.bool == false)
    let taken = try program.run("adapter", "export", "tuned", "--peft", "out", "--json")
    #expect(taken.code == 64)
    #expect(try taken.json["error"]?["code"]?.string == "lifecycle.target_exists")
    let named = try program.run(
      "adapter", "export", "tuned", "--peft", "named", "--base-model", "somebody/tiny")
    #expect(named.code == 0)
    let settings = try JSONValue(parsing: [UInt8](bytes(program, "named/adapter_config.json")))
    #expect(settings["base_model_name_or_path"]?.string == "somebody/tiny")
    #expect(settings["use_rslora"]?.bool == true)
  }

  @Test func `a folder of links, as caches of models have it, is imported`() throws {
    let program = try program()
    defer { program.remove() }
    let manager = FileManager.default
    let snapshot = program.folder.appendingPathComponent("cache/snapshot")
    let blobs = program.folder.appendingPathComponent("cache/blobs")
    for folder in [snapshot, blobs] {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      try manager.copyItem(
        atPath: "\(Self.peft)/llama/\(name)", toPath: blobs.appendingPathComponent("b-\(name)").path
      )
      try manager.createSymbolicLink(
        atPath: snapshot.appendingPathComponent(name).path,
        withDestinationPath: "../blobs/b-\(name)")
    }
    let linked = try program.run(
      "adapter", "import", "cache/snapshot", "--base", "llama", "--name", "tuned", "--json")
    #expect(try linked.json["is_new"]?.bool == false, "\(linked.output)")
  }

  @Test func `a GGUF adapter names its base, and is refused for another`() throws {
    let program = try program()
    defer { program.remove() }
    let exported = try program.run("adapter", "export", "tuned", "--gguf", "a.gguf", "--json")
    #expect(exported.code == 0)
    #expect(try exported.json["files"]?.array?.count == 1)
    let other = try program.run(
      "adapter", "import", "a.gguf", "--base", "qwen2", "--name", "x", "--json")
    #expect(other.code == 65)
    #expect(try other.json["error"]?["code"]?.string == "deployment.adapter_for_other_base")
    let own = try program.run(
      "adapter", "import", "a.gguf", "--base", "llama", "--name", "back", "--json"
    ).json
    #expect(own["format"]?.string == "gguf")
    #expect(own["adapted"]?.int == 14)
    #expect(own["files"]?.array?.count == 3)
    // Added past the check, with the wrong ingredient: what uses it refuses it.
    #expect(
      try program.run("add", "a.gguf", "--name", "wrong", "--from", "base=qwen2").code == 0)
    for command in [
      ["release", "create", "r", "--adapter", "wrong"],
      ["model", "merge", "--base", "qwen2", "--adapter", "wrong", "--name", "m"],
    ] {
      let outcome = try program.run(command + ["--json"])
      #expect(outcome.code == 65)
      #expect(
        try outcome.json["error"]?["code"]?.string == "deployment.adapter_for_other_base",
        "\(command)")
    }
  }

  @Test func `a PEFT folder of another architecture matches nothing and is refused`() throws {
    let program = try program()
    defer { program.remove() }
    let phi = try program.run(
      "adapter", "import", "\(Self.peft)/llama", "--base", "tuned", "--name", "x", "--json")
    #expect(phi.code == 64)
    #expect(try phi.json["error"]?["code"]?.string == "lifecycle.wrong_kind")
    try program.write("{}", to: "pickle/adapter_config.json")
    try program.write("PK", to: "pickle/adapter_model.bin")
    for path in ["pickle", "pickle/adapter_model.bin"] {
      let outcome = try program.run(
        "adapter", "import", path, "--base", "llama", "--name", "x", "--json")
      #expect(outcome.code == 65)
      #expect(
        try outcome.json["error"]?["code"]?.string == "runtime.adapter_not_representable")
    }
    let nothing = try program.run(
      "adapter", "import", "nowhere", "--base", "llama", "--name", "x", "--json")
    #expect(nothing.code == 1)
    #expect(try program.run("adapter", "export", "tuned").code == 64)
    #expect(
      try program.run("adapter", "export", "tuned", "--gguf", "a", "--base-model", "b").code == 64)
  }

  @Test func `a merged and a quantised model know what they were made of`() throws {
    let program = try program()
    defer { program.remove() }
    let merged = try program.run(
      "model", "merge", "--base", "llama", "--adapter", "tuned", "--name", "merged", "--json"
    ).json
    #expect(merged["merged"]?.int == 14)
    #expect(merged["copied"]?.int == 6)
    #expect(
      merged["ingredients"]?.array?.compactMap { $0["role"]?.string }.sorted() == [
        "adapter", "base",
      ])
    let again = try program.run(
      "model", "merge", "--base", "llama", "--adapter", "tuned", "--name", "merged", "--json"
    ).json
    #expect(again["is_new"]?.bool == false)
    #expect(again["digest"] == merged["digest"])
    let small = try program.run(
      "model", "quantize", "merged", "--type", "q8_0", "--name", "small", "--json"
    ).json
    #expect(small["ingredients"]?.array?.first?["digest"] == merged["digest"])
    #expect(small["metadata"]?["gguf"]?["quantisation"]?.string == "Q8_0")
    #expect(small["types"]?["Q8_0"]?.int == 15)
    let twice = try program.run(
      "model", "quantize", "small", "--type", "q4_0", "--name", "x", "--json")
    #expect(twice.code == 65)
    #expect(try twice.json["error"]?["code"]?.string == "runtime.weights_not_convertible")
    let unknown = try program.run(
      "model", "quantize", "merged", "--type", "q9_9", "--name", "x", "--json")
    #expect(unknown.code == 64)
    #expect(try unknown.json["error"]?["message"]?.string?.contains("q4_k_m") == true)
    let type = try program.run(
      "model", "merge", "--base", "llama", "--adapter", "tuned", "--name", "x", "--type", "q9")
    #expect(type.code == 64)
    let lineage = try program.run("lineage", "small")
    #expect(lineage.output.contains("source: merged@v1"))
    #expect(lineage.output.contains("adapter: tuned@v1"))
    #expect(try program.run("verify").code == 0)
  }

  @Test func `a trained adapter comes with PEFT's files`() throws {
    let program = try program()
    defer { program.remove() }
    let rows = (0..<6).map { "{\"prompt\":\"row \($0)\",\"completion\":\"answer \($0 % 2)\"}\n" }
    try program.write(rows.joined(), to: "rows.ndjson")
    let trained = try program.run(
      "train", "--base", "llama", "--data", "./rows.ndjson", "--out", "own", "--epochs", "2",
      "--rank", "2", "--batch-tokens", "64", "--threads", "1", "--dropout", "0.25", "--json")
    #expect(trained.code == 0, "\(trained.output)")
    #expect(
      try trained.lastEvent["files"]?.array?.compactMap { $0["path"]?.string } == [
        "adapter.gguf", "model-card.md", "peft/adapter_config.json",
        "peft/adapter_model.safetensors",
      ])
    #expect(try program.run("adapter", "export", "own", "--peft", "own").code == 0)
    let settings = try JSONValue(parsing: [UInt8](bytes(program, "own/adapter_config.json")))
    #expect(settings["r"]?.int == 2)
    #expect(settings["lora_dropout"]?.double == 0.25)
    // The folder names the base that it was trained on.
    let other = try program.run(
      "adapter", "import", "own", "--base", "qwen2", "--name", "x", "--json")
    #expect(try other.json["error"]?["code"]?.string == "deployment.adapter_for_other_base")
    // Through PEFT's form and back: the very same GGUF.
    let back = try program.run(
      "adapter", "import", "own", "--base", "llama", "--name", "back", "--json"
    ).json
    #expect(
      back["files"]?.array?.first?["digest"]
        == (try trained.lastEvent["files"]?.array?.first?["digest"])
    )
    #expect(try program.run("release", "create", "r", "--adapter", "own").code == 0)
  }
}
