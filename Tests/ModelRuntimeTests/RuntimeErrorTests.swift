import MLOpsCore
import ModelRuntime
import Testing

@Suite struct RuntimeErrorTests {
  /// Every error once, with the sentence a person reads.
  private static let sentences: [(RuntimeError, code: String, message: String)] = [
    (
      .malformedGGUF(path: "a.gguf", reason: "it does not begin with 'GGUF'", offset: 4),
      "runtime.malformed_gguf",
      "a.gguf is not a sound GGUF file: it does not begin with 'GGUF' (at byte 4)."
    ),
    (
      .unsoundModel(path: "a.gguf", reason: "tokenizer.ggml.model is missing"),
      "runtime.unsound_model",
      "a.gguf cannot be loaded as a model: tokenizer.ggml.model is missing."
    ),
    (
      .loadFailed(path: "a.gguf", reason: "no"), "runtime.load_failed",
      "libllama refused a.gguf: no."
    ),
    (
      .notEnoughMemory(
        path: "a.gguf", weights: 3 << 30, cache: 512 << 20, working: 900, available: 1 << 30),
      "runtime.not_enough_memory",
      "a.gguf needs about 3.5 GiB of memory (weights 3.0 GiB, KV cache 512 MiB, working memory 1 KiB), but only 1.0 GiB is available."
    ),
    (
      .adapterMismatch(path: "a.gguf", reason: "it holds no tensors"), "runtime.adapter_mismatch",
      "The adapter a.gguf does not fit the model: it holds no tensors."
    ),
    (
      .malformedSafetensors(path: "a.safetensors", reason: "it has 3 bytes"),
      "runtime.malformed_safetensors",
      "a.safetensors is not a sound safetensors file: it has 3 bytes."
    ),
    (
      .adapterNotRepresentable(path: "a", key: "use_dora", reason: "DoRA rescales"),
      "runtime.adapter_not_representable",
      "The adapter a cannot be converted because of 'use_dora': DoRA rescales."
    ),
    (
      .weightsNotConvertible(path: "a.gguf", reason: "they are Q8_0 already"),
      "runtime.weights_not_convertible",
      "The weights of a.gguf cannot be converted: they are Q8_0 already."
    ),
    (
      .noChatTemplate, "runtime.no_chat_template",
      "The model carries no chat template, so it cannot be given a conversation."
    ),
    (
      .chatTemplateUnsupported(start: "{{ x"), "runtime.chat_template_unsupported",
      "The model's chat template is none that libllama knows; it begins '{{ x'."
    ),
    (
      .promptTooLong(tokens: 9, limit: 8), "runtime.prompt_too_long",
      "The prompt has 9 tokens; this context takes at most 8."
    ),
    (
      .invalidGrammar(line: 2, column: 7, reason: "expected ')'"), "runtime.invalid_grammar",
      "The grammar cannot be used: expected ')' (line 2, column 7)."
    ),
    (
      .grammarStuck, "runtime.grammar_stuck",
      "The model's vocabulary has no token with which a text of this grammar could go on."
    ),
    (
      .invalidRequest(reason: "the prompt is empty"), "runtime.invalid_request",
      "The request cannot be run: the prompt is empty."
    ),
    (
      .invalidConfiguration(reason: "slots is 0, expected 1 to 64"),
      "runtime.invalid_configuration",
      "The runtime configuration is not possible: slots is 0, expected 1 to 64."
    ),
    (
      .wrongPurpose(path: "a.gguf", reason: "it is an adapter, not a model"),
      "runtime.wrong_purpose",
      "a.gguf cannot be used for this: it is an adapter, not a model."
    ),
    (
      .textNotRepresentable(character: "가"), "runtime.text_not_representable",
      "The model's vocabulary cannot write the character '가'."
    ),
    (.shutDown, "runtime.shut_down", "The model has been shut down."),
  ]

  @Test(arguments: sentences.indices)
  func every_error_says_what_was_expected_and_found(index: Int) {
    let (error, code, message) = Self.sentences[index]
    #expect(error.code == code)
    #expect(error.message == message)
  }
}
