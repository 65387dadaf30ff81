"""Training figures on the shape of Qwen2.5-0.5B with random weights, against PEFT.

Run through `Benchmarks/run train [--peer]`. Rank 16 on all linear modules, AdamW, steps of 2 x 256 tokens
that all carry loss, then rows of which a third carries loss. Every figure comes from a whole process: `mlops
train --json` reports each step; the first step is left out of the rates.

`Benchmarks/run train --long [--steps 1000] [--blocks 2]` trains a shallow model for so many steps instead, and
tells whether time and memory of a step are at the end what they were at the beginning.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

VOCABULARY = "vendor/llama.cpp/models/ggml-vocab-qwen2.gguf"


def model(build, scratch, blocks=24):
    """The random model, made once and kept beside the build."""
    path = build / ("random-qwen2-0.5b.gguf" if blocks == 24 else f"random-qwen2-{blocks}-blocks.gguf")
    if not path.exists():
        archive, = Path(".deps/downloads").glob("llama_cpp_python-*.tar.gz")
        with tarfile.open(archive) as tar:
            member = next(m for m in tar if m.name.endswith(VOCABULARY))
            vocabulary = scratch / "vocabulary.gguf"
            vocabulary.write_bytes(tar.extractfile(member).read())
        partial = scratch / "model.gguf"
        subprocess.run([build / "RandomModel", vocabulary, partial, str(blocks)], check=True)
        partial.rename(path)
    return path


def rows(path, count, answer):
    """Rows of 256 positions; every digit is one token of this tokeniser. The last `answer` carry loss."""
    source = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(count):
            digits = "".join(source.choice("0123456789") for _ in range(256))
            file.write(json.dumps({"prompt": digits[:256 - answer], "completion": digits[256 - answer:]}) + "\n")


def train(mlops, scratch, base, data, name, options=()):
    """(tokens a second after the first step, seconds until the first step begins, peak bytes, losses, profile)

    The first step's beginning is its end less what a step takes in the median.
    """
    environment = {**os.environ, "MLOPS_HOME": str(scratch / "workspace")}
    command = [mlops, "train", "--base", base, "--data", data, "--out", name, "--epochs", "1",
               "--batch-tokens", "512", "--rank", "16", "--threads", "2", "--lr", "1e-4", "--profile", *options]
    start = time.perf_counter()
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment, text=True)
    times, losses, tokens, profile, last = [], [], [], None, ""
    for line in process.stdout:
        now, last, event = time.perf_counter() - start, line, json.loads(line)
        if event.get("event") == "step":
            times.append(now)
            losses.append(event["loss"])
            tokens.append(event["tokens"])
        elif event.get("event") == "profile":
            profile = event
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed:\n{errors}{last}")
    spans = [(b - a) / t for a, b, t in zip(times, times[1:], tokens[1:])]
    step = statistics.median(b - a for a, b in zip(times, times[1:]))
    return 1 / statistics.median(spans), times[0] - step, usage.ru_maxrss * 1024, losses, profile


def show(profile):
    """Where the time of the steps went, and how near products come to the fastest of them."""
    steps, seconds = profile["steps"], profile["seconds"]
    rows = sorted(profile["operations"], key=lambda row: -row["seconds"])
    rates = {row["name"]: row["product_flop"] / row["seconds"] / 1e9 for row in rows if row["seconds"]}
    roof = max(rates.values())
    print(f"{'operation':<24} {'ms/step':>8} {'share':>7} {'GFLOP/s':>8} {'of the fastest':>15}")
    for row in rows:
        rate = rates.get(row["name"], 0)
        flops = f"{rate:>8.0f} {rate / roof:>14.0%}" if rate >= 0.5 else ""
        print(f"{row['name']:<24} {row['seconds'] / steps * 1e3:>8.1f} {row['seconds'] / seconds:>7.1%} {flops}".rstrip())
    rest = profile["rest_seconds"]
    print(f"{'waiting and the rest':<24} {rest / steps * 1e3:>8.1f} {rest / seconds:>7.1%}\n")


PEER = """
import json, resource, statistics, sys, time, torch
from transformers import Qwen2Config, Qwen2ForCausalLM
from peft import LoraConfig, get_peft_model
torch.set_num_threads(2); torch.manual_seed(0)
kind, answer, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
config = Qwen2Config(hidden_size=896, num_hidden_layers=24, num_attention_heads=14, num_key_value_heads=2,
    intermediate_size=4864, vocab_size=151936, tie_word_embeddings=True, max_position_embeddings=4096)
torch.set_default_dtype({"f32": torch.float32, "bf16": torch.bfloat16}[kind])
model = Qwen2ForCausalLM(config)
torch.set_default_dtype(torch.float32)
model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, task_type="CAUSAL_LM", target_modules=[
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))
model.train()
optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
spans = []
for _ in range(steps):
    ids = torch.randint(0, 151936, (2, 256)); labels = ids.clone(); labels[:, :256 - answer] = -100
    start = time.perf_counter()
    model(input_ids=ids, labels=labels).loss.backward(); optimiser.step(); optimiser.zero_grad()
    spans.append(time.perf_counter() - start)
