"""Writes draws.json: what Python's random.Random draws. python3 draws.py; made with Python 3.11."""

import json
import pathlib

from random import Random

cases = []
for seed in [0, 1, 1234, -1234, 42, 2**31, 2**32, 2**40 + 7, 2**62]:
    rnd = Random(seed)
    bits = [rnd.getrandbits(32) for _ in range(5)]
    draws = []
    for population, count in [(5, 2), (21, 5), (22, 5), (22, 6), (100, 6), (500, 21), (84, 21), (85, 21), (3, 3), (1, 1), (7, 0), (100000, 10)]:
        draws.append({"population": population, "count": count, "drawn": rnd.sample(range(population), count)})
    cases.append({"seed": seed, "bits": bits, "draws": draws})
pathlib.Path(__file__).with_name("draws.json").write_text(json.dumps({"cases": cases}) + "\n")
