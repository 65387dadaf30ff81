#!/usr/bin/env python3
"""What lm-evaluation-harness measures on the sample's base model, for the suites that are imported from its tasks.

    harness.py available         exits with 0 where lm_eval, torch, transformers and gguf are there
    harness.py prepare FOLDER    writes models, tasks with local rows, and expected.json

`make conformance` runs the test that calls it. FOLDER gets three models, `tasks/NAME.yaml`, and `expected.json`: a list
of runs with `task`, `model`, `fewshot`, `context`, `cache`, `filter`, `metrics` by the names that suites have, and
`likelihoods`, a list for each document. `shipped.gguf` is the sample's file, in F16; `exact.gguf` has the same numbers in
F32, so that both sides compute in F32; `begins.gguf` is that with a token before every text. The harness runs its
backend `hf` in F32 on the CPU, on a checkpoint that checkpoint.py makes of the file.
"""
import json
import os
import pathlib
import random
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.pop(0)  # or files here would be taken for the packages of their names
os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

CHAT = "<|im_start|>user\\n{{problem}}<|im_end|>\\n<|im_start|>assistant\\n"
DATA = """dataset_path: json
dataset_kwargs: {data_files: {test: test.jsonl, dev: dev.jsonl}}
test_split: test
fewshot_split: dev
"""
# What each task says beside DATA, and the metrics of a suite that are held against the harness's.
TASKS = {
    "domains": ("""output_type: multiple_choice
description: "다음 문제의 영역을 고르시오.\\n\\n"
doc_to_text: "문제: {{problem}}\\n영역:"
doc_to_choice: ["수와 연산", "도형", "측정", "규칙성", "자료와 가능성"]
doc_to_target: domain
metric_list: [{metric: acc}, {metric: acc_norm}, {metric: acc_bytes}]
""", {"acc": "accuracy", "acc_norm": "accuracy_norm", "acc_bytes": "accuracy_bytes"}),
    # The prompt ends with white space, and nothing stands before a choice.
    "labels": (f"""output_type: multiple_choice
doc_to_text: "{CHAT}"
doc_to_choice: labels
doc_to_target: right
target_delimiter: ""
metric_list: [{{metric: acc}}, {{metric: acc_norm}}]
""", {"acc": "accuracy", "acc_norm": "accuracy_norm"}),
    "letters": ("""output_type: multiple_choice
doc_to_text: "{{problem}}\\n{% for label in labels %}{{ 'ABCD'[loop.index0] }}. {{label}}\\n{% endfor %}답:"
doc_to_choice: [A, B, C, D]
doc_to_target: "{{ 'ABCD'[right] }}"
metric_list: [{metric: acc}, {metric: acc_norm}]
""", {"acc": "accuracy", "acc_norm": "accuracy_norm"}),
    "answers": (f"""output_type: loglikelihood
doc_to_text: "{CHAT}"
doc_to_target: "{{{{label}}}}"
metric_list: [{{metric: perplexity}}, {{metric: acc}}]
""", {"perplexity": "log_likelihood", "acc": "greedy_match"}),
    "last-words": ("""output_type: loglikelihood
doc_to_text: "{{head}}"
doc_to_target: " {{tail}}"
metric_list: [{metric: perplexity}, {metric: acc}]
""", {"perplexity": "log_likelihood", "acc": "greedy_match"}),
    # Tokens may lie on both sides of the border.
    "endings": ("""output_type: loglikelihood
doc_to_text: "{{stem}}"
doc_to_target: "{{ending}}"
metric_list: [{metric: perplexity}, {metric: acc}]
""", {"perplexity": "log_likelihood", "acc": "greedy_match"}),
    # Two spaces meet; some texts begin with nothing. (White space alone the harness cannot score.)
    "spaces": ("""output_type: loglikelihood
doc_to_text: "{{head ~ ' ' if right else ''}}"
doc_to_target: " {{tail}}"
metric_list: [{metric: perplexity}, {metric: acc}]
""", {"perplexity": "log_likelihood", "acc": "greedy_match"}),
    "beginnings": ("""output_type: loglikelihood
doc_to_text: ""
doc_to_target: stem
metric_list: [{metric: perplexity}, {metric: acc}]
""", {"perplexity": "log_likelihood", "acc": "greedy_match"}),
    "pages": ("""output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: page
metric_list: [{metric: word_perplexity}, {metric: byte_perplexity}, {metric: bits_per_byte}]
""", {name: name for name in ("word_perplexity", "byte_perplexity", "bits_per_byte")}),
    "written": (f"""output_type: generate_until
doc_to_text: "{CHAT}"
doc_to_target: code
generation_kwargs: {{until: ["<|im_end|>"], max_gen_toks: 64}}
metric_list: [{{metric: exact_match}}]
filter_list:
  - name: code
    filter: [{{function: regex, regex_pattern: '"하위분류":"([^"]*)"'}}, {{function: take_first}}]
  - name: last
    filter: [{{function: regex, regex_pattern: '\\[[0-9]수[0-9-]+\\]', group_select: -1}}, {{function: take_first}}]
""", {"exact_match": "accuracy"}),
    "whole": (f"""output_type: generate_until
doc_to_text: "{CHAT}"
doc_to_target: label
generation_kwargs: {{until: ["<|im_end|>", "\\n"], max_gen_toks: 64}}
metric_list: [{{metric: exact_match, ignore_case: true, ignore_punctuation: true}}]
""", {"exact_match": "accuracy"}),
}
# (task, model, examples, context, filter)
RUNS = [(task, "exact", 0, 1024, None) for task in (
    "domains", "labels", "letters", "answers", "last-words", "endings", "spaces")]
