#!/usr/bin/env python3
"""Makes tiny random models and what PyTorch's autograd says about training them.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch numpy gguf transformers
    /tmp/reference/bin/python Tests/TrainingTests/Fixtures/make_reference.py [--verify]

For each model it writes `tiny-<name>.gguf` (F32) and `tiny-<name>.json`: rows of tokens with the places that
carry loss, fixed A and B, the loss, the logits at those places, the gradient of every A and B, and the losses
of 50 AdamW steps. Everything is computed in F64 from the F32 weights, so that only our own rounding is
measured. Nothing here shares code with the project.

The models are computed as llama.cpp computes them. With `--verify` (which alone needs transformers) the logits
are compared with those of transformers' model of the architecture, adapters merged.
"""
import argparse
import contextlib
import dataclasses
import json
import math
import pathlib

import gguf
import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, HEADS, ALPHA, STEPS = 32, 4, 8.0, 50
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    architecture: str
    seed: int
    blocks: int = 2
    key_heads: int = 2
    head: int = WIDTH // HEADS
    feed: int = 64
    tied: bool = True
    rank: int = 4
    eps: float = 1e-5
    context: int = 128
    theta: float = 10000.0
    rotated: int = WIDTH // HEADS  # leading dimensions of a head
    factors: dict = dataclasses.field(default_factory=dict)  # tensor: what the angles are divided by
    original_context: int | None = None  # a longer context takes the long factors
    magnitude: float = 1.0  # of every rotated vector
    window: int | None = None
    pattern: int | None = None  # the last of so many blocks sees everything, the others the window
    local_theta: float | None = None  # in the blocks with a window
    linear: float = 1.0  # what the angles are divided by in the blocks without

    def is_local(self, block):
        return self.pattern is not None and (block + 1) % self.pattern != 0

    @property
    def modules(self):
        """In the order of the flat parameter vector: (in, out)."""
        query, key = self.head * HEADS, self.head * self.key_heads
        if self.architecture in ("phi3", "gpt2"):
            modules = {"attn_qkv": (WIDTH, query + 2 * key)}
        else:
            modules = {"attn_q": (WIDTH, query), "attn_k": (WIDTH, key), "attn_v": (WIDTH, key)}
        modules["attn_output"] = (query, WIDTH)
        if self.architecture not in ("phi3", "gpt2"):
            modules["ffn_gate"] = (WIDTH, self.feed)
        modules["ffn_up"] = (WIDTH, 2 * self.feed if self.architecture == "phi3" else self.feed)
        modules["ffn_down"] = (self.feed, WIDTH)
        return modules

    @property
    def biased(self):
        if self.architecture == "gpt2":
            return tuple(self.modules)
        return ("attn_q", "attn_k", "attn_v") if self.architecture == "qwen2" else ()

    @property
    def norms(self):
        """Of one block: length."""
        norms = {"attn_norm": WIDTH}
        if self.architecture in ("qwen3", "gemma3"):
            norms |= {"attn_q_norm": self.head, "attn_k_norm": self.head}
        if self.architecture == "gemma3":
            norms |= {"post_attention_norm": WIDTH, "ffn_norm": WIDTH, "post_ffw_norm": WIDTH}
        return norms | {"ffn_norm": WIDTH}


LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 512}


