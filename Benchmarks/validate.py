"""Validation figures: throughput on one core and on two, memory, compiling, against jsonschema-rs.

Run through `Benchmarks/run validate [--peer]`. Whole processes over a file in the page cache; the
peer is timed inside its own process on rows that are in memory already, which flatters it.
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

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
    "required": ["problem_id", "content", "category"],
    "properties": {
        "problem_id": {"type": "integer", "minimum": 1},
        "content": {"type": "string", "minLength": 1, "maxLength": 2000},
        "category": {
            "type": "object", "required": ["대분류", "중분류", "하위분류"],
            "properties": {
                "대분류": {"type": "string", "enum": ["수와 연산", "도형과 측정", "변화와 관계", "자료와 가능성"]},
                "중분류": {"type": "string"},
                "하위분류": {"type": "string", "pattern": r"^\[\d수\d{2}-\d{2}(-[A-Z])?\]$"}},
            "additionalProperties": False},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "created_at": {"type": "string", "format": "date-time"},
        "score": {"type": "number", "minimum": 0, "maximum": 1}},
    "additionalProperties": False}


def records(count, invalid):
    """About 385 bytes each; a share of them breaks one rule."""
    source = random.Random(1)
    for index in range(count):
        record = {
            "problem_id": index + 1, "content": "100 이하의 수를 읽고 쓰세요. " * source.randint(1, 6),
            "category": {"대분류": "수와 연산", "중분류": "네 자리 이하의 수", "하위분류": "[2수01-01-A]"},
            "tags": ["a", f"b{index}"], "created_at": "2026-11-20T10:00:00Z", "score": source.random()}
        if source.random() < invalid:
            match source.randrange(5):
                case 0: record["score"] = 1.5
                case 1: record["category"]["하위분류"] = "2수01-01"
                case 2: del record["content"]
                case 3: record["tags"] = ["a", "a"]
                case _: record["created_at"] = "2026-13-20"
        yield json.dumps(record, ensure_ascii=False)


def run(command):
    """(seconds, peak resident bytes) of a process that ends with 0 or 65."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 65):
        sys.exit(f"{command} ended with {process.returncode}:\n{errors.decode(errors='replace')}")
    return seconds, usage.ru_maxrss * 1024


def write(path, count, invalid):
    with open(path, "w", encoding="utf-8") as file:
        for line in records(count, invalid):
            file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)
    return path.stat().st_size


def prepare(scratch, count):
    """A schema and a file of rows with and without invalid ones: (schema, bytes, bytes with invalid)."""
    schema = scratch / "schema.json"
    schema.write_text(json.dumps(SCHEMA, ensure_ascii=False))
    return schema, write(scratch / "valid.ndjson", count, 0), write(scratch / "invalid.ndjson", count, 0.05)


def large_schema():
    """About 1 MB: an enum of 40,000 strings, and references 200 deep."""
    definitions = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(200)}
    definitions["d200"] = {"type": "string", "enum": [f"value-{i:015d}" for i in range(40_000)]}
    return {"$defs": definitions, "properties": {"x": {"$ref": "#/$defs/d0"}}}


PEER = """
import json, sys, time, jsonschema_rs, orjson
schema = json.load(open(sys.argv[1])); rows = open(sys.argv[2], 'rb').read().splitlines()
validator = jsonschema_rs.validator_for(schema, validate_formats=True)
best = []
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    for row in rows: validator.is_valid(orjson.loads(row))
    best.append(time.perf_counter() - start)
best.sort(); print(sum(len(r) + 1 for r in rows) / best[len(best) // 2] / 1e6)
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--gigabytes", type=float, default=10, help="size of the file for memory")
    options = parser.parse_args()
    mlops = Path(options.build).resolve() / "mlops"
    python = Path(".deps/peers/validate/bin/python").absolute()
    if options.peer and not python.exists():
        sys.exit("jsonschema-rs is not installed; run: Benchmarks/peers validate")
    with tempfile.TemporaryDirectory(dir=mlops.parent) as name:
        scratch = Path(name)
        schema, size, spoilt = prepare(scratch, options.records)

        one, two, bad = [], [], []
        for _ in range(options.rounds):
            for target, file, threads in (
                    (one, "valid.ndjson", 1), (two, "valid.ndjson", 2), (bad, "invalid.ndjson", 1)):
                target.append(run([mlops, "validate", "--schema", schema, scratch / file,
                                   "--threads", str(threads)])[0])
        small = scratch / "one.ndjson"
        small.write_text('{"x": "value-000000000000001"}\n')
        big = scratch / "large.schema.json"
        big.write_text(json.dumps(large_schema()))
        compiling = [run([mlops, "validate", "--schema", big, small])[0] for _ in range(options.rounds)]
        starting = [run([mlops, "validate", "--schema", schema, small])[0] for _ in range(options.rounds)]
        memory = 0
        # The same rows again and again, through a pipe: the size on the disk does not matter.
        repeat = max(1, round(options.gigabytes * 1e9 / size))
        feed = subprocess.Popen(
            ["sh", "-c", 'for i in $(seq "$1"); do cat "$2"; done', "sh", str(repeat),
             str(scratch / "valid.ndjson")], stdout=subprocess.PIPE)
        process = subprocess.Popen(
            [mlops, "validate", "--schema", schema, "-", "--shape", "ndjson"], stdin=feed.stdout,
            stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        memory = usage.ru_maxrss * 1024
        feed.wait()
        peer = None
        if options.peer:
            peer = float(subprocess.run(
                [python, "-c", PEER, schema, scratch / "valid.ndjson", "3"], check=True,
                capture_output=True, text=True).stdout)
    median = statistics.median
    figures = {
        "mb_per_s_1": round(size / median(one) / 1e6, 1),
        "mb_per_s_2": round(size / median(two) / 1e6, 1),
        "two_cores": round(median(a / b for a, b in zip(one, two)), 2),
        "invalid_ratio": round(
            median((b / spoilt) / (a / size) for a, b in zip(one, bad)), 2),
        "rss_mb": round(memory / 1e6, 1),
        "compile_ms": round((median(compiling) - median(starting)) * 1000, 1),
    }
    if peer:
        figures["peer_mb_per_s"] = round(peer, 1)
        figures["ratio"] = round(size / median(one) / 1e6 / peer, 2)
    goals = {
        "mb_per_s_1": ">= 1000, the whole process", "two_cores": ">= 1.8", "invalid_ratio": "<= 1.3",
        "rss_mb": f"< 100, {options.gigabytes:g} GB of rows", "compile_ms": "< 200, a schema of 1 MB",
        "ratio": ">= 4 (ours on one core / jsonschema-rs + orjson)",
    }
    for key, value in figures.items():
        print(f"{key:<16} {value:>9}  {goals.get(key, '')}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