RUNS += [(task, "exact", 5, 1024, None) for task in ("domains", "labels", "answers", "spaces")]
RUNS += [("beginnings", "exact", 0, 1024, None), ("pages", "exact", 0, 256, None), ("whole", "exact", 0, 1024, None)]
RUNS += [("written", "exact", 0, 1024, "code"), ("written", "exact", 5, 1024, "code"), ("written", "exact", 0, 1024, "last")]
RUNS += [(task, "begins", 0, 1024, None) for task in ("domains", "labels", "answers", "last-words", "beginnings")]
RUNS += [("pages", "begins", 0, 256, None), ("written", "begins", 0, 1024, "code")]
RUNS += [(task, "shipped", 0, 1024, None) for task in ("domains", "labels", "letters", "answers", "last-words")]
RUNS += [("pages", "shipped", 0, 256, None), ("written", "shipped", 0, 1024, "code")]


def rows():
    source = random.Random(7)
    found = [json.loads(line) for line in (REPOSITORY / "registry/data/test-2015.ndjson").read_text().splitlines()]
    texts = [json.dumps(row["label"], ensure_ascii=False, separators=(",", ":")) for row in found]
    domains = ["수와 연산", "도형", "측정", "규칙성", "자료와 가능성"]
    made = []
    for row, label in zip(found, texts):
        head, tail = row["problem"].rsplit(" ", 1)
        others = source.sample(sorted(set(texts) - {label}), 3)
        right = source.randrange(4)
        cut = source.randrange(2, len(head) // 2)
        made.append({
            "problem": row["problem"], "label": label, "domain": domains.index(row["label"]["대분류"]),
            "code": row["label"]["하위분류"], "labels": others[:right] + [label] + others[right:], "right": right,
            "head": head, "tail": tail, "stem": row["problem"][:cut], "ending": row["problem"][cut:],
            "page": "\n".join(one["problem"] for one in source.sample(found, source.randrange(1, 16))),
        })
    return made


def write_tasks(folder):
    folder.mkdir()
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows()]
    random.Random(8).shuffle(lines)
    for split, part in (("test", lines[:200]), ("dev", lines[400:])):
        (folder / f"{split}.jsonl").write_text("".join(part))
    for name, (text, _) in TASKS.items():
        (folder / f"{name}.yaml").write_text(f"task: {name}\n{DATA}{text}")


def write_models(folder):
    import gguf
    import importlib.util

    spec = importlib.util.spec_from_file_location("checkpoint", HERE / "checkpoint.py")
    checkpoint = importlib.util.module_from_spec(spec)
    sys.path.insert(0, "")  # it takes the first one out
    spec.loader.exec_module(checkpoint)
    shutil.copyfile(REPOSITORY / "registry/models/labeler-base.gguf", folder / "shipped.gguf")
    reader = gguf.GGUFReader(folder / "shipped.gguf")
    for name in ("exact", "begins"):
        writer = gguf.GGUFWriter(str(folder / f"{name}.gguf"), reader.fields["general.architecture"].contents())
        for entry in reader.fields.values():
            if entry.name.startswith("GGUF.") or entry.name in ("general.architecture", "general.file_type"):
                continue
            value = True if name == "begins" and entry.name == "tokenizer.ggml.add_bos_token" else entry.contents()
            writer.add_key_value(
                entry.name, value, entry.types[0], entry.types[-1] if len(entry.types) > 1 else None)
        for tensor in reader.tensors:
            writer.add_tensor(tensor.name, tensor.data.astype("float32"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    for name in ("exact", "begins", "shipped"):
        checkpoint.write(folder / f"{name}.gguf", folder / name)


def measure(folder):
    import lm_eval
    import torch
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    torch.set_num_threads(1)  # so small a model gains nothing by more
    os.chdir(folder / "tasks")  # rows are named relative to the tasks
    manager = TaskManager(include_defaults=False, include_path=".")
    models = {}
    for task, name, examples, context, pipeline in RUNS:
        # Where a tokenizer puts a token before texts, the harness would read it twice before a page and score the
        # second one; told to leave it out, it reads it once.
        once = {"add_bos_token": False} if (task, name) == ("pages", "begins") else {}
        key = name, context, *once
        if key not in models:
            models[key] = HFLM(pretrained=str(folder / name), device="cpu", dtype="float32", batch_size=16,
                               max_length=context, **once)
        found = lm_eval.simple_evaluate(
            models[key], tasks=[task], num_fewshot=examples, task_manager=manager, bootstrap_iters=0)
        results, metrics = found["results"][task], {}
        for theirs, ours in TASKS[task][1].items():
            metrics[ours] = results[f"{theirs},{pipeline or 'none'}"]
        # One of each document; filters bring it once each.
        samples = {sample["doc_id"]: sample for sample in found["samples"][task]}
        answers = [samples[index]["resps"] for index in sorted(samples)]
        yield {
            "task": task, "model": name, "fewshot": examples, "context": context,
            "cache": "f16" if name == "shipped" else "f32", "filter": pipeline,
            "metrics": metrics, "cases": len(answers),
            "likelihoods": [[float(value if isinstance(value, float) else value[0]) for (value,) in one]
                            if not isinstance(one[0][0], str) else [] for one in answers],
        }


def prepare(folder):
    folder.mkdir(parents=True, exist_ok=True)
    write_tasks(folder / "tasks")
    write_models(folder)
    (folder / "expected.json").write_text(json.dumps(list(measure(folder))))


def main(arguments):
    if arguments == ["available"]:
        import gguf, lm_eval, torch, transformers  # noqa: F401, E401
    elif len(arguments) == 2 and arguments[0] == "prepare":
        prepare(pathlib.Path(arguments[1]).resolve())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
