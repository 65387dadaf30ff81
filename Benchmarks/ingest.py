"""Ingest figures: throughput on one core and on two, memory, and near duplicates of a million rows.

Run through `Benchmarks/run ingest`. Whole processes, each into a store of its own, over a file in the
page cache; what an ingest writes is on the disk when it ends.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from validate import prepare, run


def short_rows(path, count):
    """Korean problems of about 60 bytes; one in ten is nearly another."""
    source = random.Random(2)
    nouns = ["사과", "귤", "연필", "구슬", "색종이", "공책", "바둑돌", "클립", "단추", "블록"]
    names = ["지호", "민준", "서연", "하은", "도윤", "예준", "수아", "지우"]
    kept = []
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(count):
            if kept and source.random() < 0.1:
                text = source.choice(kept) + source.choice(["?", " 쓰세요", "."])
            else:
                text = (f"{source.choice(names)}는 {source.choice(nouns)} {source.randrange(100_000)}개와 "
                        f"{source.choice(nouns)} {source.randrange(100_000)}개")
                if len(kept) < 10_000:
                    kept.append(text)
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=1_000_000)
    options = parser.parse_args()
    mlops = Path(options.build).resolve() / "mlops"
    if not shutil.which("taskset"):
        sys.exit("taskset is missing; it is in Debian's util-linux")
    with tempfile.TemporaryDirectory(dir=mlops.parent) as name:
        scratch = Path(name)
        schema, size, spoilt = prepare(scratch, options.records)

        def ingest(rows, *before):
            home = scratch / "home"
            run([mlops, "init", home])
            figures = run([*before, mlops, "ingest", scratch / rows, "--schema", schema, "--name", "rows",
                           "--workspace", home])
            shutil.rmtree(home)
            return figures

        one, two, bad, memory = [], [], [], []
        for _ in range(options.rounds):
            one.append(ingest("valid.ndjson", "taskset", "-c", "0")[0])
            seconds, peak = ingest("valid.ndjson")
            two.append(seconds)
            memory.append(peak)
            bad.append(ingest("invalid.ndjson")[0])
        short_rows(scratch / "short.ndjson", 1_000_000)
        run([mlops, "init", scratch / "near"])
        near, near_memory = run(
            [mlops, "dedup", scratch / "short.ndjson", "--field", "/text", "--out", "near", "--workspace",
             scratch / "near"])
    median = statistics.median
    figures = {
        "mb_per_s_1": round(size / median(one) / 1e6, 1),
        "mb_per_s_2": round(size / median(two) / 1e6, 1),
        "invalid_ratio": round(median((b / spoilt) / (a / size) for a, b in zip(two, bad)), 2),
        "rss_mb": round(max(memory) / 1e6, 1),
        "near_s": round(near, 1), "near_rss_mb": round(near_memory / 1e6, 1),
    }
    goals = {
        "mb_per_s_1": f">= 200 on one core, {options.records:,} rows, registered", "mb_per_s_2": "on two",
        "near_s": "< 300, near duplicates of 1,000,000 rows", "near_rss_mb": "< 2000",
    }
    for key, value in figures.items():
        print(f"{key:<16} {value:>9}  {goals.get(key, '')}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