print(json.dumps([512 / statistics.median(spans[1:]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))
"""


def peer(python, kind, answer, steps=5):
    output = subprocess.run([python, "-c", PEER, kind, str(answer), str(steps)], check=True, capture_output=True,
                            text=True).stdout
    return json.loads(output.splitlines()[-1])


def long(mlops, scratch, build, steps, blocks):
    """Figures of a long run of a shallow model: medians of the first and the last tenth of its steps.

    Batches are of one length, so that all steps have the same work. What comes before the second checkpoint is
    left out: memory is touched for the first time there.
    """
    every, part = steps // 40, steps // 10
    base = model(build, scratch, blocks)
    environment = {**os.environ, "MLOPS_HOME": str(scratch / "workspace")}
    subprocess.run([mlops, "init", scratch / "workspace"], check=True, capture_output=True)
    subprocess.run([mlops, "add", base, "--name", "base"], check=True, capture_output=True, env=environment)
    rows(scratch / "long.ndjson", 256, 16)
    command = [mlops, "train", "--base", "base", "--data", scratch / "long.ndjson", "--out", "long-adapter",
               "--max-steps", str(steps), "--batch-tokens", "256", "--rank", "16", "--threads", "2", "--lr", "1e-5",
               "--validation", "none", "--checkpoint-every", str(every), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
    ends, memory, last = [], [], ""
    for line in process.stdout:
        now, last, event = time.perf_counter(), line, json.loads(line)
        if event.get("event") == "step":
            ends.append(now)
            memory.append(event["memory"])
    errors = process.stderr.read()
    if process.wait() != 0:
        sys.exit(f"{command} failed:\n{errors}{last}")
    spans, memory = [b - a for a, b in zip(ends, ends[1:])][2 * every:], memory[2 * every:]
    first, final = statistics.median(spans[:part]), statistics.median(spans[-part:])
    first_bytes, final_bytes = statistics.median(memory[:part]), statistics.median(memory[-part:])
    return {
        "steps": len(ends), "first_ms": round(first * 1e3, 2), "last_ms": round(final * 1e3, 2),
        "time_ratio": round(final / first, 3), "first_mb": round(first_bytes / 1e6, 1),
        "last_mb": round(final_bytes / 1e6, 1), "memory_growth_mb": round((final_bytes - first_bytes) / 1e6, 2),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--blocks", type=int, default=2)
    options = parser.parse_args()
    build = Path(options.build).resolve()
    mlops = build / "mlops"
    if options.long:
        with tempfile.TemporaryDirectory(dir=build) as name:
            figures = long(mlops, Path(name), build, max(options.steps or 1000, 40), options.blocks)
        report(figures, {"time_ratio": "0.95 to 1.05: flat", "memory_growth_mb": "< 5: flat"})
        return
    options.steps = options.steps or 12
    python = Path(".deps/peers/train/bin/python").absolute()
    if options.peer and not python.exists():
        sys.exit("PEFT is not installed; run: Benchmarks/peers train")
    figures = {}
    with tempfile.TemporaryDirectory(dir=build) as name:
        scratch = Path(name)
        base = model(build, scratch)
        subprocess.run([mlops, "init", scratch / "workspace"], check=True, capture_output=True)
        # Registered beforehand: hashing a gigabyte is not training.
        subprocess.run([mlops, "add", base, "--name", "base"], check=True, capture_output=True,
                       env={**os.environ, "MLOPS_HOME": str(scratch / "workspace")})
        subprocess.run([mlops, "model", "quantize", "base", "--type", "q4_k_m", "--name", "base-q4"], check=True,
                       capture_output=True, env={**os.environ, "MLOPS_HOME": str(scratch / "workspace")})
        rows(scratch / "all.ndjson", 2 * options.steps, 256)
        rows(scratch / "answers.ndjson", 2 * options.steps, 85)
        speed, first, memory, losses, profile = train(mlops, scratch, "base", scratch / "all.ndjson", "all-adapter")
        quantised, _, quantised_memory, *_ = train(
            mlops, scratch, "base-q4", scratch / "all.ndjson", "q4-adapter")
        answers, *_ = train(mlops, scratch, "base", scratch / "answers.ndjson", "answers-adapter")
        figures["tokens_per_s"] = round(speed, 1)
        figures["peak_gb"] = round(memory / 1e9, 2)
        figures["q4_k_m_tokens_per_s"] = round(quantised, 1)
        figures["q4_k_m_peak_gb"] = round(quantised_memory / 1e9, 2)
        figures["first_step_s"] = round(first, 2)
        figures["answer_only_tokens_per_s"] = round(answers, 1)
        figures["first_loss"], figures["last_loss"] = round(losses[0], 3), round(losses[-1], 3)
    if options.peer:
        peer_speed, peer_memory = peer(python, "bf16", 256)
        peer_answers, _ = peer(python, "bf16", 85)
        peer_f32, _ = peer(python, "f32", 256, 3)
        figures["peer_tokens_per_s"] = round(peer_speed, 1)
        figures["peer_f32_tokens_per_s"] = round(peer_f32, 1)
        figures["peer_peak_gb"] = round(peer_memory / 1e9, 2)
        figures["ratio"] = round(speed / peer_speed, 2)
        figures["ratio_f32"] = round(speed / peer_f32, 2)
        figures["memory_ratio"] = round(memory / peer_memory, 2)
        figures["q4_k_m_ratio"] = round(quantised / peer_speed, 2)
        figures["q4_k_m_memory_ratio"] = round(quantised_memory / peer_memory, 2)
        figures["answer_only_ratio"] = round(answers / peer_answers, 2)
    goals = {
        "first_step_s": "< 3, from the start of the process to the first step", "ratio": ">= 2.5 (PEFT in BF16)",
        "ratio_f32": ">= 4.5 (PEFT in F32)", "memory_ratio": "<= 0.5",
        "q4_k_m_ratio": ">= 2.5", "q4_k_m_memory_ratio": "<= 0.25", "answer_only_ratio": ">= 3.5",
    }
    show(profile)
    report(figures, goals)


def report(figures, goals):
    for key, value in figures.items():
        print(f"{key:<26} {'-' if value is None else value:>9}  {goals.get(key, '')}".rstrip())
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
