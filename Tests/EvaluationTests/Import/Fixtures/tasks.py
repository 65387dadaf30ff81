"""Writes tasks.json: task files with their rows, and the requests that lm-evaluation-harness builds of them.

python3 tasks.py, with lm-eval 0.4.13 and datasets 5.2.0 under Python 3.11.
"""

import json
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks._yaml_loader import load_yaml

LETTERS = ["A", "B", "C", "D"]


def quiz(n, tag):
    return [
        {
            "question": f"{tag} question {i}, what follows {i}?",
            "choices": [str(i + 1), str(i + 2), f"it's {i}", str(i)],
            "answer": (i * 3) % 4,
            "letter": LETTERS[(i * 3) % 4],
            "subject": "counting" if i % 2 else "order",
            "note": None if i % 3 else f"note {i}",
            "weight": i if i % 2 else i + 0.5,
        }
        for i in range(n)
    ]


QUIZ = {"train": quiz(30, "Train"), "validation": quiz(6, "Dev"), "test": quiz(8, "Test")}
# Equal rows: more copies of a question's own document than one can be drawn.
QUIZ_TWINS = {"test": quiz(2, "Twin") * 3}
LAST = {"test": [{"text": f"The {w} sat on the {w}"} for w in ["cat", "dog", "hen"]]}
SUMS = {
    "train": [{"q": f"{a}+{a}", "a": f"work\n#### {a + a}", "all": [str(a + a), f"{a + a}.0"]} for a in range(12)],
    "test": [{"q": f"{a}+1", "a": f"so\n#### {a + 1:,}", "all": [str(a + 1), "x"]} for a in (1, 1200, 3)],
}
PAGES = {"test": [{"page": "A first page.\nIt has lines."}, {"page": "Zweite Seite – kurz."}]}

TASKS = {
    "quiz_zero": (QUIZ, """
output_type: multiple_choice
test_split: test
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_choice: choices
doc_to_target: answer
"""),
    "quiz_five": (QUIZ, """
output_type: multiple_choice
training_split: train
test_split: test
num_fewshot: 5
description: "The following are questions about {{subject}}.\\n\\n"
doc_to_text: "{{question.strip()}}\\n{% for c in choices %}{{'ABCD'[loop.index0]}}. {{c}}\\n{% endfor %}Answer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: "{{letter}}"
"""),
    "quiz_own": (QUIZ, """
output_type: multiple_choice
test_split: test
fewshot_split: test
num_fewshot: 3
doc_to_text: "{{question}} ({{weight}})"
doc_to_choice: "{{[choices[0], choices[1], choices[2], choices[3]]}}"
doc_to_target: "{{answer}}"
target_delimiter: ""
fewshot_delimiter: "\\n"
"""),
    "quiz_twins": (QUIZ_TWINS, """
output_type: multiple_choice
test_split: test
fewshot_split: test
num_fewshot: 2
doc_to_text: "{{question}}"
doc_to_choice: choices
doc_to_target: answer
"""),
    "quiz_first": (QUIZ, """
output_type: multiple_choice
validation_split: validation
fewshot_split: train
fewshot_config:
  sampler: first_n
num_fewshot: 2
doc_to_text: question
doc_to_choice: {"a": "yes", "b": "no"}
doc_to_target: "{% if answer > 1 %}1{% else %}0{% endif %}"
"""),
    "quiz_validation": (QUIZ, """
output_type: multiple_choice
validation_split: validation
num_fewshot: 2
doc_to_text: "{{question}}{% if note is not none %} [{{note}}]{% endif %}"
doc_to_choice: choices
doc_to_target: answer
"""),
    "quiz_samples": (QUIZ, """
output_type: multiple_choice
test_split: test
fewshot_config:
  sampler: first_n
  samples:
    - {question: "one?", choices: ["1", "2"], answer: 0}
    - {question: "two?", choices: ["1", "2"], answer: 1}
num_fewshot: 2
doc_to_text: "{{question}}"
doc_to_choice: choices
doc_to_target: answer
"""),
    "quiz_overrides": (QUIZ, """
output_type: multiple_choice
training_split: train
test_split: test
num_fewshot: 2
gen_prefix: "The answer is"
fewshot_config:
  doc_to_text: "Solved: {{question}}"
  target_delimiter: " -> "
  fewshot_delimiter: "\\n---\\n"
doc_to_text: "Open: {{question}}"
doc_to_choice: choices
doc_to_target: answer
"""),
    "quiz_several": (QUIZ, """
output_type: multiple_choice
test_split: test
doc_to_text: "{{question}}"
doc_to_choice: choices
doc_to_target: "{{[answer, (answer + 1) % 4]}}"
"""),
    "last_word": (LAST, """
output_type: loglikelihood
test_split: test
doc_to_text: "{{text.split(' ')[:-1]|join(' ')}}"
doc_to_target: "{{' '+text.split(' ')[-1]}}"
"""),
    "sums": (SUMS, """
output_type: generate_until
training_split: train
test_split: test
num_fewshot: 4
doc_to_text: "Question: {{q}}\\nAnswer:"
doc_to_target: "{{a.split('####')[-1].strip()}}"
generation_kwargs:
  until: ["Question:", "\\n\\n"]
  do_sample: false
  temperature: 0.0
"""),
    "sums_all": (SUMS, """
output_type: generate_until
training_split: train
test_split: test
num_fewshot: 1
gen_prefix: "So "
doc_to_text: "{{q}} ="
doc_to_target: all
"""),
    "pages": (PAGES, """
output_type: loglikelihood_rolling
test_split: test
doc_to_text: ""
doc_to_target: "{{page}}"
"""),
}


def requests(task):
    task.set_fewshot_seed(1234)
    if task.config.num_fewshot is None:
        task.set_config("num_fewshot", 0)
    built = []
    for doc in task.eval_docs:
        ctx = task.fewshot_context(doc, num_fewshot=task.config.num_fewshot, gen_prefix=task.doc_to_prefix(doc))
        made = task.construct_requests(doc=doc, ctx=ctx, metadata=(None, 0, 1))
        made = made if isinstance(made, list) else [made]
        built.append({"arguments": [[a for a in one.args if isinstance(a, str)] for one in made], "target": task.doc_to_target(doc)})
    return built


def main():
    out = []
    for name, (rows, text) in TASKS.items():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            files = {}
            for split, docs in rows.items():
                files[split] = str(folder / f"{split}.jsonl")
                pathlib.Path(files[split]).write_text("".join(json.dumps(d) + "\n" for d in docs))
            full = f"task: {name}\ndataset_path: json\n" + text.lstrip("\n")
            (folder / "task.yaml").write_text(full)
            config = load_yaml(folder / "task.yaml")
            config["dataset_kwargs"] = {"data_files": files, "cache_dir": str(folder / "cache")}
            out.append({"name": name, "yaml": full, "rows": rows, "requests": requests(ConfigurableTask(config=config))})
    pathlib.Path(__file__).with_name("tasks.json").write_text(json.dumps({"tasks": out}, ensure_ascii=False, indent=1) + "\n")


main()
