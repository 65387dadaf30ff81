#!/usr/bin/env python3
"""What PEFT and Hugging Face's models say about adapters that go in and out of this project.

    peft.py available            exits with 0 where torch, transformers, peft and gguf are there
    peft.py prepare FOLDER       tiny models in GGUF, adapters that PEFT wrote, and the logits of both
    peft.py check FOLDER         the logits with the adapters that this project exported
    peft.py fixture              makes Tests/ModelRuntimeTests/Fixtures/peft anew

`make conformance` runs the tests that call it. For each architecture, `prepare` makes FOLDER/NAME with
`base.gguf`, `hf/` (the same weights for transformers), `adapter-KIND/` (written by PEFT) and
`expected.json`. The tests write `exported/` beside them; `check` answers with `exported.json`.
Names and orders of weights are written down here once more, independently of the project.
"""
import json
import pathlib
import shutil
import sys

sys.path.pop(0)  # or this file would be taken for the package of its name

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TINY = REPOSITORY / "Tests/TrainingTests/Fixtures"
TOKENS = [7, 104, 33, 250, 91, 3, 66, 180]
VOCABULARY, WIDTH, FEED, BLOCKS, HEADS, KEY_HEADS, HEAD, CONTEXT = 264, 32, 64, 2, 4, 2, 8, 128


def byte_tokens():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    extra, tokens = 0, []
    for byte in range(256):
        if byte in plain:
            tokens.append(chr(byte))
        else:
            tokens.append(chr(256 + extra))
            extra += 1
    return tokens + [f"<|special{i}|>" for i in range(VOCABULARY - 256)]


def model_of(name):
    """A tiny model with random weights, in F32."""
    import torch
    import transformers as t

    common = dict(
        vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=FEED, num_hidden_layers=BLOCKS,
        num_attention_heads=HEADS, num_key_value_heads=KEY_HEADS, max_position_embeddings=CONTEXT,
        rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation="eager",
    )
    torch.manual_seed(sum(map(ord, name)))
    if name == "llama":
        model = t.LlamaForCausalLM(t.LlamaConfig(**common, tie_word_embeddings=True))
    elif name == "qwen2":
        model = t.Qwen2ForCausalLM(t.Qwen2Config(**common, tie_word_embeddings=False))
    elif name == "qwen3":
        model = t.Qwen3ForCausalLM(t.Qwen3Config(**common, head_dim=HEAD, tie_word_embeddings=False))
    elif name == "gemma3":
        model = t.Gemma3ForCausalLM(
            t.Gemma3TextConfig(**common, head_dim=HEAD, sliding_window=64, query_pre_attn_scalar=HEAD,
                               layer_types=["full_attention"] * BLOCKS))
    elif name == "phi3":
        model = t.Phi3ForCausalLM(t.Phi3Config(**common, sliding_window=None, tie_word_embeddings=False))
    elif name == "gpt2":
        model = t.GPT2LMHeadModel(
            t.GPT2Config(vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=WIDTH, n_layer=BLOCKS,
                         n_head=HEADS, bos_token_id=1, eos_token_id=2, attn_implementation="eager"))
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if value.ndim > 1:
                value.copy_(torch.randn_like(value) * (0.5 if "embed" in key or "wte" in key else value.shape[-1] ** -0.5))
            elif "norm" in key or ".ln_" in key:
                shift = 0 if name == "gemma3" or key.endswith("bias") else 1
                value.copy_(torch.randn_like(value) * 0.1 + shift)
            else:
                value.copy_(torch.randn_like(value) * 0.1)
    return model.float().eval()


LAYER = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "self_attn.qkv_proj": "attn_qkv", "mlp.gate_up_proj": "ffn_up",
    "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
    "ln_1": "attn_norm", "ln_2": "ffn_norm",
}
GEMMA = {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
         "post_feedforward_layernorm": "post_ffw_norm"}
TOP = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
       "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm"}


