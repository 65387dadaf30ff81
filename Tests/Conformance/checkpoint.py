#!/usr/bin/env python3
"""Makes a folder for transformers of a GGUF file: the same weights, the same tokens.

    checkpoint.py MODEL.gguf FOLDER [float32|bfloat16|float16]

For models of the architectures `llama` and `qwen2` with the tokeniser `gpt2`/`qwen2` whose weights are plain
numbers. It writes `config.json`, `model.safetensors`, `tokenizer.json` and `tokenizer_config.json`. Names and
orders of weights are written down here once more, independently of the project. The tokeniser does not
normalise: `qwen2` of transformers would bring texts into NFC first, which GGUF has no word for.
"""
import json
import pathlib
import sys

sys.path.pop(0)  # or files here would be taken for the packages of their names

# What llama.cpp calls "qwen2": one digit a token, letters with at most one sign before them.
SPLIT = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LAYER = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
}
OUTER = {
    "token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
CONTROL = 3


def field(reader, key, default=None):
    entry = reader.fields.get(key)
    return default if entry is None else entry.contents()


def configuration(reader, kind):
    def of(key, default=None):
        return field(reader, f"{kind}.{key}", default)

    heads, width = of("attention.head_count"), of("embedding_length")
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    return {
        "architectures": [{"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}[kind]], "model_type": kind,
        "hidden_size": width, "intermediate_size": of("feed_forward_length"),
        "num_hidden_layers": of("block_count"), "num_attention_heads": heads,
        "num_key_value_heads": of("attention.head_count_kv", heads), "head_dim": width // heads,
        "vocab_size": len(field(reader, "tokenizer.ggml.tokens")), "max_position_embeddings": of("context_length"),
        "rms_norm_eps": of("attention.layer_norm_rms_epsilon"), "rope_theta": of("rope.freq_base", 10000.0),
        "rope_parameters": {"rope_type": "default", "rope_theta": of("rope.freq_base", 10000.0)},
        "hidden_act": "silu", "tie_word_embeddings": tied, "bos_token_id": beginning(reader),
        "eos_token_id": field(reader, "tokenizer.ggml.eos_token_id"),
    }


def beginning(reader):
    return field(reader, "tokenizer.ggml.bos_token_id")


def weights(reader, kind, config, dtype):
    import torch

    head = config["head_dim"]
    counts = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    found = {}
    for tensor in reader.tensors:
        shape = [int(n) for n in reversed(tensor.shape)]
        types = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
        if tensor.tensor_type.name not in types:
            sys.exit(f"{tensor.name} is {tensor.tensor_type.name}; F32, F16 or BF16 is expected")
        data = torch.frombuffer(bytearray(tensor.data.tobytes()), dtype=types[tensor.tensor_type.name]).reshape(shape)
        parts = tensor.name.split(".")
        if parts[0] == "blk":
            name = f"model.layers.{parts[1]}.{LAYER[parts[2]]}.{parts[3]}"
            if kind == "llama" and parts[2] in counts:  # there, rotary pairs lie side by side
                heads = counts[parts[2]]
                data = data.reshape(heads, head // 2, 2, -1).swapaxes(1, 2).reshape(shape)
        else:
            name = OUTER[tensor.name]
        found[name] = data.to(dtype).contiguous()
    return found


def tokeniser(reader, begins):
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors

    form = field(reader, "tokenizer.ggml.model"), field(reader, "tokenizer.ggml.pre")
    if form != ("gpt2", "qwen2"):
        sys.exit(f"the tokeniser is {form}; gpt2 with qwen2 is expected")
    tokens, types = field(reader, "tokenizer.ggml.tokens"), field(reader, "tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    if begins:
        first = tokens[beginning(reader)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{first} $A", special_tokens=[(first, beginning(reader))])
    return tokenizer


def write(path, folder, dtype="float32"):
    import gguf
    import torch
    from safetensors.torch import save_file

    reader = gguf.GGUFReader(str(path))
    kind = field(reader, "general.architecture")
    config = configuration(reader, kind) | {"torch_dtype": dtype}
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights(reader, kind, config, getattr(torch, dtype)), folder / "model.safetensors", {"format": "pt"})
    tokeniser(reader, field(reader, "tokenizer.ggml.add_bos_token", False)).save(str(folder / "tokenizer.json"))
    tokens = field(reader, "tokenizer.ggml.tokens")
    special = {"eos_token": tokens[config["eos_token_id"]]}
    if config["bos_token_id"] is not None:
        special["bos_token"] = tokens[config["bos_token_id"]]
    (folder / "tokenizer_config.json").write_text(json.dumps(
        special | {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False}))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    write(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), *sys.argv[3:])
