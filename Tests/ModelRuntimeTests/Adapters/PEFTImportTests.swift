import Foundation
import JSON
import SystemPackage
import Testing

@testable import ModelRuntime

/// Folders that PEFT wrote (Tests/Conformance/peft.py), and folders that it would not write.
@Suite struct PEFTImportTests {
  private static let fixture = AdapterFixture.folder

  /// The fixture's settings: ranks and alphas that differ by module, alpha / √rank.
  @Test(arguments: ["llama", "qwen2"])
  func `libllama computes with the imported adapter what PEFT computes`(name: String) throws {
    let expected = try Fixture.json(Self.fixture.appending("expected.json"))
    let tokens = (expected["tokens"]?.array ?? []).compactMap { $0.int.map(Int32.init) }
    let logits = (expected["adapters"]?[name]?.array ?? []).compactMap {
      $0.double.map { Float($0) }
    }
    let base = AdapterFixture.base(name)
    let weights = try PEFTFolder(Self.fixture.appending(name))
      .loraWeights(for: GGUFFile(base))
    #expect(weights.pairs.count == 14)
    try Fixture.withFolder { folder in
      try weights.write(to: folder.appending("a.gguf"))
      let found = try AdapterFixture.logits(base, folder.appending("a.gguf"), tokens: tokens)
      let last = try #require(found.last)
      #expect(last.count == logits.count)
      #expect(AdapterFixture.error(last, logits) < 1e-4)
      // The adapter must matter, or equal logits would show nothing.
      let plain = try #require(try AdapterFixture.logits(base, tokens: tokens).last)
      #expect(AdapterFixture.error(plain, logits) > 1e-2)
    }
  }

  /// What importing the fixture says after a change of its configuration or its tensors.
  private func refusal(
    settings: [String: JSONValue] = [:], removing: Set<String> = [],
    adding: [String: (shape: [Int], values: [Float])] = [:], base: String = "llama"
  ) throws -> RuntimeError? {
    try Fixture.withFolder { folder -> RuntimeError? in
      let source = try PEFTFolder(Self.fixture.appending("llama"))
      var members = source.configuration.object ?? [:]
      members.merge(settings) { $1 }
      try Data(JSONValue.object(members).pretty.utf8)
        .write(to: URL(filePath: folder.appending("adapter_config.json").string))
      var writer = SafetensorsWriter()
      for tensor in source.weights.tensors where !removing.contains(tensor.name) {
        try writer.add(
          tensor.name, shape: tensor.shape, values: source.weights.floats(of: tensor))
      }
      for (name, tensor) in adding {
        try writer.add(name, shape: tensor.shape, values: tensor.values)
      }
      try writer.write(to: folder.appending("adapter_model.safetensors"))
      do {
        _ = try PEFTFolder(folder).loraWeights(for: GGUFFile(AdapterFixture.base(base)))
        return nil
      } catch let error as RuntimeError {
        return error
      }
    }
  }

  private static let settings: [(String, JSONValue, String)] = [
    ("peft_type", "LOHA", "expected LORA"),
    ("task_type", "SEQ_CLS", "expected CAUSAL_LM"),
    ("bias", "all", "expected none"),
    ("use_dora", true, "DoRA"),
    ("modules_to_save", ["lm_head"], "replaces whole modules"),
    ("init_lora_weights", "pissa", "changes the base's weights"),
    ("lora_bias", true, "B has a bias"),
    ("layer_replication", [[0, 1]], "repeats layers"),
    ("trainable_token_indices", [3], "token embedding"),
    ("something_of_next_year", 3, "not known here"),
    ("r", 0, "expected 1 to 65536"),
    ("r", 3, "the configuration says 3"),
    ("lora_alpha", "much", "expected a number above 0"),
    ("alpha_pattern", ["(q|k)_proj": 3], "regular expression"),
    ("alpha_pattern", ["q_proj": 3, "self_attn.q_proj": 4], "both name"),
  ]

  @Test(arguments: settings)
  func `settings that GGUF cannot say are refused, and named`(
    key: String, value: JSONValue, words: String
  ) throws {
    let error = try #require(try refusal(settings: [key: value]))
    #expect(error.code == "runtime.adapter_not_representable")
    #expect(error.message.contains(words), "\(error.message)")
    if key != "r" { #expect(error.facts["key"]?.string == key) }
    #expect(error.advice != nil)
  }

  @Test func `settings that only matter in training are no obstacle`() throws {
    #expect(
      try refusal(settings: [
        "lora_dropout": 0.5, "init_lora_weights": "gaussian", "revision": "main",
        "layers_to_transform": [0], "exclude_modules": ["x"],
        "base_model_name_or_path": "somebody/model",
      ]) == nil)
  }

