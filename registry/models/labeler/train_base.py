#!/usr/bin/env python3
"""Trains the sample's base model, registry/models/labeler-base.gguf, from nothing but text this project makes.

    python3 -m venv /tmp/labeler && /tmp/labeler/bin/pip install torch numpy tokenizers gguf
    /tmp/labeler/bin/python registry/models/labeler/train_base.py --out registry/models/labeler-base.gguf

The model reads one Korean mathematics problem and answers with its label under the curriculum *before* 2022.
Every pass fills the training patterns with fresh numbers and words and then drops, swaps and replaces words,
and splits words differently (BPE dropout), because only wording that varies teaches what matters in a sentence.
The defaults made the committed file (torch 2.15.0, one thread, 40 minutes of a busy machine).
`--dev` leaves two of the twelve training patterns out and measures on those instead of on the held-out ones: use it
to try other settings.
"""
import argparse
import json
import math
import os
import pathlib
import sys
import time

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "data"))
import generate  # noqa: E402

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
# What llama.cpp calls "qwen2": one digit a token, letters with at most one sign before them.
QWEN2 = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def user_turn(problem):
    return f"<|im_start|>user\n{problem}<|im_end|>\n<|im_start|>assistant\n"


# --- model ---------------------------------------------------------------------------------------------------


class Config:
    vocab, dim, layers, heads, kv_heads, ffn, context = 2048, 256, 3, 8, 4, 704, 256
    rope_base, eps = 10000.0, 1e-5


class RMSNorm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


class Block(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.c, head = c, c.dim // c.heads
        self.attn_norm, self.ffn_norm = RMSNorm(c.dim, c.eps), RMSNorm(c.dim, c.eps)
        self.q = nn.Linear(c.dim, c.dim, bias=False)
        self.k = nn.Linear(c.dim, c.kv_heads * head, bias=False)
        self.v = nn.Linear(c.dim, c.kv_heads * head, bias=False)
        self.o = nn.Linear(c.dim, c.dim, bias=False)
        self.gate = nn.Linear(c.dim, c.ffn, bias=False)
        self.up = nn.Linear(c.dim, c.ffn, bias=False)
        self.down = nn.Linear(c.ffn, c.dim, bias=False)
        self.drop = ChannelDropout(dropout)

    def forward(self, x, rope):
        # Plain products instead of scaled_dot_product_attention: for texts this short they are 2.5 times as fast on
        # a CPU. The query heads that share a key head stand one below the other.
        c, (B, T, _) = self.c, x.shape
        head, group = c.dim // c.heads, c.heads // c.kv_heads
        h = self.attn_norm(x)
        q = rotate(self.q(h).view(B, T, c.heads, head), rope).view(B, T, c.kv_heads, group, head)
        q = q.permute(0, 2, 3, 1, 4).reshape(B * c.kv_heads, group * T, head)
        k = rotate(self.k(h).view(B, T, c.kv_heads, head), rope).transpose(1, 2).reshape(B * c.kv_heads, T, head)
        v = self.v(h).view(B, T, c.kv_heads, head).transpose(1, 2).reshape(B * c.kv_heads, T, head)
        later = torch.full((T, T), float("-inf"), dtype=q.dtype).triu(1).repeat(group, 1)
        scores = torch.baddbmm(later, q, k.transpose(1, 2), alpha=head**-0.5)
        a = torch.bmm(scores.softmax(-1), v).view(B, c.kv_heads, group, T, head)
        x = x + self.drop(self.o(a.permute(0, 3, 1, 2, 4).reshape(B, T, c.dim)))
        h = self.ffn_norm(x)
        return x + self.drop(self.down(F.silu(self.gate(h)) * self.up(h)))


class ChannelDropout(nn.Module):
    """Leaves out the same channels at every position of a text: cheap, and harder to get round."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        keep = torch.rand(x.shape[0], 1, x.shape[2]) >= self.p
        return x * (keep / (1 - self.p)).to(x.dtype)


def rotate(x, rope):
    """Rotary positions over neighbouring pairs, as llama.cpp's `llama` architecture has them."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * rope[: x.shape[1], None, :]).flatten(-2).to(x.dtype)


class Llama(nn.Module):
    def __init__(self, c, dropout=0.0):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocab, c.dim)
        self.blocks = nn.ModuleList(Block(c, dropout) for _ in range(c.layers))
        self.norm = RMSNorm(c.dim, c.eps)
        self.drop = ChannelDropout(dropout)
        half = c.dim // c.heads // 2
        angles = torch.outer(torch.arange(c.context).float(), c.rope_base ** (-torch.arange(half) / half))
        self.rope = torch.polar(torch.ones_like(angles), angles)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                scale = math.sqrt(2 * c.layers) if name.endswith(("o.weight", "down.weight")) else 1
                nn.init.normal_(p, std=0.02 / scale if "embed" in name else c.dim**-0.5 / scale)

    def hidden(self, ids):
        x = self.drop(self.embed(ids))
        for block in self.blocks:
            x = block(x, self.rope)
        return self.norm(x)

    def forward(self, ids):
        return F.linear(self.hidden(ids), self.embed.weight)