def gguf_name(name, key):
    module, kind = key.rsplit(".", 1)
    if module in TOP:
        return f"{TOP[module]}.{kind}"
    parts = module.split(".")
    below = ".".join(parts[3:])
    table = LAYER | (GEMMA if name == "gemma3" else {})
    return f"blk.{parts[2]}.{table[below]}.{kind}"


def heads_of(name, key):
    """How many heads' rotary pairs lie side by side in GGUF."""
    if name == "llama" and key.endswith(("q_proj.weight", "k_proj.weight")):
        return HEADS if "q_proj" in key else KEY_HEADS
    return 0


def to_gguf(name, key, value):
    import numpy as np

    value = value.float().numpy()
    heads = heads_of(name, key)
    if heads:
        value = value.reshape(heads, 2, HEAD // 2, -1).swapaxes(1, 2).reshape(value.shape)
    if name == "gemma3" and "norm" in key:
        value = value + 1
    if name == "gpt2" and ".c_" in key and key.endswith("weight"):
        value = value.T
    return np.ascontiguousarray(value, dtype=np.float32)


def load_gguf(name, path, model):
    """Copies the weights of a GGUF file into the model."""
    import gguf
    import torch

    tensors = {t.name: torch.tensor(t.data) for t in gguf.GGUFReader(str(path)).tensors}
    with torch.no_grad():
        for key, value in model.state_dict().items():
            found = tensors.get(gguf_name(name, key))
            if found is None and key == "lm_head.weight":
                found = tensors["token_embd.weight"]
            heads = heads_of(name, key)
            if heads:
                found = found.reshape(heads, HEAD // 2, 2, -1).swapaxes(1, 2).reshape(found.shape)
            value.copy_(found.reshape(value.shape))


def write_gguf(name, model, path):
    import gguf

    writer = gguf.GGUFWriter(str(path), name)
    writer.add_name("tiny model")  # libllama looks for special tokens where a name says phi3
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(FEED if name != "gpt2" else 4 * WIDTH)
    writer.add_head_count(HEADS)
    if name == "gpt2":
        writer.add_layer_norm_eps(model.config.layer_norm_epsilon)
    else:
        writer.add_head_count_kv(KEY_HEADS)
        writer.add_layer_norm_rms_eps(1e-5)
        rope = getattr(model.config, "rope_parameters", None) or {}
        rope = rope.get("full_attention", rope)
        writer.add_rope_freq_base(float(rope.get("rope_theta", 10000.0)))
        writer.add_rope_dimension_count(HEAD)
    if name in ("qwen3", "gemma3"):
        writer.add_key_length(HEAD)
        writer.add_value_length(HEAD)
    if name == "phi3":
        writer.add_rope_scaling_orig_ctx_len(CONTEXT)
        writer.add_sliding_window(0)
    tokens = byte_tokens()
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if t.startswith("<|") else 1 for t in tokens])
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(256)
    writer.add_eos_token_id(257)
    writer.add_add_bos_token(False)
    written = set()
    for key, value in model.state_dict().items():
        if key.endswith((".attn.bias", ".attn.masked_bias")):
            continue
        if key == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        written.add(gguf_name(name, key))
        writer.add_tensor(gguf_name(name, key), to_gguf(name, key, value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def logits(model):
    import torch

    with torch.no_grad():
        out = model(torch.tensor([TOKENS])).logits[0]
    return [float(f"{v:.8g}") for v in out.flatten().tolist()]


def modules(name):
    return {"phi3": ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"],
            "gpt2": ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]}.get(
        name, ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])