def llama3_factors(dimensions, theta):
    """As the converter of llama.cpp computes them: short waves stay, long ones are stretched."""
    low, high = LLAMA3["low_freq_factor"], LLAMA3["high_freq_factor"]
    factors = []
    for i in range(dimensions // 2):
        turns = LLAMA3["original_max_position_embeddings"] * theta ** (-2 * i / dimensions) / (2 * math.pi)
        smooth = min(max((turns - low) / (high - low), 0), 1)
        factors.append(1 / ((1 - smooth) / LLAMA3["factor"] + smooth))
    return factors


def longrope_magnitude(context, original):
    return math.sqrt(1 + math.log(context / original) / math.log(original))


MODELS = [
    Model("llama", "llama", 1),
    Model("qwen2", "qwen2", 2, tied=False),
    Model(
        "llama3", "llama", 9, tied=False, context=1024, theta=500000.0,
        factors={"rope_freqs": llama3_factors(WIDTH // HEADS, 500000.0)},
    ),
    Model("qwen3", "qwen3", 4, head=16, rotated=16, eps=1e-6, theta=1e6),
    Model(
        "gemma3", "gemma3", 5, blocks=7, key_heads=1, head=16, rotated=16, feed=32, rank=2, eps=1e-6, theta=1e6,
        linear=8.0, window=6, pattern=6, local_theta=10000.0,
    ),
    # llama.cpp reads no window of phi3; here a context within the original one takes the short factors.
    Model(
        "phi3", "phi3", 6, tied=False, context=4096, original_context=4096, window=6,
        factors={"rope_factors_long": [1.5, 3.0, 7.0, 20.0], "rope_factors_short": [1.0, 1.1, 1.25, 1.5]},
    ),
    Model(
        "phi3-long", "phi3", 7, rotated=6, original_context=4, magnitude=longrope_magnitude(128, 4),
        factors={"rope_factors_long": [1.25, 4.0, 16.0], "rope_factors_short": [1.0, 1.05, 1.3]},
    ),
    Model("gpt2", "gpt2", 8, key_heads=HEADS),
]


def byte_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes, in the order of the bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    stand_ins, extra = {}, 0
    for byte in range(256):
        if byte in plain:
            stand_ins[byte] = chr(byte)
        else:
            stand_ins[byte] = chr(256 + extra)
            extra += 1
    return [stand_ins[b] for b in range(256)]


TOKENS = byte_alphabet() + ["th", "the", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOKENS += [f"<|unused{i}|>" for i in range(264 - len(TOKENS))]


def random_weights(model, generator):
    def normal(*shape, scale):
        return torch.randn(*shape, generator=generator, dtype=torch.float32) * scale

    def add_norm(name, length):
        weights[f"{name}.weight"] = 1 + normal(length, scale=0.1)
        if model.architecture == "gpt2":
            weights[f"{name}.bias"] = normal(length, scale=0.1)

    weights = {"token_embd.weight": normal(len(TOKENS), WIDTH, scale=0.5)}
    if model.architecture == "gpt2":
        weights["position_embd.weight"] = normal(model.context, WIDTH, scale=0.3)
    for block in range(model.blocks):
        for module, (inputs, outputs) in model.modules.items():
            weights[f"blk.{block}.{module}.weight"] = normal(outputs, inputs, scale=inputs**-0.5)
            if module in model.biased:
                weights[f"blk.{block}.{module}.bias"] = normal(outputs, scale=0.3)
        for norm, length in model.norms.items():
            add_norm(f"blk.{block}.{norm}", length)
    add_norm("output_norm", WIDTH)
    if not model.tied:
        weights["output.weight"] = normal(len(TOKENS), WIDTH, scale=0.3)
    for name, factors in model.factors.items():
        weights[f"{name}.weight"] = torch.tensor(factors, dtype=torch.float32)
    return weights


def write_gguf(path, model, weights):
    """With the keys that llama.cpp's converter writes for the architecture."""
    architecture = model.architecture
    writer = gguf.GGUFWriter(str(path), architecture)
    # Where a name has "phi3" in it, libllama demands Phi-3's own special tokens of the vocabulary.
    writer.add_name(f"tiny {model.name.replace('phi3', 'phi 3')}")
    writer.add_context_length(model.context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(model.blocks)
    writer.add_feed_forward_length(model.feed)
    writer.add_head_count(HEADS)
    if architecture == "gpt2":
        writer.add_layer_norm_eps(model.eps)
    else:
        writer.add_head_count_kv(model.key_heads)
        writer.add_layer_norm_rms_eps(model.eps)
        writer.add_rope_freq_base(model.theta)
    if architecture in ("llama", "qwen2", "phi3"):
        writer.add_rope_dimension_count(model.rotated)
    if architecture in ("llama", "qwen2"):
        writer.add_vocab_size(len(TOKENS))
    if architecture in ("qwen3", "gemma3"):
        writer.add_key_length(model.head)
        writer.add_value_length(model.head)
    if architecture == "gemma3":  # of the pattern the converter says nothing: 6 is llama.cpp's own
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(model.linear)
        writer.add_rope_freq_base_swa(model.local_theta)
        writer.add_sliding_window(model.window)
    if architecture == "phi3":
        writer.add_rope_scaling_orig_ctx_len(model.original_context)
        writer.add_rope_scaling_attn_factors(model.magnitude)
        writer.add_sliding_window(model.window or 0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3 if t.startswith("<|") else 1 for t in TOKENS])
    writer.add_token_merges(["t h", "th e"])
    writer.add_bos_token_id(TOKENS.index("<|endoftext|>"))
    writer.add_eos_token_id(TOKENS.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for name, value in weights.items():
        writer.add_tensor(name, value.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def rotate(x, model, weights, block):
    """x: [tokens, heads, head]"""
    half = model.rotated // 2
    local = model.is_local(block)
    theta = model.local_theta if local else model.theta
    frequencies = theta ** (-torch.arange(half, dtype=x.dtype) / half)
    if not local:
        frequencies = frequencies / model.linear
    if "rope_freqs" in model.factors:
        frequencies = frequencies / weights["rope_freqs.weight"]
    elif model.factors:
        length = "long" if model.context > model.original_context else "short"
        frequencies = frequencies / weights[f"rope_factors_{length}.weight"]
    angles = torch.outer(torch.arange(x.shape[0], dtype=x.dtype), frequencies)
    magnitude = float(np.float32(model.magnitude))  # as the file has it
    cos, sin = angles.cos()[:, None] * magnitude, angles.sin()[:, None] * magnitude
    x, rest = x[..., :model.rotated], x[..., model.rotated:]
    if model.architecture == "llama":  # neighbouring pairs
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.cat((torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2), rest), -1)
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, a * sin + b * cos, rest), -1)


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def mask_of(model, block, length, dtype):
    """Added to the scores: [query, key]"""
    mask = torch.full((length, length), -math.inf, dtype=dtype)
    if model.is_local(block):  # the token itself counts
        return mask.triu(1) + mask.tril(-model.window)
    return mask.triu(1)


def logits(tokens, model, weights, adapters):
    def linear(x, block, module):
        name = f"blk.{block}.{module}"
        y = x @ weights[f"{name}.weight"].T
        if f"{name}.bias" in weights:
            y = y + weights[f"{name}.bias"]
        a, b = adapters[block, module]
        return y + (ALPHA / model.rank) * (x @ a.T) @ b.T

    def norm(x, name):
        gain = weights[f"{name}.weight"]
        if f"{name}.bias" in weights:
            x = x - x.mean(-1, keepdim=True)
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + model.eps) * gain + weights[f"{name}.bias"]
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + model.eps) * gain

    def attention(h, block):
        q_length, k_length = model.head * HEADS, model.head * model.key_heads
        if "attn_qkv" in model.modules:
            q, k, v = linear(h, block, "attn_qkv").split([q_length, k_length, k_length], -1)
        else:
            q, k, v = (linear(h, block, module) for module in ("attn_q", "attn_k", "attn_v"))
        q, k, v = q.view(n, HEADS, -1), k.view(n, model.key_heads, -1), v.view(n, model.key_heads, -1)
        if "attn_q_norm" in model.norms:
            q, k = norm(q, f"blk.{block}.attn_q_norm"), norm(k, f"blk.{block}.attn_k_norm")
        if model.architecture != "gpt2":
            q, k = rotate(q, model, weights, block), rotate(k, model, weights, block)
        k, v = (t.repeat_interleave(HEADS // model.key_heads, dim=1) for t in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(model.head) + mask_of(model, block, n, h.dtype)
        mixed = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(n, -1)
        return linear(mixed, block, "attn_output")

    def feed_forward(h, block):
        up = linear(h, block, "ffn_up")
        if model.architecture == "gpt2":
            h = gelu(up)
        elif model.architecture == "phi3":
            gate, up = up.chunk(2, -1)
            h = F.silu(gate) * up
        else:
            gate = linear(h, block, "ffn_gate")
            h = (gelu(gate) if model.architecture == "gemma3" else F.silu(gate)) * up
        return linear(h, block, "ffn_down")

    n = len(tokens)
    x = weights["token_embd.weight"][torch.tensor(tokens)]
    if model.architecture == "gemma3":
        x = x * math.sqrt(WIDTH)
    if model.architecture == "gpt2":
        x = x + weights["position_embd.weight"][:n]
    for block in range(model.blocks):
        h = attention(norm(x, f"blk.{block}.attn_norm"), block)
        if "post_attention_norm" in model.norms:
            h = norm(h, f"blk.{block}.post_attention_norm")
        x = x + h
        h = feed_forward(norm(x, f"blk.{block}.ffn_norm"), block)
        if "post_ffw_norm" in model.norms:
            h = norm(h, f"blk.{block}.post_ffw_norm")
        x = x + h
    x = norm(x, "output_norm")
    return x @ weights.get("output.weight", weights["token_embd.weight"]).T


def loss_of(rows, model, weights, adapters):
    total, count, kept = 0, 0, []
    for row in rows:
        out = logits(row["tokens"][:-1], model, weights, adapters)
        for place, answer in enumerate(row["answer"][1:]):
            if answer:
                total = total - out[place].log_softmax(-1)[row["tokens"][place + 1]]
                kept.append(out[place])
                count += 1
    return total / count, torch.stack(kept)


def rounded(number, digits):
    return float(f"{number:.{digits}g}")


def flat(tensors):
    return [rounded(v, 8) for t in tensors for v in t.detach().flatten().tolist()]


def make(model):
    generator = torch.Generator().manual_seed(model.seed)
    weights = random_weights(model, generator)
    write_gguf(HERE / f"tiny-{model.name}.gguf", model, weights)
    weights = {name: value.double() for name, value in weights.items()}
    rows = []
    for length in (7, 12, 5, 16):
        tokens = torch.randint(0, 256, (length,), generator=generator).tolist()
        rows.append({"tokens": tokens, "answer": [i >= length // 2 for i in range(length)]})
    adapters = {}
    for block in range(model.blocks):
        for module, (inputs, outputs) in model.modules.items():
            a = torch.randn(model.rank, inputs, generator=generator, dtype=torch.float32) * inputs**-0.5
            b = torch.randn(outputs, model.rank, generator=generator, dtype=torch.float32) * 0.1
            # Through the printed form, so that both sides begin with the same numbers.
            adapters[block, module] = [
                torch.tensor([float(np.float32(f"{v:.8g}")) for v in t.flatten().tolist()], dtype=torch.float64)
                .view(t.shape).requires_grad_()
                for t in (a, b)
            ]
    parameters = [p for pair in adapters.values() for p in pair]
    start = {key: [p.detach().clone() for p in pair] for key, pair in adapters.items()}
    loss, kept = loss_of(rows, model, weights, adapters)
    loss.backward()
    reference = {
        "rank": model.rank,
        "alpha": ALPHA,
        "rows": rows,
        "parameters": flat(parameters),
        "loss": rounded(loss.item(), 12),
        "gradient": flat(p.grad for p in parameters),
        "logits": flat([kept[:3]]),
    }
    settings = {"learning_rate": 5e-3, "weight_decay": 0.01, "clip": 1.0}
    optimiser = torch.optim.AdamW(
        parameters, lr=settings["learning_rate"], weight_decay=settings["weight_decay"], betas=(0.9, 0.999), eps=1e-8
    )
    losses = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss, _ = loss_of(rows, model, weights, adapters)
        loss.backward()
        losses.append(rounded(loss.item(), 12))  # further digits depend on the machine
        torch.nn.utils.clip_grad_norm_(parameters, settings["clip"])
        optimiser.step()
    reference["optimiser"] = settings | {"losses": losses}
    (HERE / f"tiny-{model.name}.json").write_text(json.dumps(reference) + "\n")
    print(model.name, "loss", reference["loss"], "->", losses[-1])
    return rows, weights, start


@contextlib.contextmanager
def f64_everywhere():
    """Makes those computations F64 that transformers does in F32 whatever the weights are."""
    kept = torch.float, torch.float32, torch.Tensor.float
    torch.float = torch.float32 = torch.float64
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.float, torch.float32, torch.Tensor.float = kept
        torch.set_default_dtype(torch.float32)


def transformers_model(model, weights):
    import transformers

    sizes = {
        "vocab_size": len(TOKENS), "hidden_size": WIDTH, "intermediate_size": model.feed,
        "num_hidden_layers": model.blocks, "num_attention_heads": HEADS, "num_key_value_heads": model.key_heads,
        "max_position_embeddings": model.context, "rms_norm_eps": model.eps, "tie_word_embeddings": model.tied,
        "rope_parameters": {"rope_type": "default", "rope_theta": model.theta},
        "pad_token_id": None, "bos_token_id": None, "eos_token_id": None, "attn_implementation": "eager",
    }
    if model.architecture == "llama":
        if model.factors:
            sizes["rope_parameters"] |= {"rope_type": "llama3"} | LLAMA3
        found = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
    elif model.architecture == "qwen2":
        found = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**sizes))
    elif model.architecture == "qwen3":
        found = transformers.Qwen3ForCausalLM(transformers.Qwen3Config(**sizes, head_dim=model.head))
    elif model.architecture == "gemma3":
        sizes["rope_parameters"] = {
            "full_attention": {"rope_type": "linear", "factor": model.linear, "rope_theta": model.theta},
            "sliding_attention": {"rope_type": "default", "rope_theta": model.local_theta},
        }
        kinds = ["sliding_attention" if model.is_local(block) else "full_attention" for block in range(model.blocks)]
        config = transformers.Gemma3TextConfig(
            **sizes, head_dim=model.head, query_pre_attn_scalar=model.head, sliding_window=model.window,
            layer_types=kinds,
        )
        found = transformers.Gemma3ForCausalLM(config)
    elif model.architecture == "phi3":
        sizes["rope_parameters"] |= {
            "rope_type": "longrope", "original_max_position_embeddings": model.original_context,
            "partial_rotary_factor": model.rotated / model.head, "attention_factor": float(np.float32(model.magnitude)),
            "long_factor": weights["rope_factors_long.weight"].tolist(),
            "short_factor": weights["rope_factors_short.weight"].tolist(),
        }
        config = transformers.Phi3Config(
            **sizes, original_max_position_embeddings=model.original_context, sliding_window=None
        )
        found = transformers.Phi3ForCausalLM(config)
    else:
        config = transformers.GPT2Config(
            vocab_size=len(TOKENS), n_positions=model.context, n_embd=WIDTH, n_layer=model.blocks, n_head=HEADS,
            n_inner=model.feed, layer_norm_epsilon=model.eps, bos_token_id=None, eos_token_id=None,
            attn_implementation="eager",
        )
        found = transformers.GPT2LMHeadModel(config)
    found.load_state_dict(transformers_weights(model, weights))
    return found.eval()


def transformers_weights(model, weights):
    names = {
        "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_qkv": "self_attn.qkv_proj",
        "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    }
    if model.architecture == "gemma3":
        names |= {
            "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
            "post_ffw_norm": "post_feedforward_layernorm",
        }
    if model.architecture == "phi3":
        names["ffn_up"] = "mlp.gate_up_proj"
    if model.architecture == "gpt2":
        names |= {
            "token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
            "attn_norm": "ln_1", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_norm": "ln_2",
            "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj",
        }
    found = {"lm_head.weight": weights["token_embd.weight"]}
    for name, value in weights.items():
        if name.startswith("rope_"):
            continue
        *block, module, kind = name.split(".")
        if model.architecture == "llama" and module in ("attn_q", "attn_k"):  # halves instead of neighbours
            value = value.view(-1, model.head // 2, 2, WIDTH).transpose(1, 2).reshape(-1, WIDTH)
        if model.architecture == "gemma3" and "norm" in module:
            value = value - 1
        if model.architecture == "gpt2" and module in model.modules and kind == "weight":
            value = value.T
        layer = f"{'transformer.h' if model.architecture == 'gpt2' else 'model.layers'}.{block[1]}." if block else ""
        found[f"{layer}{names[module]}.{kind}"] = value
    return found


def verify(model, rows, weights, adapters):
    merged = dict(weights)
    for (block, module), (a, b) in adapters.items():
        merged[f"blk.{block}.{module}.weight"] = merged[f"blk.{block}.{module}.weight"] + ALPHA / model.rank * b @ a
    with f64_everywhere(), torch.no_grad():
        theirs = transformers_model(model, merged)
        difference = 0
        for row in rows:
            ours = logits(row["tokens"], model, weights, adapters)
            found = theirs(torch.tensor([row["tokens"]])).logits[0]
            assert found.dtype == ours.dtype == torch.float64
            difference = max(difference, (ours - found).abs().max().item())
    print(model.name, f"differs from transformers by {difference:.1e} in logits up to {ours.abs().max().item():.1f}")
    assert difference < 1e-6, model.name


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--verify", action="store_true", help="compare with transformers' models")
    options = parser.parse_args()
    for model in MODELS:
        made = make(model)
        if options.verify:
            verify(model, *made)