# --- data ------------------------------------------------------------------------------------------------------


def make_tokenizer(standards, patterns):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN2), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=Config.vocab,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    texts = []
    for i, s in enumerate(standards):
        for curriculum in ("2015", "2022"):
            texts += [generate.compact(generate.label(s, curriculum))] * 4
        for j, pattern in enumerate(patterns[i]):
            for k in range(4):
                problem = generate.fill(pattern, generate.Random("tokenizer", i, j, k))
                texts.append(user_turn(problem).replace("<|im_start|>", "").replace("<|im_end|>", ""))
    for words in generate.WORDS.values():
        texts += words * 2
    tokenizer.train_from_iterator(texts, trainer)
    if tokenizer.get_vocab_size() != Config.vocab:
        raise SystemExit(f"{tokenizer.get_vocab_size()} tokens, expected {Config.vocab}")
    return tokenizer


class Examples:
    """Endless examples: each pass shows every pattern once, freshly filled and roughened."""

    def __init__(self, standards, patterns, tokenizer, seed, rough=0.6, bpe_dropout=0.1):
        self.items = [(i, p) for i, ps in enumerate(patterns) for p in ps]
        self.rng = generate.Random("examples", seed)
        self.rough = rough
        self.plain = tokenizer
        self.dropping = Tokenizer.from_str(tokenizer.to_str())
        self.dropping.model.dropout = bpe_dropout
        self.answers = [
            tokenizer.encode(generate.compact(generate.label(s, "2015")) + "<|im_end|>").ids for s in standards
        ]
        words = sorted({w for _, p in self.items for w in generate.fill(p, generate.Random(p)).split()})
        self.words = words
        self.head = tokenizer.encode("<|im_start|>user\n").ids
        self.tail = tokenizer.encode("<|im_end|>\n<|im_start|>assistant\n").ids

    def roughen(self, text):
        rng = self.rng
        if not rng.chance(self.rough):
            return text
        words = text.split()
        drop = rng.choice((0.05, 0.15, 0.3, 0.45))
        words = [w for w in words if not rng.chance(drop)] or words
        words = [rng.choice(self.words) if rng.chance(0.06) else w for w in words]
        if rng.chance(0.3):
            for _ in range(1 + len(words) // 6):
                i = rng.between(0, len(words) - 1)
                j = min(len(words) - 1, i + rng.between(0, 3))
                words[i], words[j] = words[j], words[i]
        if rng.chance(0.15):
            i = rng.between(0, len(words) - 1)
            words = words[i:] + words[:i]
        if rng.chance(0.15):
            other = generate.fill(rng.choice(self.items)[1], rng).split()
            i = rng.between(0, len(other) - 1)
            extra = other[i : i + rng.between(1, 3)]
            words = extra + words if rng.chance(0.5) else words + extra
        return " ".join(words)

    def one_pass(self):
        """(ids, where the answer begins) of every pattern, in batches' order left to the caller."""
        rng, out = self.rng, []
        for i, pattern in self.items:
            text = self.roughen(generate.fill(pattern, rng))
            coder = self.dropping if rng.chance(0.7) else self.plain
            ids = self.head + coder.encode(text).ids[: Config.context - 64] + self.tail
            out.append((ids + self.answers[i], len(ids)))
        return rng.shuffle(out)


def batches(examples, tokens_per_batch, rng):
    """Like lengths together, so that little is padded; about `tokens_per_batch` tokens each."""
    chunk = []
    order = sorted(examples, key=lambda e: len(e[0]))
    out = []
    for e in order:
        if chunk and len(e[0]) * (len(chunk) + 1) > tokens_per_batch:
            out.append(chunk)
            chunk = []
        chunk.append(e)
    out.append(chunk)
    return rng.shuffle(out)


def collate(batch, prompt_weight):
    width = max(len(ids) for ids, _ in batch)
    ids = np.zeros((len(batch), width), np.int64)
    weight = np.zeros((len(batch), width), np.float32)
    for row, (seq, start) in enumerate(batch):
        ids[row, : len(seq)] = seq
        weight[row, :start] = prompt_weight
        weight[row, start : len(seq)] = 1
    return torch.from_numpy(ids), torch.from_numpy(weight)


@torch.no_grad()
def measure(model, tokenizer, cases):
    """Greedy decoding is right exactly where the true next token is the likeliest all along the answer, so one
    forward pass tells. Returns (whole label right, domain right, domain) of every case."""
    model.eval()
    out = []
    for at in range(0, len(cases), 32):
        part = []
        for problem, answer in cases[at : at + 32]:
            head = tokenizer.encode(user_turn(problem)).ids
            full = tokenizer.encode(generate.compact(answer) + "<|im_end|>").ids
            stop = len(tokenizer.encode(generate.compact(answer).split('","')[0]).ids)
            part.append((head + full, len(head), stop, answer["대분류"]))
        ids, _ = collate([(p[0], p[1]) for p in part], 0)
        best = model(ids).argmax(-1)
        for row, (seq, start, stop, domain) in enumerate(part):
            right = best[row, start - 1 : len(seq) - 1] == ids[row, start : len(seq)]
            out.append((bool(right.all()), bool(right[:stop].all()), domain))
    return out


def report(results, title):
    print(f"{title}: {len(results)} cases")
    groups = {"all": results}
    for r in results:
        groups.setdefault(r[2], []).append(r)
    for name, rs in groups.items():
        whole, domain = (sum(r[i] for r in rs) / len(rs) for i in (0, 1))
        print(f"  label {whole:6.1%}   domain {domain:6.1%}   n {len(rs):4}   {name}", flush=True)
    return sum(r[0] for r in results) / len(results)


# --- GGUF ---------------------------------------------------------------------------------------------------------


def export(model, tokenizer, path):
    import gguf

    c = model.c
    w = gguf.GGUFWriter(path, "llama")
    w.add_name("labeler-base")
    w.add_description("Labels Korean primary-school mathematics problems with the curriculum before 2022")
    w.add_author("The mlops project")
    w.add_license("apache-2.0")
    w.add_languages(["ko"])
    w.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    w.add_context_length(c.context)
    w.add_embedding_length(c.dim)
    w.add_block_count(c.layers)
    w.add_feed_forward_length(c.ffn)
    w.add_head_count(c.heads)
    w.add_head_count_kv(c.kv_heads)
    w.add_rope_dimension_count(c.dim // c.heads)
    w.add_rope_freq_base(c.rope_base)
    w.add_layer_norm_rms_eps(c.eps)
    w.add_vocab_size(c.vocab)
    vocab = {i: t for t, i in tokenizer.get_vocab().items()}
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list([vocab[i] for i in range(c.vocab)])
    kinds = gguf.TokenType
    w.add_token_types([kinds.CONTROL if vocab[i] in SPECIAL else kinds.NORMAL for i in range(c.vocab)])
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    w.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    w.add_bos_token_id(SPECIAL.index("<|endoftext|>"))
    w.add_eos_token_id(SPECIAL.index("<|im_end|>"))
    w.add_pad_token_id(SPECIAL.index("<|endoftext|>"))
    w.add_add_bos_token(False)
    w.add_chat_template(CHAT_TEMPLATE)

    def matrix(name, p):
        w.add_tensor(name, p.detach().float().numpy().astype(np.float16))

    def norm(name, p):
        w.add_tensor(name, p.detach().float().numpy())

    matrix("token_embd.weight", model.embed.weight)
    for i, b in enumerate(model.blocks):
        norm(f"blk.{i}.attn_norm.weight", b.attn_norm.weight)
        matrix(f"blk.{i}.attn_q.weight", b.q.weight)
        matrix(f"blk.{i}.attn_k.weight", b.k.weight)
        matrix(f"blk.{i}.attn_v.weight", b.v.weight)
        matrix(f"blk.{i}.attn_output.weight", b.o.weight)
        norm(f"blk.{i}.ffn_norm.weight", b.ffn_norm.weight)
        matrix(f"blk.{i}.ffn_gate.weight", b.gate.weight)
        matrix(f"blk.{i}.ffn_up.weight", b.up.weight)
        matrix(f"blk.{i}.ffn_down.weight", b.down.weight)
    norm("output_norm.weight", model.norm.weight)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


# --- training ---------------------------------------------------------------------------------------------------------


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--out", help="the GGUF to write")
    a.add_argument("--save", help="also keep the PyTorch weights here")
    a.add_argument("--dev", action="store_true", help="leave two training patterns out, measure on them")
    a.add_argument("--passes", type=int, default=40)
    a.add_argument("--lr", type=float, default=3e-3)
    a.add_argument("--adamw", action="store_true", help="AdamW for all, not Muon for the matrices (slower to learn)")
    a.add_argument("--decay", type=float, default=0.1)
    a.add_argument("--dropout", type=float, default=0.1)
    a.add_argument("--rough", type=float, default=0.6)
    a.add_argument("--bpe-dropout", type=float, default=0.1)
    a.add_argument("--prompt-weight", type=float, default=0.1)
    a.add_argument("--batch-tokens", type=int, default=2048)
    a.add_argument("--layers", type=int, default=Config.layers)
    a.add_argument("--dim", type=int, default=Config.dim)
    a.add_argument("--ffn", type=int, default=Config.ffn)
    a.add_argument("--vocab", type=int, default=Config.vocab)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--seed", type=int, default=1)
    o = a.parse_args()
    Config.layers, Config.dim, Config.ffn, Config.vocab = o.layers, o.dim, o.ffn, o.vocab
    torch.manual_seed(o.seed)
    torch.set_num_threads(o.threads)

    standards = generate.load()
    patterns = [s["train"][:-2] if o.dev else s["train"] for s in standards]
    tested = [s["train"][-2:] if o.dev else s["held_out"] for s in standards]
    cases = [
        (generate.fill(p, generate.Random("test", s["code"], i)), generate.label(s, "2015"))
        for s, ps in zip(standards, tested)
        for i, p in enumerate(ps)
    ]
    tokenizer = make_tokenizer(standards, patterns)
    model = Llama(Config, o.dropout)
    examples = Examples(standards, patterns, tokenizer, o.seed, o.rough, o.bpe_dropout)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(examples.items)} patterns")
    matrices = [p for b in model.blocks for p in b.parameters() if p.dim() == 2]
    norms = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": [model.embed.weight], "weight_decay": o.decay}, {"params": norms, "weight_decay": 0.0}]
    if o.adamw:
        groups[0]["params"] += matrices
    optimizers = [torch.optim.AdamW(groups, lr=o.lr, betas=(0.9, 0.98), fused=True)]
    if not o.adamw:
        muon = torch.optim.Muon(matrices, lr=o.lr, weight_decay=o.decay, adjust_lr_fn="match_rms_adamw")
        optimizers.append(muon)
    began, tokens = time.time(), 0
    step, total = 0, 0
    for number in range(o.passes):
        model.train()
        todo = batches(examples.one_pass(), o.batch_tokens, examples.rng)
        total = total or len(todo) * o.passes
        lost = []
        for batch in todo:
            ids, weight = collate(batch, o.prompt_weight)
            done = min(1.0, step / total)
            rate = o.lr * min(1.0, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
            for g in (g for optimizer in optimizers for g in optimizer.param_groups):
                g["lr"] = rate
            with torch.autocast("cpu", torch.bfloat16):
                h = model.hidden(ids[:, :-1])
                w = weight[:, 1:].reshape(-1)
                keep = w > 0
                logits = F.linear(h.reshape(-1, Config.dim)[keep], model.embed.weight)
            loss = F.cross_entropy(logits.float(), ids[:, 1:].reshape(-1)[keep], reduction="none")
            loss = (loss * w[keep]).sum() / w.sum()
            model.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in optimizers:
                optimizer.step()
            lost.append(loss.item())
            tokens += ids.numel()
            step += 1
        if number % 3 == 2 or number == o.passes - 1:
            results = measure(model, tokenizer, cases)
            whole, domain = (sum(r[i] for r in results) / len(results) for i in (0, 1))
            spent = time.time() - began
            print(
                f"pass {number + 1:3}  loss {np.mean(lost):.3f}  label {whole:.1%}  domain {domain:.1%}"
                f"  {tokens / spent:,.0f} tokens/s  {spent:.0f} s",
                flush=True,
            )
    report(measure(model, tokenizer, cases), "dev patterns" if o.dev else "held-out patterns")
    if o.save:
        torch.save({"model": model.state_dict(), "tokenizer": tokenizer.to_str(), "config": vars(o)}, o.save)
    if o.out:
        export(model, tokenizer, o.out)
        print(f"{o.out}: {os.path.getsize(o.out) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
