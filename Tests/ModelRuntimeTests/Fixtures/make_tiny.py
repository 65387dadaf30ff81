"""Makes tiny.gguf, tiny-lora.gguf and tiny.json: a random Llama and what PyTorch computes with it.

    python3 -m venv venv && venv/bin/pip install torch numpy gguf tokenizers
    venv/bin/python make_tiny.py

Nothing here uses llama.cpp: the forward pass is written out below, and the token ids come from
Hugging Face's tokenizers, so that the numbers in tiny.json are independent of what they test.
"""

import json
import math
from pathlib import Path

import gguf
import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

HERE = Path(__file__).parent
WIDTH, LAYERS, HEADS, GROUPS, FEED, CONTEXT = 40, 2, 4, 2, 80, 256
HEAD = WIDTH // HEADS
EPSILON, BASE = 1e-5, 10_000.0
RANK, ALPHA = 4, 8.0
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content']"
    " + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CORPUS = ["the sum of three and four is seven", "문제를 풀어 보세요", "사과가 3개 있습니다", "수와 연산, 도형과 측정"]
PROMPTS = ["the sum", "사과가 3개 있고", "1 + 2 = ", "<|im_start|>user\n수학<|im_end|>\n"]


def byte_alphabet():
    """GPT-2's printable character for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 0
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


def make_tokenizer():
    """Byte-level BPE with 36 merges learnt from CORPUS, most frequent pair first."""
    alphabet = byte_alphabet()
    words = []
    splitter = pre_tokenizers.ByteLevel(add_prefix_space=False)
    for line in CORPUS:
        words += [list(piece) for piece, _ in splitter.pre_tokenize_str(line)]
    merges = []
    while len(merges) < 36:
        counts = {}
        for word in words:
            for pair in zip(word, word[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(sorted(counts), key=counts.get)
        merges.append(best)
        for word in words:
            index = 0
            while index + 1 < len(word):
                if (word[index], word[index + 1]) == best:
                    word[index:index + 2] = ["".join(best)]
                index += 1
    tokens = [alphabet[byte] for byte in range(256)] + ["".join(pair) for pair in merges] + SPECIAL
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = splitter
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return tokenizer, tokens, [" ".join(pair) for pair in merges]


def make_weights(count):
    generator = torch.Generator().manual_seed(20_22)

    def normal(*shape, scale):
        return torch.randn(*shape, generator=generator) * scale

    weights = {"token_embd.weight": normal(count, WIDTH, scale=1.0)}
    for layer in range(LAYERS):
        prefix = f"blk.{layer}."
        weights[prefix + "attn_norm.weight"] = 1 + normal(WIDTH, scale=0.1)
        weights[prefix + "attn_q.weight"] = normal(WIDTH, WIDTH, scale=0.3)
        weights[prefix + "attn_k.weight"] = normal(GROUPS * HEAD, WIDTH, scale=0.3)
        weights[prefix + "attn_v.weight"] = normal(GROUPS * HEAD, WIDTH, scale=0.3)
        weights[prefix + "attn_output.weight"] = normal(WIDTH, WIDTH, scale=0.3)
        weights[prefix + "ffn_norm.weight"] = 1 + normal(WIDTH, scale=0.1)
        weights[prefix + "ffn_gate.weight"] = normal(FEED, WIDTH, scale=0.3)
        weights[prefix + "ffn_up.weight"] = normal(FEED, WIDTH, scale=0.3)
        weights[prefix + "ffn_down.weight"] = normal(WIDTH, FEED, scale=0.2)
    weights["output_norm.weight"] = 1 + normal(WIDTH, scale=0.1)
    weights["output.weight"] = normal(count, WIDTH, scale=0.5)
    # The end of a turn is made unlikely, so that generations have some length.
    weights["output.weight"][-3:] *= 0.01
    adapter = {}
    for name in ["blk.0.attn_q.weight", "blk.0.attn_v.weight", "blk.1.ffn_down.weight"]:
        rows, columns = weights[name].shape
        adapter[name] = (normal(RANK, columns, scale=0.2), normal(rows, RANK, scale=0.2))
    return weights, adapter


def norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weight


def rotate(x):
    """Rotary positions on neighbouring pairs, as the `llama` architecture of GGUF stores them. x: [tokens, heads, HEAD]."""
    positions = torch.arange(x.shape[0], dtype=torch.float64)
    frequencies = BASE ** (-torch.arange(0, HEAD, 2, dtype=torch.float64) / HEAD)
    angles = torch.outer(positions, frequencies)[:, None, :]
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack(
        [even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos()], -1
    ).flatten(-2)


def forward(weights, ids):
    """Logits [tokens, vocabulary], in double precision."""
    w = {name: weight.double() for name, weight in weights.items()}
    x = w["token_embd.weight"][torch.tensor(ids)]
    count = len(ids)
    mask = torch.full((count, count), -math.inf, dtype=torch.float64).triu(1)
    for layer in range(LAYERS):
        p = f"blk.{layer}."
        h = norm(x, w[p + "attn_norm.weight"])
        q = rotate((h @ w[p + "attn_q.weight"].T).view(count, HEADS, HEAD))
        k = rotate((h @ w[p + "attn_k.weight"].T).view(count, GROUPS, HEAD))
        v = (h @ w[p + "attn_v.weight"].T).view(count, GROUPS, HEAD)
        k = k.repeat_interleave(HEADS // GROUPS, 1)
        v = v.repeat_interleave(HEADS // GROUPS, 1)
        scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(HEAD) + mask
        mixed = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(count, WIDTH)
        x = x + mixed @ w[p + "attn_output.weight"].T
        h = norm(x, w[p + "ffn_norm.weight"])
        gate = torch.nn.functional.silu(h @ w[p + "ffn_gate.weight"].T)
        x = x + (gate * (h @ w[p + "ffn_up.weight"].T)) @ w[p + "ffn_down.weight"].T
    return norm(x, w["output_norm.weight"]) @ w["output.weight"].T


def write_model(tokens, merges, weights):
    writer = gguf.GGUFWriter(HERE / "tiny.gguf", "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in SPECIAL else 1 for token in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for name, weight in weights.items():
        writer.add_tensor(name, weight.numpy())
    close(writer)


def write_adapter(adapter):
    writer = gguf.GGUFWriter(HERE / "tiny-lora.gguf", "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for name, (a, b) in adapter.items():
        writer.add_tensor(name + ".lora_a", a.numpy())
        writer.add_tensor(name + ".lora_b", b.numpy())
    close(writer)


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def greedy(weights, ids, count, end):
    ids = list(ids)
    for _ in range(count):
        best = int(forward(weights, ids)[-1].argmax())
        if best == end:
            break
        ids.append(best)
    return ids


def main():
    tokenizer, tokens, merges = make_tokenizer()
    weights, adapter = make_weights(len(tokens))
    adapted = dict(weights)
    for name, (a, b) in adapter.items():
        adapted[name] = weights[name] + ALPHA / RANK * (b @ a)
    write_model(tokens, merges, weights)
    write_adapter(adapter)
    cases = []
    for prompt in PROMPTS:
        ids = tokenizer.encode(prompt).ids
        plain = forward(weights, ids)
        cases.append({
            "prompt": prompt,
            "ids": ids,
            "logits": [round(value, 6) for value in plain[-1].tolist()],
            "adapted_logits": [round(value, 6) for value in forward(adapted, ids)[-1].tolist()],
            "greedy_ids": greedy(weights, ids, 24, tokens.index("<|im_end|>"))[len(ids):],
            # ln p of each token after the first, given those before it.
            "log_likelihoods": [
                round(float(plain[i].log_softmax(-1)[ids[i + 1]]), 6) for i in range(len(ids) - 1)
            ],
        })
    texts = [*CORPUS, "한글 ᄒ ㅋㅋ 각각 뷁", "a\n\n b\tc  ", "🙂👩‍👩‍👧 é é", "the\u3000sum123"]
    encodings = [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]
    (HERE / "tiny.json").write_text(
        json.dumps({"cases": cases, "encodings": encodings}, ensure_ascii=False, indent=None) + "\n"
    )


main()