  private static let q = "base_model.model.model.layers.0.self_attn.q_proj"

  @Test(arguments: [
    ("base_model.model.model.embed_tokens.lora_embedding_A", "embedding"),
    ("\(q).lora_magnitude_vector", "DoRA"),
    ("base_model.model.lm_head.modules_to_save.weight", "replaces a whole tensor"),
    ("base_model.model.model.norm.weight", "replaces a whole tensor"),
    ("model.layers.0.self_attn.q_proj.lora_A.weight", "begins with 'base_model.model.'"),
    ("base_model.model.model.layers.1.mlp.x.lora_A.weight", "there is no"),
    ("\(q).lora_B.bias", "expected the A or B"),
  ])
  func `tensors that are no pairs are refused, and named`(name: String, words: String) throws {
    let error = try #require(try refusal(adding: [name: ([2], [1, 2])]))
    #expect(error.code == "runtime.adapter_not_representable")
    #expect(error.message.contains(words), "\(error.message)")
    #expect(error.facts["key"]?.string == name)
  }

  @Test func `a pair that no tensor of the base has is a mismatch`() throws {
    let ghost = "base_model.model.model.layers.7.self_attn.q_proj"
    let pair: [String: (shape: [Int], values: [Float])] = [
      "\(ghost).lora_A.weight": ([2, 32], [Float](repeating: 1, count: 64)),
      "\(ghost).lora_B.weight": ([32, 2], [Float](repeating: 1, count: 64)),
    ]
    let error = try #require(try refusal(adding: pair))
    #expect(error.code == "runtime.adapter_mismatch")
    #expect(error.message.contains("'blk.7.attn_q.weight'"))
    // The llama model's output is its embedding.
    let head = pair.reduce(into: [:]) { result, entry in
      result[entry.key.replacing("model.layers.7.self_attn.q_proj", with: "lm_head")] = entry.value
    }
    let tied = try #require(try refusal(adding: head))
    #expect(tied.message.contains("its output is its token embedding"))
  }

  @Test func `shapes and numbers that do not fit are refused`() throws {
    let wrong = try #require(
      try refusal(adding: ["\(Self.q).lora_B.weight": ([16, 2], [Float](repeating: 1, count: 32))]))
    #expect(wrong.code == "runtime.adapter_mismatch")
    #expect(wrong.message.contains("[32, rank]") || wrong.message.contains("[32, rank"))
    let missing = try #require(try refusal(removing: ["\(Self.q).lora_B.weight"]))
    #expect(missing.message.contains("there is no"))
    let infinite = try #require(
      try refusal(adding: [
        "\(Self.q).lora_B.weight": ([32, 2], [Float](repeating: .infinity, count: 64))
      ]))
    #expect(infinite.message.contains("finite"))
  }

  @Test func `a matrix of the base beside its pair must be the base's`() throws {
    let base = try GGUFFile(AdapterFixture.base("qwen2"))
    let output = try #require(base.tensor("output.weight"))
    var values = try base.floats(of: output)
    let head = "base_model.model.lm_head"
    func refusal(_ values: [Float]) throws -> RuntimeError? {
      try self.refusal(
        settings: ["rank_pattern": ["v_proj": 1, "lm_head": 2]],
        adding: [
          "\(head).lora_A.weight": ([2, 32], [Float](repeating: 0.1, count: 64)),
          "\(head).lora_B.weight": ([264, 2], [Float](repeating: 0.1, count: 528)),
          "\(head).base_layer.weight": ([264, 32], values),
        ], base: "qwen2")
    }
    #expect(try refusal(values) == nil)
    values[77] += 5
    #expect(try #require(try refusal(values)).message.contains("another matrix"))
  }

  @Test func `pickles are never opened`() throws {
    try Fixture.withFolder { folder in
      for name in ["adapter_config.json", "adapter_model.bin"] {
        try Data("{}".utf8).write(to: URL(filePath: folder.appending(name).string))
      }
      let error = #expect(throws: RuntimeError.self) { try PEFTFolder(folder) }
      #expect(error?.code == "runtime.adapter_not_representable")
      #expect(error?.advice?.contains("safe_serialization=True") == true)
    }
  }
}
