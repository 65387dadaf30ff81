"""Evaluation figures: questions a second, shared prefixes, kept answers, statistics, against lm-evaluation-harness.

Run through `Benchmarks/run evaluate [--peer]`. The model has the shape of Qwen2.5-0.5B with random weights in BF16.
The questions are like those of MMLU: five examples that stand before every question (about 740 tokens), a question
of about 100 tokens with four choices, and a letter as the answer. That is the kindest form for the peer, which
evaluates a question once where all its answers have one token; answers of several tokens are measured beside it. One
task file goes to both: `mlops suite import lm-eval` renders it here, the harness there.

Ours is a whole process of `mlops evaluate --no-cache` with one release on both sides, which is asked once, less what
the same process takes for a single short question (start, load and report). The peer is timed within its process:
requests to answers, without start, load and the rendering of prompts. Its backend `hf` has nothing like a shared
prefix, so that the time of a question does not depend on how many there are: it is given fewer of the same ones. It
runs in BF16 on all cores, in batches of the fastest of a few sizes; its `auto` tries sizes until memory is short,
which ends a process on a CPU. Rounds evaluate parts of the questions, each with its own shared prefix, and the sides
take turns.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from train import model, report

WORDS = """amount balance border branch channel circuit climate colour contract council crystal current damage degree
density distance economy energy engine enzyme factor failure fibre figure fluid forest friction function gradient harbour
income index industry island language layer machine market measure membrane metal method mineral mixture molecule motion
nerve object orbit organ oxygen pattern planet plant pressure price process protein province quantity reaction region
reserve river sample season sector signal species speed surface system temperature tension theory tissue trade value
vapour vessel voltage volume wave weight""".split()
ASKING = [
    "Which of the following best describes how the {0} of a {1} changes when its {2} is increased while the {3} stays the same?",
    "A {0} is placed near a {1} whose {2} is known. What can be said about the {3} once the {4} has reached its final state?",
    "In a study of {0} and {1}, the researchers found that the {2} fell by {n} percent. What most likely happened to the {3}?",
    "Suppose that the {0} of every {1} in a {2} is doubled. By what factor does the {3} change if the {4} is left alone?",
]
SAYING = [
    "It rises because the {0} takes up the {1}", "It falls until the {0} equals the {1}",
    "It depends on the {0} of the {1} only", "It stays as it was before the {0}", "It is {n} times the {0} of the {1}",
    "It turns into a {0} without any {1}", "It follows the {0} with a delay",
]


def sentence(source, patterns):
    return source.choice(patterns).format(*source.sample(WORDS, 5), n=source.randrange(2, 90))


def document(source, preamble):
    """A question with four choices; an example's preamble makes it as long as those of MMLU's longer subjects."""
    said = [sentence(source, ASKING)]
    if preamble:
        said = [f"A report says about the {a} of a {b} that its {c} is {d}." for a, b, c, d in (
            source.sample(WORDS, 3) + [source.randrange(1000)] for _ in range(4))] + said
    choices = []
    while len(choices) < 4:
        choice = sentence(source, SAYING)
        if choice not in choices:
            choices.append(choice)
    return {"question": " ".join(said), "choices": choices, "answer": source.randrange(4)}


ASKED = "{{question.strip()}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nD. {{choices[3]}}\\nAnswer:"
TASK = """task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: {folder}/{name}.jsonl, dev: {folder}/dev.jsonl}}}}
output_type: multiple_choice
test_split: test
fewshot_split: dev
fewshot_config: {{sampler: first_n}}
num_fewshot: 5
description: "The following are multiple choice questions (with answers) about natural science.\\n\\n"
doc_to_text: "{asked}"
doc_to_choice: {choices}
doc_to_target: answer
metric_list: [{{metric: acc}}]
"""


class Tasks:
    """Writes task files for the harness, with one set of examples and questions that are the same in every run."""

    def __init__(self, folder):
        self.folder, source = folder, random.Random(20260101)
        self.write_rows("dev", [document(source, True) for _ in range(5)])
        self.questions = []
        self.source = source

    def write_rows(self, name, rows):
        (self.folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def add(self, name, first, count, choices='["A", "B", "C", "D"]'):
        while len(self.questions) < first + count:
            self.questions.append(document(self.source, False))
        self.write_rows(name, self.questions[first:first + count])
        (self.folder / f"{name}.yaml").write_text(TASK.format(
            name=name, folder=self.folder, asked=ASKED, choices=choices))


class Ours:
    """A workspace with the random model, and runs of `mlops evaluate` in it."""

    def __init__(self, mlops, scratch):
        self.mlops, self.scratch = mlops, scratch
        self.environment = {**os.environ, "MLOPS_HOME": str(scratch / "workspace")}
        self.run("init", scratch / "workspace")

    def run(self, *arguments, accepted=(0,)):
        """(seconds, standard output) of a whole process."""
        command = [self.mlops, *arguments]
        start = time.perf_counter()
        process = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        seconds = time.perf_counter() - start
        if process.returncode not in accepted:
            sys.exit(f"{command} ended with {process.returncode}:\n{process.stderr}{process.stdout[-2000:]}")
        return seconds, process.stdout

    def release(self, name, path):
        self.run("add", path, "--name", f"{name}-model")
        self.run("release", "create", name, "--model", f"{name}-model")

    def suite(self, name):
        """Imports a task file."""
        folder = self.scratch / f"suite-{name}"
        self.run("suite", "import", "lm-eval", self.scratch / f"{name}.yaml", "--out", folder)
        self.run("add", folder / "suite.yaml", "--name", name)

    def short(self):
        path = self.scratch / "short.yaml"
        path.write_text('name: short\ntask: multiple_choice\nformat: text\ntemplate: "{{q}}"\ninput: q\nexpected: a\n'
                        'choices: [a, b]\ncases: [{q: A, a: 0}]\n')
        self.run("add", path)

    def evaluate(self, candidate, baseline, suite, *options):
        # 0, 100 and 101 are verdicts.
        return self.run("evaluate", "--candidate", candidate, "--baseline", baseline, "--suite", suite, *options,
                        accepted=(0, 100, 101))

    def questions(self, suite, *options):
        """(seconds of the process, tokens of all prompts as they are evaluated one by one)"""
        seconds, output = self.evaluate("random", "random", suite, "--no-cache", "--json", *options)
        found = json.loads(output)
        if found["failed"]:
            sys.exit(f"{len(found['failed'])} questions of {suite} failed")
        return seconds, found["candidate"]["prompt_tokens"]


def cached(ours, cases):
    """Seconds of the first run of many short cases on two releases, and of five that only read what was answered."""
    rows = [{"q": f"{i} 더하기 {i % 7}은", "a": i % 2, "c": [str(i + i % 7), str(i + i % 7 + 1)][::1 - 2 * (i % 2)]}
            for i in range(cases)]
    (ours.scratch / "kept.ndjson").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    path = ours.scratch / "kept.yaml"
    path.write_text('name: kept\ntask: multiple_choice\ndata: kept.ndjson\nformat: text\ntemplate: "{{q}}"\n'
                    'input: q\nexpected: a\nchoices: c\ngate: {margin: 0.05}\n')
    ours.run("add", path)
    ours.release("sample", "registry/models/labeler-base.gguf")
    ours.run("model", "quantize", "sample-model", "--type", "q4_0", "--name", "small-model")
    ours.run("release", "create", "small", "--model", "small-model")
    first, _ = ours.evaluate("small", "sample", "kept")
    return first, statistics.median(ours.evaluate("small", "sample", "kept")[0] for _ in range(5))


PEER = """
import json, logging, os, sys, time, torch
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
torch.set_num_threads(os.cpu_count())
import lm_eval
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
logging.disable(logging.WARNING)
replies = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
model = HFLM(pretrained=sys.argv[1], device="cpu", dtype="bfloat16", batch_size=1)
seconds = 0
asked = model.loglikelihood
def timed(requests, **options):
    global seconds, evaluated
    pairs = [sum(model._encode_pair(*r.args), []) for r in requests]
    evaluated = sum(map(len, {tuple(p[:-1]) for p in pairs}))
    start = time.perf_counter(); answers = asked(requests, **options); seconds = time.perf_counter() - start
    return answers
