#!/usr/bin/env python3
"""Makes tiny random models and what PyTorch's autograd says about training them.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch numpy gguf
    /tmp/reference/bin/python Tests/TrainingTests/Fixtures/make_reference.py

For each architecture it writes `tiny-<name>.gguf` (F32) and `tiny-<name>.json`: rows of tokens with the
places that carry loss, fixed A and B, the loss, the logits at those places, the gradient of every A and B,
and the losses of 20 AdamW steps. Everything is computed in F64 from the F32 weights, so that only our own
rounding is measured. Nothing here shares code with the project.
"""
import json
import math
import pathlib

import gguf
import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, BLOCKS, HEADS, KEY_HEADS, FEED, CONTEXT = 32, 2, 4, 2, 64, 128
HEAD = WIDTH // HEADS
RANK, ALPHA, EPS, THETA = 4, 8.0, 1e-5, 10000.0
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
MODULES = {  # in the order of the flat parameter vector: (in, out)
    "attn_q": (WIDTH, HEAD * HEADS),
    "attn_k": (WIDTH, HEAD * KEY_HEADS),
    "attn_v": (WIDTH, HEAD * KEY_HEADS),
    "attn_output": (HEAD * HEADS, WIDTH),
    "ffn_gate": (WIDTH, FEED),
    "ffn_up": (WIDTH, FEED),
    "ffn_down": (FEED, WIDTH),
}


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


def random_weights(architecture, generator):
    def normal(*shape, scale):
        return torch.randn(*shape, generator=generator, dtype=torch.float32) * scale

    weights = {"token_embd.weight": normal(len(TOKENS), WIDTH, scale=0.5)}
    for block in range(BLOCKS):
        for module, (inputs, outputs) in MODULES.items():
            weights[f"blk.{block}.{module}.weight"] = normal(outputs, inputs, scale=inputs**-0.5)
            if architecture == "qwen2" and module in ("attn_q", "attn_k", "attn_v"):
                weights[f"blk.{block}.{module}.bias"] = normal(outputs, scale=0.3)
        for norm in ("attn_norm", "ffn_norm"):
            weights[f"blk.{block}.{norm}.weight"] = 1 + normal(WIDTH, scale=0.1)
    weights["output_norm.weight"] = 1 + normal(WIDTH, scale=0.1)
    if architecture == "qwen2":  # the llama model is tied
        weights["output.weight"] = normal(len(TOKENS), WIDTH, scale=0.3)
    return weights


def write_gguf(path, architecture, weights):
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_name(f"tiny {architecture}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(EPS)
    writer.add_rope_freq_base(THETA)
    writer.add_rope_dimension_count(HEAD)
    writer.add_vocab_size(len(TOKENS))
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


def rotate(x, architecture):
    """x: [tokens, heads, HEAD]"""
    half = HEAD // 2
    angles = torch.outer(torch.arange(x.shape[0], dtype=x.dtype), THETA ** (-torch.arange(half, dtype=x.dtype) / half))
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    if architecture == "llama":  # neighbouring pairs
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


def rms_norm(x, gain):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPS) * gain


def logits(tokens, weights, adapters, architecture):
    def linear(x, block, module):
        name = f"blk.{block}.{module}"
        y = x @ weights[f"{name}.weight"].T
        if f"{name}.bias" in weights:
            y = y + weights[f"{name}.bias"]
        a, b = adapters[block, module]
        return y + (ALPHA / RANK) * (x @ a.T) @ b.T

    x = weights["token_embd.weight"][torch.tensor(tokens)]
    n = len(tokens)
    mask = torch.full((n, n), -math.inf, dtype=x.dtype).triu(1)
    for block in range(BLOCKS):
        h = rms_norm(x, weights[f"blk.{block}.attn_norm.weight"])
        q = rotate(linear(h, block, "attn_q").view(n, HEADS, HEAD), architecture)
        k = rotate(linear(h, block, "attn_k").view(n, KEY_HEADS, HEAD), architecture)
        v = linear(h, block, "attn_v").view(n, KEY_HEADS, HEAD)
        k, v = (t.repeat_interleave(HEADS // KEY_HEADS, dim=1) for t in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(HEAD) + mask
        mixed = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(n, -1)
        x = x + linear(mixed, block, "attn_output")
        h = rms_norm(x, weights[f"blk.{block}.ffn_norm.weight"])
        x = x + linear(F.silu(linear(h, block, "ffn_gate")) * linear(h, block, "ffn_up"), block, "ffn_down")
    x = rms_norm(x, weights["output_norm.weight"])
    return x @ weights.get("output.weight", weights["token_embd.weight"]).T


def loss_of(rows, weights, adapters, architecture):
    total, count, kept = 0, 0, []
    for row in rows:
        out = logits(row["tokens"][:-1], weights, adapters, architecture)
        for place, answer in enumerate(row["answer"][1:]):
            if answer:
                total = total - out[place].log_softmax(-1)[row["tokens"][place + 1]]
                kept.append(out[place])
                count += 1
    return total / count, torch.stack(kept)


def flat(tensors):
    return [float(f"{v:.8g}") for t in tensors for v in t.detach().flatten().tolist()]


def make(architecture, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = random_weights(architecture, generator)
    write_gguf(HERE / f"tiny-{architecture}.gguf", architecture, weights)
    weights = {name: value.double() for name, value in weights.items()}
    rows = []
    for length in (7, 12, 5, 16):
        tokens = torch.randint(0, 256, (length,), generator=generator).tolist()
        rows.append({"tokens": tokens, "answer": [i >= length // 2 for i in range(length)]})
    adapters = {}
    for block in range(BLOCKS):
        for module, (inputs, outputs) in MODULES.items():
            a = torch.randn(RANK, inputs, generator=generator, dtype=torch.float32) * inputs**-0.5
            b = torch.randn(outputs, RANK, generator=generator, dtype=torch.float32) * 0.1
            # Through the printed form, so that both sides begin with the same numbers.
            adapters[block, module] = [
                torch.tensor([float(np.float32(f"{v:.8g}")) for v in t.flatten().tolist()], dtype=torch.float64)
                .view(t.shape).requires_grad_()
                for t in (a, b)
            ]
    parameters = [p for pair in adapters.values() for p in pair]
    loss, kept = loss_of(rows, weights, adapters, architecture)
    loss.backward()
    reference = {
        "rank": RANK,
        "alpha": ALPHA,
        "rows": rows,
        "parameters": flat(parameters),
        "loss": loss.item(),
        "gradient": flat(p.grad for p in parameters),
        "logits": flat([kept[:3]]),
    }
    settings = {"learning_rate": 5e-3, "weight_decay": 0.01, "clip": 1.0}
    optimiser = torch.optim.AdamW(
        parameters, lr=settings["learning_rate"], weight_decay=settings["weight_decay"], betas=(0.9, 0.999), eps=1e-8
    )
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss, _ = loss_of(rows, weights, adapters, architecture)
        loss.backward()
        losses.append(loss.item())
        torch.nn.utils.clip_grad_norm_(parameters, settings["clip"])
        optimiser.step()
    reference["optimiser"] = settings | {"losses": losses}
    (HERE / f"tiny-{architecture}.json").write_text(json.dumps(reference) + "\n")
    print(architecture, "loss", reference["loss"], "->", losses[-1])


make("llama", 1)
make("qwen2", 2)