def kinds(name):
    """Ways to configure LoRA, each with what LoraConfig is given."""
    from_name = modules(name)
    plain = dict(r=4, lora_alpha=8, target_modules=from_name)
    ways = {"plain": plain, "rslora": plain | dict(use_rslora=True)}
    if name not in ("phi3", "gpt2"):
        ways["patterns"] = plain | dict(
            rank_pattern={"q_proj": 2, "layers.1.mlp.down_proj": 3},
            alpha_pattern={"v_proj": 16, "layers.0.self_attn.o_proj": 3})
        ways["some"] = dict(r=3, lora_alpha=5, target_modules=["k_proj", "up_proj"], layers_to_transform=[1])
    if not name in ("llama", "gemma3", "gpt2"):
        ways["head"] = dict(r=2, lora_alpha=4, target_modules=["lm_head", from_name[0]])
    return ways


def adapted(name, kind, settings, hf, seed):
    """The base with a random adapter of this kind."""
    import torch
    import peft

    model = hf()
    config = peft.LoraConfig(task_type="CAUSAL_LM", fan_in_fan_out=name == "gpt2", bias="none", **settings)
    model = peft.get_peft_model(model, config)
    torch.manual_seed(seed)
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lora_B" in key:
                value.copy_(torch.randn_like(value) * 0.2)
            elif "lora_A" in key:
                value.copy_(torch.randn_like(value) * value.shape[1] ** -0.5)
    return model.eval()


def names():
    return ["llama", "qwen2", "qwen3", "gemma3", "phi3", "gpt2"]


def prepare(folder):
    for name in names():
        place = folder / name
        place.mkdir(parents=True)
        model = model_of(name)
        if name in ("llama", "qwen2"):  # the very models of the other tests
            load_gguf(name, TINY / f"tiny-{name}.gguf", model)
            shutil.copyfile(TINY / f"tiny-{name}.gguf", place / "base.gguf")
        else:
            write_gguf(name, model, place / "base.gguf")
        model.save_pretrained(place / "hf")
        expected = {"tokens": TOKENS, "base": logits(model), "adapters": {}}
        state = {k: v.clone() for k, v in model.state_dict().items()}

        def hf():
            fresh = model_of(name)
            fresh.load_state_dict(state)
            return fresh

        for number, (kind, settings) in enumerate(kinds(name).items()):
            tuned = adapted(name, kind, settings, hf, number)
            tuned.save_pretrained(place / f"adapter-{kind}")
            expected["adapters"][kind] = logits(tuned)
        (place / "expected.json").write_text(json.dumps(expected))


def check(folder):
    import peft
    import warnings

    import transformers as t

    for name in names():
        place = folder / name
        answers = {}
        for exported in sorted(place.glob("exported/*")):
            model = t.AutoModelForCausalLM.from_pretrained(place / "hf", attn_implementation="eager").float()
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # of keys that are missing or too many
                tuned = peft.PeftModel.from_pretrained(model, exported).eval()
            answers[exported.name] = logits(tuned)
        (place / "exported.json").write_text(json.dumps(answers))


def fixture():
    place = REPOSITORY / "Tests/ModelRuntimeTests/Fixtures/peft"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    expected = {"tokens": TOKENS, "adapters": {}}
    for name in ("llama", "qwen2"):
        def hf(name=name):
            model = model_of(name)
            load_gguf(name, TINY / f"tiny-{name}.gguf", model)
            return model

        settings = dict(r=2, lora_alpha=3, use_rslora=True, target_modules=modules(name),
                        rank_pattern={"v_proj": 1}, alpha_pattern={"layers.1.self_attn.q_proj": 5})
        tuned = adapted(name, "fixture", settings, hf, 5)
        tuned.save_pretrained(place / name)
        (place / name / "README.md").unlink(missing_ok=True)
        expected["adapters"][name] = logits(tuned)[-VOCABULARY:]
    (place / "expected.json").write_text(json.dumps(expected) + "\n")


def main(arguments):
    if arguments == ["available"]:
        import gguf, peft, torch, transformers  # noqa: F401, E401
    elif len(arguments) == 2 and arguments[0] in ("prepare", "check"):
        {"prepare": prepare, "check": check}[arguments[0]](pathlib.Path(arguments[1]))
    elif arguments == ["fixture"]:
        fixture()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