model.loglikelihood = timed
for line in sys.stdin:
    task, size = line.split(); model.batch_size_per_gpu = int(size)
    tasks = TaskManager(include_defaults=False, include_path=sys.argv[2])
    lm_eval.simple_evaluate(model, tasks=[task], task_manager=tasks, bootstrap_iters=0, log_samples=False)
    print(json.dumps([seconds, evaluated]), file=replies, flush=True)
"""


class Peer:
    """lm-evaluation-harness, loaded once; it waits while the other side is measured."""

    def __init__(self, python, base, scratch):
        folder = scratch / "checkpoint"
        subprocess.run([python, "Tests/Conformance/checkpoint.py", base, folder, "bfloat16"], check=True)
        self.errors = open(scratch / "peer.log", "w+")
        self.process = subprocess.Popen([python, "-c", PEER, folder, scratch], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def run(self, task, size):
        """(seconds, tokens that are evaluated for a task's requests)"""
        self.process.stdin.write(f"{task} {size}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            sys.exit(f"lm-evaluation-harness ended:\n{self.errors.read()[-3000:]}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(ours, peer, tasks, options):
    """Seconds a question of each side, one number for each round."""
    part = -(-options.questions // options.rounds)
    seen = {"letters": [], "alone": [], "peer": [], "load": []}
    facts = {"part": part}
    few = 8
    if peer:
        found = {}
        for size in options.batch_sizes:
            count = max(size, 4)
            tasks.add(f"sweep-{count}", 0, count)
            if not found:
                peer.run(f"sweep-{count}", size)  # touches everything once
            found[size] = peer.run(f"sweep-{count}", size)[0] / count
        facts["peer_batch"] = min(found, key=found.get)
        few = max(few, facts["peer_batch"])
        print("peer, questions a second by size of batch: "
              + ", ".join(f"{size}: {1 / seconds:.3f}" for size, seconds in found.items()))
    for index in range(options.rounds):
        names = {"letters": (f"letters-{index}", part), "alone": (f"alone-{index}", 4), "peer": (f"peer-{index}", few)}
        for name, count in names.values():
            tasks.add(name, index * part, count)
        seen["load"].append(ours.questions("short")[0])
        for side in ("letters", "alone"):
            name, count = names[side]
            ours.suite(name)
            seconds, tokens = ours.questions(name, *(["--no-prefix-sharing"] if side == "alone" else []))
            seen[side].append((seconds - seen["load"][-1]) / count)
            facts[f"{side}_tokens"] = tokens / count
        if peer:
            name, count = names["peer"]
            seconds, evaluated = peer.run(name, facts["peer_batch"])
            seen["peer"].append(seconds / count)
            facts["peer_tokens"] = evaluated / count
            # The very questions that were asked alone here: both must have read them as equally many tokens.
            tokens = peer.run(names["alone"][0], facts["peer_batch"])[1] / 4
            if tokens != facts["alone_tokens"]:
                sys.exit(f"the peer reads {tokens} tokens a question where we read {facts['alone_tokens']}")
    return seen, facts


def texts(ours, peer, tasks, load, batch):
    """Questions a second of both where the answers are texts, once."""
    count, few = 60, 2
    tasks.add("texts", 0, count, "choices")
    tasks.add("texts-peer", 0, few, "choices")
    ours.suite("texts")
    rate = count / (ours.questions("texts")[0] - load)
    return rate, few / peer.run("texts-peer", batch)[0] if peer else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[1, 4, 8, 16])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--blocks", type=int, default=24, help="fewer only to try the benchmark itself")
    options = parser.parse_args()
    build = Path(options.build).resolve()
    python = Path(".deps/peers/evaluate/bin/python").absolute()
    if options.peer and not python.exists():
        sys.exit("lm-evaluation-harness is not installed; run: Benchmarks/peers evaluate")
    with tempfile.TemporaryDirectory(dir=build) as name:
        scratch = Path(name)
        base = model(build, scratch, options.blocks)
        tasks, ours = Tasks(scratch), Ours(build / "mlops", scratch)
        ours.short()
        # Registered beforehand: hashing a gigabyte is not evaluating.
        ours.release("random", base)
        first, again = cached(ours, options.cases)
        bench = subprocess.run([build / "EvaluationBench", "100000", "10000", "5"], check=True, capture_output=True,
                               text=True).stdout
        peer = Peer(python, base, scratch) if options.peer else None
        seen, facts = compare(ours, peer, tasks, options)
        load = statistics.median(seen["load"])
        texts_rate, texts_peer = texts(ours, peer, tasks, load, facts.get("peer_batch"))
        if peer:
            peer.close()
    def rate(side):
        return 1 / statistics.median(seen[side])
    def ratio(of, to):
        return round(statistics.median(a / b for a, b in zip(seen[of], seen[to])), 2) if seen[of] else None
    figures = {
        "questions_per_s": round(rate("letters"), 2), "ratio": ratio("peer", "letters"),
        "prefix_ratio": ratio("alone", "letters"), "cached_ms": round(again * 1e3),
        "stats_s": round(statistics.median(json.loads(bench)["seconds"]), 2),
        "texts_questions_per_s": round(texts_rate, 2), "alone_questions_per_s": round(rate("alone"), 3),
        "questions_a_part": facts["part"], "tokens_a_question": round(facts["letters_tokens"], 1),
        "load_s": round(load, 2), "cached_first_s": round(first, 1),
    }
    if peer:
        figures |= {
            "peer_questions_per_s": round(rate("peer"), 3), "peer_batch": facts["peer_batch"],
            "peer_tokens_a_question": round(facts["peer_tokens"], 1), "alone_ratio": ratio("peer", "alone"),
            "peer_texts_questions_per_s": round(texts_peer, 3), "texts_ratio": round(texts_rate / texts_peer, 2),
        }
    report(figures, {
        "ratio": ">= 5 (harness, hf in BF16)", "prefix_ratio": ">= 3 (prompts from their first token)",
        "cached_ms": f"< 300, {options.cases:,} cases, two releases", "stats_s": "< 2, 100,000 cases, 10,000 resamples",
        "alone_ratio": "(harness, nothing shared between questions)", "texts_ratio": "(harness, one round)",
        "tokens_a_question": "with its examples", "questions_a_part": f"{options.rounds} parts",
    })


if __name__ == "__main__":
    main()
