import Foundation
import JSON
import MLOpsCore
import ModelRuntime
import SystemPackage
import Testing

/// Against what others computed with real vocabularies and weights; skipped where these are missing.
@Suite struct MaterialTests {
  private static let vocabularies = "tokenization/llama.cpp-vocab"

  @Test(
    .enabled(if: Fixture.has(vocabularies), "needs shared/material"),
    arguments: ["bert-bge", "gpt-2", "llama-spm", "phi-3", "qwen2"])
  func tokens_equal_the_published_pairs(name: String) throws {
    let path = Fixture.material.appending("\(Self.vocabularies)/ggml-vocab-\(name).gguf")
    let tokenizer = try LlamaModel(path, vocabularyOnly: true).tokenizer
    func read(_ suffix: String) throws -> String {
      try String(contentsOfFile: path.string + suffix, encoding: .utf8)
    }
    let texts = try read(".inp").components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = try read(".out").components(separatedBy: "\n")
    #expect(texts.count > 40)
    for (text, line) in zip(texts, lines) {
      let ids = line.split(separator: " ").compactMap { Int32($0) }
      #expect(try tokenizer.encode(text) == ids, "\(text.debugDescription)")
    }
  }

  @Test(
    .enabled(if: Fixture.has("models/reference-generation.json"), "needs shared/material"),
    arguments: [
      (
        "stories260K.gguf", "models/stories260K/stories260K.gguf",
        "greedy_first_100_tokens_via_llama.cpp", 100
      ),
      (
        "TinyStories-656K", "models/TinyStories-656K/TinyStories-656K-f32.gguf",
        "greedy_text_via_HF_transformers_and_llama.cpp_identical", 120
      ),
    ])
  func greedy_text_equals_the_reference(name: String, file: String, key: String, tokens: Int)
    async throws
  {
    let reference = try Fixture.json(
      Fixture.material.appending("models/reference-generation.json"))[name]
    let prompt = try #require(reference?["prompt"]?.string)
    let expected = try #require(reference?[key]?.string)
    let model = try LocalModel(
      modelPath: Fixture.material.appending(file),
      configuration: RuntimeConfiguration(slots: 3, threads: 1))
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try await model.generate(
            GenerationRequest(input: .text(prompt), maxTokens: tokens)
          ).text
        }
      }
      for try await text in group { #expect((prompt + text).hasPrefix(expected)) }
    }
  }

  /// libllama itself ends the process here.
  @Test(.enabled(if: Fixture.has("models/TinyStories-656K"), "needs shared/material"))
  func a_character_that_the_vocabulary_lacks_is_refused() throws {
    let tokenizer = try LlamaModel(
      Fixture.material.appending("models/TinyStories-656K/TinyStories-656K-f32.gguf"),
      vocabularyOnly: true
    ).tokenizer
    #expect(throws: RuntimeError.textNotRepresentable(character: "가")) {
      try tokenizer.encode("Once 가")
    }
    #expect(try tokenizer.decode(tokenizer.encode("Once upon")).hasSuffix("Once upon"))
  }

  @Test(.enabled(if: Fixture.has("models/all-MiniLM-L6-v2"), "needs shared/material"))
  func embeddings_equal_those_of_transformers() async throws {
    let embedder = try LocalEmbedder(
      modelPath: Fixture.material.appending("models/all-MiniLM-L6-v2-f16.gguf"), threads: 1)
    let items =
      try Fixture.json(
        Fixture.material.appending("models/all-MiniLM-L6-v2/reference-embeddings.json"))["items"]?
      .array ?? []
    #expect(items.count == 10)
    let texts = items.compactMap { $0["text"]?.string }
    let vectors = try await embedder.embed(texts)
    #expect(embedder.dimension == 384)
    for (item, vector) in zip(items, vectors) {
      let expected = (item["embedding"]?.array ?? []).compactMap(\.double)
      let cosine = zip(vector, expected).reduce(0) { $0 + Double($1.0) * $1.1 }
      // The weights are F16.
      #expect(cosine >= 0.9999, "\(item["text"]?.string ?? "")")
      let length = vector.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(length - 1) < 1e-5)
    }
    // Together or alone, in any order: the same vectors.
    let alone = try await embedder.embed([texts[3]])[0]
    let many = try await embedder.embed(Array(repeating: texts, count: 8).flatMap { $0 })
    #expect(many.count == 80)
    for copy in 0..<8 {
      let cosine = zip(alone, many[copy * 10 + 3]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      #expect(cosine > 0.99999)
    }
  }

  @Test(.enabled(if: Fixture.has("models/all-MiniLM-L6-v2"), "needs shared/material"))
  func an_embedder_generates_nothing_and_a_long_text_is_refused() async throws {
    let path = Fixture.material.appending("models/all-MiniLM-L6-v2-f16.gguf")
    let error = #expect(throws: RuntimeError.self) { try LocalModel(modelPath: path) }
    #expect(error?.code == "runtime.wrong_purpose")
    let embedder = try LocalEmbedder(modelPath: path, threads: 1)
    await #expect(throws: RuntimeError.promptTooLong(tokens: 602, limit: 512)) {
      try await embedder.embed([String(repeating: "a ", count: 600)])
    }
  }
}
